package backup_test

import (
	"context"
	"testing"
)

// TestUnfinishedBundle ends the program before and after a bundle gets its
// name: the next one goes on in the chain that lies there.
func TestUnfinishedBundle(t *testing.T) {
	t.Parallel()
	for name, named := range map[string]bool{"before it has its name": false, "after": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newTown(t)
			n.make()
			n.work()
			cut, err := n.desk().MakeUntil(context.Background(), named)
			n.must(err)
			n.make()
			d, err := n.desk().Drill(context.Background())
			if err != nil || d.Failed != "" {
				t.Errorf("after an unfinished bundle %d: %v %v", cut.Sequence, d.Failed, err)
			}
		})
	}
}
