package grid

import (
	"math"
	"slices"
	"strings"

	"jiezhen/app/record"
)

// followMost is how many changed sources are compared one by one; beyond it the
// pairs are found anew when somebody asks.
const followMost = 50

// follow compares what has changed anew with what lies near it.
func (f *found) follow(t *table, all map[record.Ref]told, changed map[record.Ref]bool) {
	if !f.known || len(changed) > followMost {
		*f = found{}
		return
	}
	f.list = slices.DeleteFunc(slices.Clone(f.list), func(p Pair) bool { return changed[p.A.Ref] || changed[p.B.Ref] })
	for ref := range changed {
		s, ok := all[ref]
		if !ok || !f.covers(s) {
			continue
		}
		for _, o := range all {
			if o.Ref == ref || changed[o.Ref] && o.Ref.String() < ref.String() || !f.covers(o) || !neighbours(s, o, f.rules.tile()) {
				continue
			}
			f.enter(t, s, o)
		}
	}
}

// covers reports whether a source was told of on the days looked at.
func (f *found) covers(s told) bool {
	on := s.on
	return on >= f.from && on <= f.to
}

func (f *found) enter(t *table, a, b told) {
	if c := a.RefID("case"); c != 0 && c == b.RefID("case") {
		return
	}
	if b.at.Before(a.at) || b.at.Equal(a.at) && b.Ref.String() < a.Ref.String() {
		a, b = b, a
	}
	if p, ok := f.rules.compare(t, a, b); ok {
		at, _ := slices.BinarySearchFunc(f.list, p, newestPair)
		f.list = slices.Insert(f.list, at, p)
	}
}

// newestPair orders pairs newest first.
func newestPair(a, b Pair) int {
	if late := strings.Compare(toldAt(b.B), toldAt(a.B)); late != 0 {
		return late
	}
	return strings.Compare(pairKey(a.A.Ref, a.B.Ref), pairKey(b.A.Ref, b.B.Ref))
}

// neighbours reports whether two sources may lie at one place at all: the same
// building, or squares of ground that touch or have one between them.
func neighbours(a, b told, tile float64) bool {
	if x, _, _ := strings.Cut(a.key, "#"); x != "" {
		if y, _, _ := strings.Cut(b.key, "#"); x == y {
			return true
		}
	}
	if a.lon == 0 || b.lon == 0 {
		return false
	}
	apart := func(x, y float64) float64 { return math.Abs(math.Floor(x/tile) - math.Floor(y/tile)) }
	return apart(a.lon, b.lon) <= 2 && apart(a.lat, b.lat) <= 2
}
