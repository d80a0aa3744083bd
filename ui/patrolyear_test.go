package ui

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/patrol"
	"jiezhen/app/place"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// TestYearOfPatrols writes a year of daily calls at JIEZHEN_PATROLS points
// through the record book, with some three hundred findings, and says how long
// each view of them takes: the first look, the middle and the 95th of a hundred,
// and the processor time of one. JIEZHEN_PATROLS_STAY keeps it up while that
// file is there, for a look.
func TestYearOfPatrols(t *testing.T) {
	points, _ := strconv.Atoi(os.Getenv("JIEZHEN_PATROLS"))
	if points == 0 {
		t.Skip("JIEZHEN_PATROLS says how many points a year is written for")
	}
	y := openYear(t)
	began := time.Now()
	visits, findings := y.patrols(points)
	t.Logf("%d calls, %d findings written in %v", visits, findings, time.Since(began).Round(time.Second))
	y.clock.at = yearEnd
	b := y.as("governance.officer")
	last := value.DateOf(yearEnd).AddDays(-1)
	month := string(value.MonthOf(last.AddMonths(-1)))
	t.Logf("%-46s %8s %8s %8s %8s", "page", "first", "p50", "p95", "cpu")
	for _, path := range []string{"/patrol", fmt.Sprintf("/patrol?from=%s&to=%s", last.AddDays(-30), last), "/patrol/calls", "/patrol/slots", "/patrol/week", "/patrol/month?month=" + month, "/patrol/month/findings?month=" + month,
		"/patrol/review", "/patrol/sample", "/r/" + patrol.Rounds, "/r/" + patrol.Findings, "/r/governance.point", "/hotline"} {
		first := y.timed(b, path)
		var alone []time.Duration
		used := processorTime()
		for range 100 {
			alone = append(alone, y.timed(b, path))
		}
		used = (processorTime() - used) / 100
		t.Logf("%-46s %8.1f %8.1f %8.1f %8.1f", shortPath(path), ms(first), ms(part(alone, 50)), ms(part(alone, 95)), ms(used))
	}
	if file := os.Getenv("JIEZHEN_PATROLS_STAY"); file != "" {
		y.stay(file)
	}
}

// patrols writes a year up to the day before the office's today: ten points to
// a force, each called at every day.
func (y *yearOffice) patrols(n int) (visits, findings int) {
	var forces, points []uint64
	var cells []*record.Record
	y.must(y.house.Office().Book.View(y.t.Context(), access.Office(), func(tx *record.Tx) error {
		p, err := tx.List(record.Query{Register: record.Places, Filters: map[string][]string{"level": {place.LevelGrid}}, Limit: 100})
		for _, r := range p.Rows {
			cells = append(cells, r.Record)
		}
		return err
	}))
	for i := range n {
		at, cell := fmt.Sprint(cells[i%len(cells)].RefID("parent")), fmt.Sprint(cells[i%len(cells)].ID)
		if i%10 == 0 {
			forces = append(forces, y.create(record.Draft{Register: patrol.Forces, Values: register.Values{"name": fmt.Sprintf("测管家%d", i/10), "kind": "steward", "community": at, "from": "2020-01-01"}}).ID)
		}
		points = append(points, y.create(record.Draft{Register: patrol.Points, Values: register.Values{"name": fmt.Sprintf("虚构路%d号楼", i+1), "segment": "lane", "community": at, "cell": cell, "since": "2020-01-01", "checks": "消防通道\n楼道堆物",
			"forces": []map[string]any{{"force": fmt.Sprint(forces[i/10])}}}}).ID)
	}
	today := value.DateOf(yearEnd)
	for on := today.AddMonths(-12); on < today; on = on.AddDays(1) {
		y.must(y.house.Office().Book.Change(y.t.Context(), access.Office(), "装入巡查", func(tx *record.Tx) error {
			for f, force := range forces {
				var calls []map[string]any
				for k, p := range points[10*f : min(10*f+10, n)] {
					row := map[string]any{"point": fmt.Sprint(p), "at": fmt.Sprintf("%02d:%02d", 8+k/6, k%6*10), "result": patrol.Clear}
					if visits++; visits%73 == 0 {
						row["result"], row["problem"], findings = "found", "楼道堆物", findings+1
					}
					calls = append(calls, row)
				}
				if _, err := tx.Create(record.Draft{Register: patrol.Rounds, Quiet: true, Created: on, Values: register.Values{"date": string(on), "force": fmt.Sprint(force), "visits": calls}}); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	return visits, findings
}
