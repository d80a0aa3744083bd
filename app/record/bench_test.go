package record

import (
	"context"
	"strconv"
	"testing"

	"jiezhen/app/register"
)

// fill makes n cases in transactions of 500.
func (w *world) fill(b *testing.B, n int) {
	b.Helper()
	for start := 0; start < n; start += 500 {
		err := w.Change(context.Background(), w.officer, "填充", func(tx *Tx) error {
			for i := start; i < min(start+500, n); i++ {
				_, err := tx.Create(Draft{Register: "child.case", Subject: 1, Community: uint64(1 + i%15), Owner: uint64(1 + i%40), Quiet: true,
					Values: register.Values{"grade": []string{"red", "blue", "blue", "blue"}[i%4], "need": "第" + strconv.Itoa(i) + "例的需求"}})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func benchWorld(b *testing.B, n int) *world {
	b.Helper()
	w := openFor(b)
	if err := w.Change(context.Background(), w.officer, "建档", func(tx *Tx) error {
		_, err := tx.Create(Draft{Register: Persons, Values: register.Values{"name": "甲"}})
		return err
	}); err != nil {
		b.Fatal(err)
	}
	w.fill(b, n)
	return w
}

func BenchmarkCreateInBatches(b *testing.B) {
	w := benchWorld(b, 0)
	b.ResetTimer()
	w.fill(b, b.N)
}

func BenchmarkSave(b *testing.B) {
	w := benchWorld(b, 2000)
	b.ResetTimer()
	for i := range b.N {
		err := w.Change(context.Background(), w.officer, "保存", func(tx *Tx) error {
			_, err := tx.Save(Ref{"child.case", uint64(1 + i%2000)}, 0, register.Values{"need": strconv.Itoa(i)})
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkListPage(b *testing.B) {
	w := benchWorld(b, 50000)
	for name, q := range map[string]Query{"newest": {}, "one grade": {Filters: map[string][]string{"grade": {"red"}}}, "by due": {Sort: "due"},
		"two filters": {Filters: map[string][]string{"grade": {"red"}, "step": {"intake"}, "owner": {"7"}}}} {
		q.Register, q.Count = "child.case", true
		b.Run(name, func(b *testing.B) {
			for range b.N {
				if err := w.View(context.Background(), w.officer, func(tx *Tx) error { _, err := tx.List(q); return err }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
