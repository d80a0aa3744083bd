package backup_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/backup"
	"jiezhen/app/record"
)

// BenchmarkOfficeDuringBackup measures saves and reads while bundles are made
// and carried to a slow medium without end, against the same alone: ratios of
// the medians and of the 95th hundredths. The medium takes 20 ms for every
// step of writing.
func BenchmarkOfficeDuringBackup(b *testing.B) {
	n := newTown(b)
	dir := b.TempDir()
	for range 300 {
		n.work()
	}
	n.step = func(string) error { time.Sleep(20 * time.Millisecond); return nil }
	desk := n.desk()
	for b.Loop() {
		saves, reads := n.office(b)
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() {
			defer close(done)
			for ctx.Err() == nil {
				if _, _, err := desk.Make(ctx, backup.ReasonUpgrade); err != nil && ctx.Err() == nil {
					b.Error(err)
				}
				if _, err := desk.CarryFolder(ctx, access.Office(), dir); err != nil && ctx.Err() == nil {
					b.Error(err)
				}
			}
		}()
		savesBeside, readsBeside := n.office(b)
		stop()
		<-done
		b.ReportMetric(part(savesBeside, 50)/part(saves, 50), "save-p50")
		b.ReportMetric(part(savesBeside, 95)/part(saves, 95), "save-p95")
		b.ReportMetric(part(readsBeside, 50)/part(reads, 50), "read-p50")
		b.ReportMetric(part(readsBeside, 95)/part(reads, 95), "read-p95")
	}
}

// office saves and reads as people do, and says how long each took.
func (n *town) office(b *testing.B) (saves, reads []time.Duration) {
	b.Helper()
	for range 200 {
		began := time.Now()
		n.work()
		saves = append(saves, time.Since(began))
		began = time.Now()
		err := n.Office().Book.View(context.Background(), access.Office(), func(tx *record.Tx) error {
			_, err := tx.List(record.Query{Register: "party.party", Limit: 50})
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		reads = append(reads, time.Since(began))
	}
	return saves, reads
}

func part(took []time.Duration, hundredths int) float64 {
	sorted := slices.Clone(took)
	slices.Sort(sorted)
	return float64(sorted[len(sorted)*hundredths/100])
}
