package insight

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// planted is trouble of which several people report, among other orders.
var planted = []struct{ place, trouble string }{
	{"滨河小区", "7号楼电梯异响，夜里停运，老人下不来"},
	{"新桥大街", "路口暴雨积水，井盖被冲开，车过不去"},
	{"石门营", "供热站管道爆了，整片暖气冰凉"},
	{"桃园小区", "地下车库渗水泡车，物业不修防水"},
	{"增产路", "夜间烧烤油烟呛人，噪声到凌晨"},
}

// town makes n reports over 60 days with the planted trouble among them; truth
// names the trouble of a report, 0 for the rest.
func town(n int) (reports []Report, truth map[uint64]int) {
	r := rand.New(rand.NewPCG(11, 1))
	truth = map[uint64]int{}
	id := uint64(0)
	add := func(day int, text, who string) {
		id++
		reports = append(reports, Report{ID: id, Day: day, Text: text, Reporter: who, Open: true})
	}
	rest := orders(n, 5)
	ways := []string{"反映%s%s，请尽快处理", "%s这边%s，已经好几天了", "我是%s居民，%s", "%s，%s！没人管", "市民来电称%s%s，要求解决"}
	for day := range 60 {
		for ; len(rest) > (59-day)*n/60; rest = rest[1:] {
			add(day, rest[0].Text, fmt.Sprint("r", len(rest)))
		}
		for p, e := range planted {
			if day >= 40 && day < 50 && day%2 == p%2 {
				for range 2 {
					add(day, fmt.Sprintf(ways[r.IntN(len(ways))], e.place, e.trouble), fmt.Sprint("p", p, r.IntN(40)))
					truth[id] = p + 1
				}
			}
		}
	}
	return reports, truth
}

func gather(reports []Report, cfg HotConfig) *Hot {
	cfg.Window = 30
	h := NewHot(cfg)
	for _, r := range reports {
		h.Add(r)
	}
	return h
}

var evenWeights = Weights{Reporter: 2, Order: 1, Recent: 1, Open: 1, Again: 3}

func TestPlantedTroubleIsFound(t *testing.T) {
	t.Parallel()
	reports, truth := town(1500)
	issues := gather(reports, HotConfig{}).Issues(50, 5, evenWeights)
	for p := range planted {
		best := 0.0
		for _, i := range issues {
			hit := 0
			for _, id := range i.Members {
				hit += count(truth[id] == p+1)
			}
			all := 10
			best = max(best, 2*float64(hit)/float64(all+len(i.Members)))
		}
		if best < 0.8 {
			t.Errorf("%s: best F1 %.2f", planted[p].place, best)
		}
	}
	for _, i := range issues {
		sum := 0.0
		for _, a := range i.Addends {
			sum += float64(a.Count) * a.Weight
		}
		if sum != i.Heat || len(i.Members) != len(i.Days) {
			t.Errorf("heat %v, addends %v", i.Heat, i.Addends)
		}
	}
}

func TestOnePersonIsNoCrowd(t *testing.T) {
	t.Parallel()
	var reports []Report
	for i := range 12 {
		reports = append(reports, Report{ID: uint64(i + 1), Day: i, Text: "滨河小区电梯异响没人修", Reporter: "甲"})
	}
	h := gather(reports, HotConfig{})
	if got := h.Issues(12, 2, evenWeights); len(got) != 0 {
		t.Errorf("one reporter makes %+v", got)
	}
	if got := h.Issues(12, 1, evenWeights); len(got) != 1 || got[0].Reporters != 1 || len(got[0].Members) != 12 {
		t.Errorf("got %+v", got)
	}
}

func TestDecisionsByHandSurviveGatheringAnew(t *testing.T) {
	t.Parallel()
	var reports []Report
	for i := range 6 {
		reports = append(reports, Report{ID: uint64(i + 1), Day: i, Text: "滨河小区电梯异响没人修"})
	}
	reports = append(reports, Report{ID: 7, Day: 3, Text: "养老金认证找谁办"})
	cfg := HotConfig{Together: [][2]uint64{{1, 7}}, Apart: [][2]uint64{{1, 5}, {1, 6}}}
	issues := gather(reports, cfg).Issues(7, 1, evenWeights)
	if len(issues) != 2 || !reflect.DeepEqual(issues[0].Members, []uint64{1, 2, 3, 4, 7}) || !reflect.DeepEqual(issues[1].Members, []uint64{5, 6}) {
		t.Errorf("got %+v", issues)
	}
}

func TestOtherPlaceOtherIssue(t *testing.T) {
	t.Parallel()
	h := gather([]Report{{ID: 1, Day: 1, Text: "滨河小区路灯坏了"}, {ID: 2, Day: 2, Text: "桃园小区路灯坏了"}, {ID: 3, Day: 3, Text: "滨河小区的路灯坏了还没修"},
		{ID: 4, Day: 99, Text: "滨河小区路灯坏了"}}, HotConfig{})
	if h.of[1] != h.of[3] || h.of[1] == h.of[2] || h.of[1] == h.of[4] {
		t.Errorf("gathered as %v", h.of)
	}
}

func TestBurst(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		days        []int
		span, least int
		from, to    int
		ok          bool
	}{
		"three in three":     {[]int{1, 3, 2}, 3, 3, 1, 3, true},
		"three in four":      {[]int{1, 2, 4}, 3, 3, 0, 0, false},
		"the same day":       {[]int{5, 5, 5}, 3, 3, 5, 5, true},
		"first of two":       {[]int{1, 9, 10, 11, 30, 30, 30}, 3, 3, 9, 11, true},
		"over a month's end": {[]int{30, 31, 32}, 3, 3, 30, 32, true},
		"two":                {[]int{1, 1}, 3, 3, 0, 0, false},
		"none":               {nil, 3, 3, 0, 0, false},
		"no least":           {[]int{1}, 3, 0, 0, 0, false},
	} {
		from, to, ok := Burst(tc.days, tc.span, tc.least)
		if from != tc.from || to != tc.to || ok != tc.ok {
			t.Errorf("%s: %d to %d, %v", name, from, to, ok)
		}
	}
	days := []int{3, 1, 2}
	if Burst(days, 3, 3); !slices.Equal(days, []int{3, 1, 2}) {
		t.Error("the days were put in order under the caller")
	}
}

func BenchmarkHot(b *testing.B) {
	reports, _ := town(5000)
	for b.Loop() {
		gather(reports, HotConfig{}).Issues(60, 3, evenWeights)
	}
}

func BenchmarkHotOne(b *testing.B) {
	reports, _ := town(5000)
	h := gather(reports, HotConfig{})
	id := uint64(len(reports))
	for b.Loop() {
		id++
		h.Add(Report{ID: id, Day: 60, Text: fmt.Sprintf("滨河小区%d号楼电梯异响，物业不修，老人下不来", id)})
		h.Issues(60, 3, evenWeights)
	}
}
