package paper

import (
	"context"
	"testing"
)

// BenchmarkPrint makes one copy of one page, and a form of two copies of two
// pages each.
func BenchmarkPrint(b *testing.B) {
	e := testEngine(b)
	one := Job{sample(b, "sample/notice"), sampleValues(), sampleStamp()}
	one.Stamp.Copy = 1
	for _, bc := range []struct {
		name string
		job  Job
	}{{"page", one}, {"form", sampleJobs(b, 1)[0]}} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Print(context.Background(), bc.job.Layout, bc.job.Source, bc.job.Stamp); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkThousand makes 1,000 of the form (4,000 pages), each a
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

// BenchmarkListing prints 2,000 rows of five columns.
func BenchmarkListing(b *testing.B) {
	e := testEngine(b)
	ls := Listing{Title: "名单", Columns: make([]ListColumn, 5)}
	for range 2000 {
		ls.Rows = append(ls.Rows, []string{"1", "欧阳某某", "北京市门头沟区大峪街道月季园东里社区", "事实无人抚养儿童", "1,409.50"})
	}
	for b.Loop() {
		if _, err := e.Merge(context.Background(), []Job{ls.Job(sampleStamp())}); err != nil {
			b.Fatal(err)
		}
	}
}
