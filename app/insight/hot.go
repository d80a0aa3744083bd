package insight

import (
	"cmp"
	"math"
	"slices"
)

// Report is one order, grid report or finding on its way into hot issues.
type Report struct {
	ID       uint64
	Day      int    // number of the day, any epoch
	Text     string // what it is about
	Reporter string // who reports, as a key; "" is somebody new each time
	Open     bool   // not yet solved
	Again    bool   // came back after it had been closed
}

// HotConfig is how reports are gathered.
type HotConfig struct {
	Gazetteer []string // names of places that the office knows
	Window    int      // days for which an issue is held open for a further report
	// Past tells how common words are in what the office has always been told,
	// so that a turn of speech is no issue; it may be nil.
	Past     *Index
	Together [][2]uint64
	Apart    [][2]uint64 // decisions by hand: these two reports are, or are not, one issue
}

// Thresholds of gathering; see the package's tests for what they hold.
const (
	joinFrom   = 0.20 // likeness of the matter to the issue's from which a report joins
	samePlace  = 0.08 // added when both name a place in common
	otherPlace = 1.0  // taken off when both name places and none in common: trouble of two estates is two troubles
)

// commonFrom is in how many reports a pair must stand at least to be common.
const commonFrom = 20

// Hot gathers reports into issues as they come, oldest first. It is not safe
// for use by many at once.
type Hot struct {
	cfg      HotConfig
	texts    int
	in       map[gram]int // in how many reports a pair stands
	groups   []*group
	members  map[gram][]member
	of       map[uint64]int // the group of each report
	together map[uint64][]uint64
	apart    map[uint64][]uint64
}

// group is an issue in the making: the sum of its reports' vectors, kept in
// the posting lists.
type group struct {
	reports []Report
	at      map[gram]int32 // where its entry stands in each posting list
	square  float64        // length² of the sum
	places  map[string]int
	last    int
	middle  int // the report that is most like the whole
	likest  float64
}

// member is a group's entry in the posting list of a pair.
type member struct {
	group int32
	sum   float32
}

// NewHot makes an empty gathering.
func NewHot(cfg HotConfig) *Hot {
	h := &Hot{cfg: cfg, in: map[gram]int{}, members: map[gram][]member{}, of: map[uint64]int{}, together: map[uint64][]uint64{}, apart: map[uint64][]uint64{}}
	for _, p := range cfg.Together {
		h.together[p[0]], h.together[p[1]] = append(h.together[p[0]], p[1]), append(h.together[p[1]], p[0])
	}
	for _, p := range cfg.Apart {
		h.apart[p[0]], h.apart[p[1]] = append(h.apart[p[0]], p[1]), append(h.apart[p[1]], p[0])
	}
	return h
}

// PlacesIn are the places that a text names, of the gazetteer and by cue.
func (h *Hot) PlacesIn(text string) []string { return Places(text, h.cfg.Gazetteer) }

// word is a weighted pair of a report.
type word struct {
	gram   gram
	weight float64
	common bool // in every eighth report: says nothing of the matter
}

// Add takes in one report; one that is known is left alone.
func (h *Hot) Add(r Report) {
	if _, known := h.of[r.ID]; known {
		return
	}
	places := Places(r.Text, h.cfg.Gazetteer)
	grams := pairs(withoutPlaces(r.Text, places))
	h.texts++
	for _, g := range grams {
		h.in[g.gram]++
	}
	words := h.weigh(grams)
	to, likeness := h.choose(r, words, places)
	if to < 0 {
		to, likeness = len(h.groups), 1
		h.groups = append(h.groups, &group{at: map[gram]int32{}, places: map[string]int{}})
	}
	h.join(to, r, words, places, likeness)
}

// weigh makes a vector of length one.
func (h *Hot) weigh(grams []tally) []word {
	out, sum := make([]word, 0, len(grams)), 0.0
	past, of := h.cfg.Past.frequencies(grams)
	for i, g := range grams {
		in, all := h.in[g.gram]+past[i], h.texts+of
		w := weigh(g.times, in, all)
		out = append(out, word{g.gram, w, in > max(commonFrom, all/8)})
		sum += w * w
	}
	for i := range out {
		out[i].weight /= math.Sqrt(sum)
	}
	return out
}

// choose finds the issue that a report belongs to, or -1. What was decided by
// hand comes first.
func (h *Hot) choose(r Report, words []word, places []string) (int, float64) {
	for _, other := range h.together[r.ID] {
		if g, ok := h.of[other]; ok {
			return g, 1
		}
	}
	barred := map[int]bool{}
	for _, other := range h.apart[r.ID] {
		if g, ok := h.of[other]; ok {
			barred[g] = true
		}
	}
	dots := map[int32]float64{}
	for _, w := range words {
		if w.common {
			continue
		}
		for _, m := range h.members[w.gram] {
			dots[m.group] += w.weight * float64(m.sum)
		}
	}
	best, most := -1, joinFrom
	for at, d := range dots {
		g := h.groups[at]
		if barred[int(at)] || r.Day-g.last > h.cfg.Window {
			continue
		}
		c := d/math.Sqrt(g.square) + g.nearness(places)
		if c > most || c == most && best >= 0 && int(at) < best {
			best, most = int(at), c
		}
	}
	return best, most
}

