package rate_test

import (
	"fmt"
	"sync"
	"testing"

	"jiezhen/app/access"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// Pages of many read a month while orders come in: what one was given does not
// change under it. The race detector, or the runtime's own check of maps, fails
// here when it does.
func TestMonthIsReadWhileOthersWrite(t *testing.T) {
	t.Parallel()
	o := open(t)
	c := rate.NewCounter(o.book(), o.set, "dispatched_on")
	ref := o.order("A", "2026-02-03 08:00", o.east, nil)
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for i := range 4 {
		v := access.Office()
		if i%2 == 1 {
			v = o.viewer("governance.worker", o.east)
		}
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := c.Marks(t.Context(), v, "2026-02"); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range 60 {
		o.change(func(tx *record.Tx) error { return tx.Imply(ref, register.Values{"satisfied": fmt.Sprint(1 + i%2)}) })
	}
	close(stop)
	readers.Wait()
	if got := o.said(c, access.Office(), "2026-02"); got != "response 1/1 solved 1/1 satisfied 0.6/1" {
		t.Errorf("in the end: %s", got)
	}
}
