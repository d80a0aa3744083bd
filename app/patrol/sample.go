package patrol

import (
	"cmp"
	"context"
	"encoding/binary"
	"hash/fnv"
	"slices"

	"jiezhen/app/access"
	"jiezhen/app/value"
)

// Sample is how many of a force's rounds a supervisor has to look into, and
// which are proposed.
type Sample struct {
	Force    *Force
	Rounds   []*Round // of the week
	Looked   int      // already looked into
	Wanted   int
	Percent  int  // of the rounds
	Again    bool // the last one looked into failed
	Proposed []*Round
}

// Samples proposes, week by week, the rounds to be looked into: at least so
// many of a hundred of every force's, doubled after one that failed. Which ones
// is settled by the number of the round and cannot be guessed by who enters it
// beforehand, nor chosen by who looks.
func (d *Desk) Samples(ctx context.Context, v access.Viewer, week value.Date) ([]Sample, error) {
	if err := d.sync(ctx); err != nil {
		return nil, err
	}
	d.digest.mu.RLock()
	defer d.digest.mu.RUnlock()
	from := MondayOf(week)
	l, err := d.view(v, from, from.AddDays(6))
	if err != nil {
		return nil, err
	}
	by := map[uint64]*Sample{}
	l.eachRound(from, from.AddDays(6), func(r *Round) {
		f := l.g.forces[r.Force]
		if f == nil || !l.seesRound(r) {
			return
		}
		if by[f.ID] == nil {
			by[f.ID] = &Sample{Force: f}
		}
		by[f.ID].Rounds = append(by[f.ID].Rounds, r)
	})
	failed := l.lastFailed(from)
	var out []Sample
	for id, s := range by {
		s.Again = failed[id]
		s.settle(l.rules)
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Sample) int {
		return cmp.Or(cmp.Compare(len(b.Proposed), len(a.Proposed)), cmp.Compare(a.Force.Number, b.Force.Number))
	})
	return out, nil
}

// lastFailed are the forces of whom the last round looked into before a day
// failed.
func (l *look) lastFailed(before value.Date) map[uint64]bool {
	last := map[uint64]*Round{}
	for _, r := range l.g.rounds {
		if r.Date >= before || r.Step != "passed" && r.Step != "failed" {
			continue
		}
		if old := last[r.Force]; old == nil || r.Date > old.Date || r.Date == old.Date && r.ID > old.ID {
			last[r.Force] = r
		}
	}
	out := map[uint64]bool{}
	for id, r := range last {
		out[id] = r.Step == "failed"
	}
	return out
}

// settle works out how many rounds are wanted, and proposes those that are
// still short.
func (s *Sample) settle(rules rules) {
	s.Percent = rules.sample
	if s.Again {
		s.Percent *= rules.again
	}
	s.Wanted = min(len(s.Rounds), (len(s.Rounds)*s.Percent+99)/100)
	var open []*Round
	for _, r := range s.Rounds {
		switch r.Step {
		case "passed", "failed":
			s.Looked++
		case "filed":
			open = append(open, r)
		}
	}
	slices.SortFunc(open, func(a, b *Round) int { return cmp.Compare(lot(a.ID), lot(b.ID)) })
	s.Proposed = open[:max(0, min(len(open), s.Wanted-s.Looked))]
}

// lot draws a round's lot.
func lot(id uint64) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(binary.BigEndian.AppendUint64(nil, id))
	return h.Sum64()
}