// nearness is what places add to or take from likeness.
func (g *group) nearness(places []string) float64 {
	if len(places) == 0 || len(g.places) == 0 {
		return 0
	}
	near := -otherPlace
	for _, p := range places {
		for q := range g.places {
			if p == q {
				return samePlace
			}
			if perhapsSame(p, q) {
				near = 0
			}
		}
	}
	return near
}

// join adds a report to an issue.
func (h *Hot) join(to int, r Report, words []word, places []string, likeness float64) {
	g := h.groups[to]
	dot := 0.0
	for _, w := range words {
		list := h.members[w.gram]
		at, ok := g.at[w.gram]
		if !ok {
			at = int32(len(list))
			g.at[w.gram] = at
			list = append(list, member{group: int32(to)})
			h.members[w.gram] = list
		}
		dot += w.weight * float64(list[at].sum)
		list[at].sum += float32(w.weight)
	}
	g.square += 2*dot + 1
	if likeness > g.likest || len(g.reports) == 1 {
		g.middle, g.likest = len(g.reports), likeness
	}
	g.reports = append(g.reports, r)
	for _, p := range places {
		g.places[p]++
	}
	g.last = max(g.last, r.Day)
	h.of[r.ID] = to
}

// Weights say what counts how much in the heat of an issue.
type Weights struct {
	Reporter float64 // each distinct reporter
	Order    float64 // each report
	Recent   float64 // each report of the last seven days
	Open     float64 // each that is not solved
	Again    float64 // each that came back after closing
}

// Issue is a hot issue with its reasons.
type Issue struct {
	Title     string   // the report in its middle
	Place     string   // the place most named, or ""
	Members   []uint64 // reports, oldest first
	Reporters int
	First     int // day
	Last      int
	Heat      float64
	Addends   []Addend
	Days      []int // day of each member
}

// Addend is one part of a heat: a count times its weight.
type Addend struct {
	Label  string
	Count  int
	Weight float64
}

// recently is how many days count as recent.
const recently = 7

// Issues are the issues of at least so many distinct reporters and reports
// within the window before a day, hottest first.
func (h *Hot) Issues(today, least int, w Weights) []Issue {
	var out []Issue
	for _, g := range h.groups {
		i, ok := g.issue(today, h.cfg.Window, w)
		if ok && i.Reporters >= least {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b Issue) int {
		return cmp.Or(cmp.Compare(b.Heat, a.Heat), cmp.Compare(b.Last, a.Last), cmp.Compare(a.Members[0], b.Members[0]))
	})
	return out
}

func (g *group) issue(today, window int, w Weights) (Issue, bool) {
	out := Issue{}
	who, anonymous, recent, open, again := map[string]bool{}, 0, 0, 0, 0
	for _, r := range g.reports {
		if r.Day > today || today-r.Day > window {
			continue
		}
		if len(out.Members) == 0 {
			out.First = r.Day
		}
		out.Members, out.Days, out.Last = append(out.Members, r.ID), append(out.Days, r.Day), max(out.Last, r.Day)
		if who[r.Reporter] = true; r.Reporter == "" {
			anonymous++
		}
		recent += count(today-r.Day < recently)
		open += count(r.Open)
		again += count(r.Again)
	}
	if len(out.Members) == 0 {
		return out, false
	}
	delete(who, "")
	out.Reporters, out.Title = len(who)+anonymous, g.reports[g.middle].Text
	out.Addends = []Addend{{"反映人", out.Reporters, w.Reporter}, {"件数", len(out.Members), w.Order}, {"近七日", recent, w.Recent},
		{"未办结", open, w.Open}, {"办结后又来", again, w.Again}}
	for _, a := range out.Addends {
		out.Heat += float64(a.Count) * a.Weight
	}
	most := 0
	for p, n := range g.places {
		if n > most || n == most && p < out.Place {
			out.Place, most = p, n
		}
	}
	return out, true
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// Burst finds the first span of so many days in which at least so many of the
// days given lie: three orders in three days is Burst(days, 3, 3). from and to
// are the first and last day of the reports that make it.
func Burst(days []int, span, least int) (from, to int, ok bool) {
	sorted := slices.Sorted(slices.Values(days))
	for i := 0; least > 0 && i+least <= len(sorted); i++ {
		if last := sorted[i+least-1]; last-sorted[i] < span {
			return sorted[i], last, true
		}
	}
	return 0, 0, false
}
