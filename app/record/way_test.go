package record

import (
	"context"
	"fmt"
	"testing"

	"jiezhen/app/register"
	"jiezhen/app/value"
)

// A list by a span of days gives exactly the rows that lie in it, newest day
// first, page after page, whatever else it is narrowed by and whatever comes
// between two pages.
func TestListByDays(t *testing.T) {
	w := open(t)
	person, _ := w.family(t, "red")
	add := func(i int) {
		w.must(t, w.officer, func(tx *Tx) error {
			_, err := tx.Create(Draft{Register: "child.case", Subject: person.ID, Community: uint64(1 + i%2),
				Values: register.Values{"grade": []string{"red", "blue"}[i%2], "seen_on": fmt.Sprintf("2026-03-%02d", 1+i%20)}})
			return err
		})
	}
	for i := range 60 {
		add(i)
	}
	pages := func(q Query) (days []string, total int) {
		q.Register, q.Count, q.Limit = "child.case", true, 7
		for {
			var p Page
			if err := w.View(context.Background(), w.officer, func(tx *Tx) (err error) { p, err = tx.List(q); return err }); err != nil {
				t.Fatal(err)
			}
			if q.After == "" {
				total = p.Total
			}
			for _, r := range p.Rows {
				days = append(days, r.Text("seen_on"))
			}
			if q.After = p.Next; q.After == "" {
				return days, total
			}
			add(40) // blue and red change which is rarer while somebody turns pages
		}
	}
	for _, row := range []struct {
		name     string
		from, to value.Date
		filters  map[string][]string
		want     int
	}{
		{"five days", "2026-03-03", "2026-03-07", nil, 15},
		{"five days of one grade", "2026-03-03", "2026-03-07", map[string][]string{"grade": {"red"}}, 9},
		{"open end", "2026-03-15", "", nil, 18},
		{"open beginning", "", "2026-03-02", map[string][]string{"community": {"2"}}, 3},
		{"none", "2026-04-01", "2026-04-30", nil, 0},
	} {
		q := Query{Filters: row.filters, From: map[string]value.Date{}, To: map[string]value.Date{}}
		if row.from != "" {
			q.From["seen_on"] = row.from
		}
		if row.to != "" {
			q.To["seen_on"] = row.to
		}
		days, total := pages(q)
		if len(days) != row.want || total != row.want {
			t.Errorf("%s: %d rows, counted %d, not %d", row.name, len(days), total, row.want)
		}
		for i, d := range days {
			if d < string(row.from) || row.to != "" && d > string(row.to) || row.filters == nil && i > 0 && d > days[i-1] {
				t.Errorf("%s: %v", row.name, days)
				break
			}
		}
	}
	err := w.View(context.Background(), w.officer, func(tx *Tx) error {
		_, err := tx.List(Query{Register: "child.case", After: "bm9uc2Vuc2U"})
		return err
	})
	if _, refused := AsRefusal(err); !refused {
		t.Errorf("a place that is none: %v", err)
	}
}
