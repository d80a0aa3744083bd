package paper

import (
	"context"
	"testing"
)

func BenchmarkPrint(b *testing.B) {
	e, jobs := testEngine(b), sampleJobs(b, 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Print(context.Background(), jobs[0].Layout, jobs[0].Source, jobs[0].Stamp); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkThousand makes 1,000 papers of two pages and two copies, each a
// document of its own, and then as one document.
func BenchmarkThousand(b *testing.B) {
	e, jobs := testEngine(b), sampleJobs(b, 1000)
	b.Run("each", func(b *testing.B) {
		for b.Loop() {
			err := e.Each(context.Background(), jobs, func(_ int, _ Result, err error) error { return err })
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("merged", func(b *testing.B) {
		for b.Loop() {
			if _, err := e.Merge(context.Background(), jobs); err != nil {
				b.Fatal(err)
			}
		}
	})
}
