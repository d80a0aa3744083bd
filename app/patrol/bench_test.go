package patrol_test

import (
	"fmt"
	"testing"

	"jiezhen/app/access"
	"jiezhen/app/patrol"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Sizes of a year of patrols: so many who patrol every workday, at so many
// points each, and so many orders in the last two months.
const (
	benchForces = 60
	benchPoints = 10
	benchOrders = 3400
)

// year writes a year of rounds up to Friday 27 November 2026.
func year(b *testing.B) *desk {
	d := open(b, "2026-11-27 08:00")
	var cells, forces, points []uint64
	for n := 1; n <= 40; n++ {
		cells = append(cells, d.cell(n))
	}
	for i := range benchForces {
		forces = append(forces, d.force(fmt.Sprint("测", i), "steward", nil))
		for k := range benchPoints {
			points = append(points, d.point(fmt.Sprintf("虚构路%d号楼", i*benchPoints+k), d.east, cells[(i*benchPoints+k)%40], forces[i]))
		}
	}
	for on := value.Date("2025-11-28"); on < "2026-11-27"; on = on.AddDays(1) {
		if w := on.Weekday(); w == 0 || w == 6 {
			continue
		}
		d.must(d.change(access.Office(), func(tx *record.Tx) error {
			for i, f := range forces {
				var calls []map[string]any
				for k := range benchPoints {
					calls = append(calls, call(points[i*benchPoints+k], fmt.Sprintf("%02d:%02d", 8+k/6, k%6*10), "", patrol.Clear, ""))
				}
				if _, err := tx.Create(record.Draft{Register: patrol.Rounds, Quiet: true, Created: on, Values: register.Values{"date": string(on), "force": id(f), "visits": calls}}); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	for from := 0; from < benchOrders; from += 200 {
		d.must(d.change(access.Office(), func(tx *record.Tx) error {
			for i := from; i < from+200; i++ {
				on := value.Date("2026-11-26").AddDays(-i % 58)
				_, err := tx.Create(record.Draft{Register: "governance.order", Quiet: true, Created: on, Values: register.Values{"external": fmt.Sprint("YS", i), "class": "general", "community": id(d.east),
					"dispatched_at": string(on) + " 09:00", "content": fmt.Sprintf("来电人反映：虚构路%d号楼楼道堆物，希望尽快解决，影响老人出行。", i%700)}})
				if err != nil {
					return err
				}
			}
			return nil
		}))
	}
	return d
}

func BenchmarkYearOfPatrols(b *testing.B) {
	d := year(b)
	ctx := b.Context()
	b.Run("first look, nothing in memory", func(b *testing.B) {
		for b.Loop() {
			fresh := patrol.New(d.house.Office().Book, nil)
			if _, err := fresh.Cover(ctx, d.officer(), "2026-11-26", "2026-11-26"); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, c := range []struct {
		name     string
		from, to value.Date
	}{{"cover of a week", "2026-11-20", "2026-11-26"}, {"cover of a month", "2026-10-01", "2026-10-31"}, {"cover of three months", "2026-08-27", "2026-11-26"}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				d.cover(d.officer(), c.from, c.to)
			}
		})
	}
	for name, fn := range map[string]func() error{
		"month":   func() error { _, err := d.patrol().MonthOf(ctx, d.officer(), "2026-10"); return err },
		"samples": func() error { _, err := d.patrol().Samples(ctx, d.officer(), "2026-11-16"); return err },
		"review":  func() error { _, err := d.patrol().Suspects(ctx, d.officer()); return err },
		"slots":   func() error { _, err := d.patrol().Slots(ctx, d.officer(), "2026-11-20", "2026-11-26"); return err },
		"plans":   func() error { _, err := d.patrol().Plans(ctx, d.officer(), "2026-11-30"); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := fn(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
