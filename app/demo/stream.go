package demo

import (
	"cmp"
	"context"
	"slices"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// What a line of the stream is.
type eventKind uint8

const (
	evVisit eventKind = iota
	evUnseen
	evPlanned
	evService
	evCaseNote
	evFileNote
)

// event is one record or note to be written: small, because a large office
// has millions of them in memory while it is filled.
type event struct {
	day  int32 // since the first day of work
	ward int32
	n    int32 // which of its kind it is for the ward
	kind eventKind
}

// eventsOf are all records and notes about a ward beside its file and case.
func (f *filler) eventsOf(w *ward) []event {
	var out []event
	add := func(kind eventKind, day value.Date) {
		out = append(out, event{day: int32(value.DaysBetween(f.start, day)), ward: int32(w.index), n: int32(len(out)), kind: kind})
	}
	for _, v := range w.visits {
		if v.unseen {
			add(evUnseen, v.day)
		} else {
			add(evVisit, v.day)
		}
	}
	if w.next != "" && value.DaysBetween(f.today, w.next) < 14 {
		add(evPlanned, min(f.today, w.next.AddDays(-5)))
	}
	f.notesOf(w, add)
	return out
}

func (f *filler) notesOf(w *ward, add func(eventKind, value.Date)) {
	d := throw(f.opt.Seed, streamWords, -1-w.index)
	if w.verified != "" {
		add(evFileNote, w.verified)
	}
	if w.assess != "" {
		add(evCaseNote, w.assess)
	}
	if w.serve == "" {
		return
	}
	end := f.today
	if w.closed != "" {
		end = w.closed
	}
	for day := w.serve.AddDays(d.from(1, 9)); day <= end; day = day.AddDays(d.from(12, 26)) {
		if d.chance(55) {
			add(evService, day)
		}
		add(evCaseNote, day)
	}
}

// window is how many days of events are written together, so that each
// worker's are one transaction and numbers still run with the dates.
const window = 30

// writeStream writes all events in the order of their days.
func (f *filler) writeStream(ctx context.Context) error {
	var events []event
	for _, w := range f.wards {
		events = append(events, f.eventsOf(w)...)
	}
	slices.SortFunc(events, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.day/window, b.day/window), cmp.Compare(f.actor(a).User, f.actor(b).User),
			cmp.Compare(a.day, b.day), cmp.Compare(a.ward, b.ward), cmp.Compare(a.n, b.n))
	})
	for from := 0; from < len(events); {
		to, who := from, f.actor(events[from])
		for to < len(events) && to-from < batchRows && events[to].day/window == events[from].day/window && f.actor(events[to]).User == who.User {
			to++
		}
		err := f.office.Book.Change(ctx, who, "走访与服务记录", func(tx *record.Tx) error {
			for _, e := range events[from:to] {
				if err := f.writeEvent(tx, e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		from = to
		f.opt.Progress("走访与服务记录", from, len(events))
	}
	return nil
}

// actor is who wrote an event down.
func (f *filler) actor(e event) access.Viewer {
	w := f.wards[e.ward]
	switch e.kind {
	case evVisit, evUnseen, evPlanned, evFileNote:
		return f.areas[f.people.all[w.kid].area].director
	}
	return f.handler(w)
}

// handler is who is in charge of a ward's case.
func (f *filler) handler(w *ward) access.Viewer {
	if w.index%4 == 3 {
		return f.users["child.supervisor"]
	}
	return f.users["child.officer"]
}

func (f *filler) day(e event) value.Date { return f.start.AddDays(int(e.day)) }

func (f *filler) writeEvent(tx *record.Tx, e event) error {
	w := f.wards[e.ward]
	d := throw(f.opt.Seed, streamWords, int(e.ward)<<16|int(e.n))
	t := f.talk(w, d, f.day(e))
	switch e.kind {
	case evCaseNote:
		_, err := tx.NoteAt(record.Ref{Register: "child.case", ID: w.cas}, "跟进", t.note(), f.hour(d, f.day(e)))
		return err
	case evFileNote:
		_, err := tx.NoteAt(record.Ref{Register: "child.file", ID: w.file}, "核实", t.verification(), f.hour(d, f.day(e)))
		return err
	case evService:
		_, err := tx.Create(f.serviceDraft(w, t, f.day(e)))
		return err
	}
	_, err := tx.Create(f.visitDraft(w, t, e))
	return err
}
