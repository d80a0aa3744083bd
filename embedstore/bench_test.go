package embedstore

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// office2k is a record of about 2 KB, as an office's are.
func office2k(n int) Item {
	it := item(fmt.Sprint("人", n))
	it.Body["note"] = text(strings.Repeat("家访记录", 160))
	return it
}

func BenchmarkPut(b *testing.B) {
	o := newOffice(b)
	for n := 0; b.Loop(); n++ {
		o.put(uint64(n+1), 0, office2k(n))
	}
}

func BenchmarkPut500(b *testing.B) {
	o := newOffice(b)
	n := 0
	for b.Loop() {
		o.update(func(tx *Tx) error {
			for range 500 {
				n++
				if _, err := tx.Put("case", uint64(n), 0, office2k(n)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "puts/s")
}

func BenchmarkRead(b *testing.B) {
	o := newOffice(b)
	o.update(func(tx *Tx) error {
		for n := range 2000 {
			if _, err := tx.Put("case", uint64(n+1), 0, office2k(n)); err != nil {
				return err
			}
		}
		return nil
	})
	b.Run("get", func(b *testing.B) {
		for n := 0; b.Loop(); n++ {
			o.view(func(tx *Tx) error { _, _, err := tx.Get("case", uint64(n%2000+1)); return err })
		}
	})
	b.Run("range50", func(b *testing.B) {
		for b.Loop() {
			n := 0
			if err := o.View(context.Background(), func(tx *Tx) error {
				return tx.Range("case", "date", Range{}, func(Hit) (bool, error) { n++; return n < 50, nil })
			}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
