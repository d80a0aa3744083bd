package backup_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/backup"
)

// BenchmarkSaveDuringBackup measures saves while bundles are made and carried
// without end, against saves alone: "ratio" is of the medians.
func BenchmarkSaveDuringBackup(b *testing.B) {
	n := newTown(b)
	dir := b.TempDir()
	for range 300 {
		n.work()
	}
	measure := func() time.Duration {
		var took []time.Duration
		for range 200 {
			began := time.Now()
			n.work()
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		return took[len(took)/2]
	}
	for b.Loop() {
		alone := measure()
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() {
			defer close(done)
			for ctx.Err() == nil {
				if _, _, err := n.desk().Make(ctx, backup.ReasonUpgrade); err != nil && ctx.Err() == nil {
					b.Error(err)
				}
				if _, err := n.desk().CarryFolder(ctx, access.Office(), dir); err != nil && ctx.Err() == nil {
					b.Error(err)
				}
			}
		}()
		beside := measure()
		stop()
		<-done
		b.ReportMetric(float64(beside)/float64(alone), "ratio")
	}
}
