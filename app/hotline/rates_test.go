package hotline_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
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

func TestShort(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		sum    float64
		of     int
		target float64
		want   int
	}{
		"reached":        {19, 20, 0.95, 0},
		"nothing yet":    {0, 0, 0.95, 0},
		"one of two":     {1, 2, 0.95, 18},
		"exactly":        {18, 20, 0.95, 20},
		"a part counts":  {1.6, 2, 0.9, 2},
		"cannot be more": {1, 2, 1, 0},
	} {
		r := hotline.Rate{Sum: tc.sum, Of: make([]record.Ref, tc.of)}
		got := r.Short(tc.target)
		if got != tc.want {
			t.Errorf("%s: %d more", name, got)
		}
		if got > 0 && ((tc.sum+float64(got))/float64(tc.of+got) < tc.target-1e-9 || (tc.sum+float64(got-1))/float64(tc.of+got-1) >= tc.target) {
			t.Errorf("%s: %d is not the least", name, got)
		}
	}
}

func TestFormulasAreChecked(t *testing.T) {
	t.Parallel()
	d := open(t)
	data, err := os.ReadFile("../../assets/insight/rates.yaml")
	d.must(err)
	def, _ := d.house.Office().Book.Registers().Get(hotline.Orders)
	for name, tc := range map[string]struct{ from, to, want string }{
		"unknown field":     {"solved == 'solved'", "resolved == 'solved'", "resolved"},
		"unknown code":      {"solved == 'solved'", "solved == 'done'", "done"},
		"unknown parameter": {"param: governance.rate.fair", "param: governance.rate.none", "governance.rate.none"},
		"unknown weight":    {"weight: governance.rate.weight.solved", "weight: nothing", "nothing"},
		"unknown key":       {"words:", "word:", "word"},
		"no version":        {"version: 示例-1", "version: ''", "version"},
	} {
		_, err := hotline.LoadFormulas([]byte(strings.Replace(string(data), tc.from, tc.to, 1)), def, known{})
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := hotline.LoadFormulas(data, def, known{}); err != nil {
		t.Error(err)
	}
}

// known are facts in which only the rates' parameters and codes exist.
type known struct{}

func (known) Param(string, value.Date) (any, error) { return 1.0, nil }
func (known) HasParam(key string, _ bool) bool {
	return key == "governance.rate.fair" || strings.HasPrefix(key, "governance.rate.weight.")
}
func (known) HasCodes(string) bool        { return true }
func (known) HasCode(_, code string) bool { return code != "done" }
