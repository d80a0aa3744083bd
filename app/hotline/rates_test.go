package hotline_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// finished makes an order with its call-back already known.
func (d *desk) finished(n int, community uint64, more register.Values) record.Ref {
	d.t.Helper()
	v := register.Values{"community": strconv.FormatUint(community, 10), "contacted_at": "2026-02-03 09:00", "reached": true, "solved": "solved", "satisfied": "1"}
	for k, x := range more {
		v[k] = x
	}
	return d.order(fmt.Sprintf("R%03d", n), fmt.Sprintf("第%d单", n), v)
}

func TestRatesOpenTheOrdersBehindThem(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.finished(1, d.east, nil)
	d.finished(2, d.east, register.Values{"contacted_at": "2026-02-05 09:00"})                                           // too late
	fair := d.finished(3, d.east, register.Values{"satisfied": "2", "solved": "partly"})                                 // 0.6 of a satisfied one
	d.finished(4, d.west, register.Values{"satisfied": "3", "solved": "unsolved"})                                       //
	d.finished(5, d.west, register.Values{"reached": false, "solved": nil, "satisfied": nil})                            // not reached: only in the response rate
	out := d.finished(6, d.west, register.Values{"exclusion": "1", "satisfied": "3"})                                    // left out, the facts' C12-002-2026-00003
	open := d.finished(7, d.west, register.Values{"contacted_at": nil, "solved": nil, "satisfied": nil, "reached": nil}) // never contacted: counts once it is late
	d.finished(8, d.west, register.Values{"dispatched_at": "2026-03-01 08:00", "contacted_at": "2026-03-01 09:00"})
	asked := d.request(hotline.Exclusions, out, register.Values{"reason": "1", "facts": "不在本辖区", "evidence": rows("name", "红线图")})

	month := func() hotline.Month {
		m, err := d.house.Office().Hotline.Rates(t.Context(), d.officer(), "2026-02")
		d.must(err)
		return m
	}
	if m := month(); m.Orders != 7 || len(m.Rates[0].Of) != 6 || len(m.Excluded) != 0 {
		t.Errorf("on the day itself: %d orders, %d to be answered", m.Orders, len(m.Rates[0].Of))
	}
	d.must(d.act("governance.head", asked, "report", nil))
	d.must(d.act("governance.officer", asked, "grant", register.Values{"decided_on": "2026-02-03", "decided_by": "区指挥中心"}))
	d.now = time.Date(2026, 2, 6, 9, 0, 0, 0, time.Local)
	m := month()
	want := map[string][3]float64{"response": {4, 6, 0}, "solved": {2, 4, 0}, "satisfied": {2.6, 4, 0}}
	for _, r := range m.Rates {
		w := want[r.ID]
		if r.Sum != w[0] || float64(len(r.Of)) != w[1] || len(r.Hits)+len(r.Misses) != len(r.Of) {
			t.Errorf("%s: %v of %d, %d hit, %d missed", r.Title, r.Sum, len(r.Of), len(r.Hits), len(r.Misses))
		}
	}
	if !slices.Contains(m.Rates[0].Misses, open) || !slices.Contains(m.Rates[2].Hits, fair) || !slices.Contains(m.Excluded, out) {
		t.Error("the orders behind the rates are not those")
	}
	score, ok := m.Score()
	if want := (4.0/6*10 + 0.5*45 + 0.65*45) / 100 * 100; !ok || score < want-1e-9 || score > want+1e-9 {
		t.Errorf("score %v, want %v", score, want)
	}
	if len(m.Areas) != 2 || m.Areas[0].Name != "虚构东社区" || m.Areas[0].Orders != 3 || !m.Areas[0].Scored {
		t.Errorf("communities %+v", m.Areas)
	}
	worker, err := d.house.Office().Hotline.Rates(t.Context(), d.users["governance.worker"], "2026-02")
	d.must(err)
	if len(worker.Areas) != 1 || worker.Orders != 3 {
		t.Errorf("a community worker sees %+v", worker.Areas)
	}
}
