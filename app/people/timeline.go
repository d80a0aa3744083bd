package people

import (
	"context"
	"sort"
	"strconv"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Moment is one thing that happened with or for a person.
type Moment struct {
	At     time.Time
	Kind   string // made, step, note, paper, change
	Ref    record.Ref
	Title  string // of the register
	Number string
	Text   string // what happened, in words
	By     string // who did it, as named that day; "" where only the user is known
	User   uint64
}

// The kinds of moment.
const (
	MomentMade   = "made"
	MomentStep   = "step"
	MomentNote   = "note"
	MomentPaper  = "paper"
	MomentChange = "change"
)

// timelineLimit is a page of the timeline; historyEach bounds how many changes
// of one record are read for it.
const (
	timelineLimit = 50
	historyEach   = 100
	noteHead      = 120 // characters of a note that the timeline shows
)

// Timeline gives what happened with a person in every register that the
// viewer may read, newest first. after is the Next of the page before, "" for
// the first; next is "" on the last page.
func (d *Desk) Timeline(ctx context.Context, v access.Viewer, person uint64, after string) (page []Moment, next string, err error) {
	err = d.book.View(ctx, v, func(tx *record.Tx) error {
		all, err := timeline(tx, person)
		if err != nil {
			return err
		}
		from, err := pageStart(after)
		if err != nil || from >= len(all) {
			return err
		}
		to := min(from+timelineLimit, len(all))
		page = all[from:to]
		if to < len(all) {
			next = strconv.Itoa(to)
		}
		return nil
	})
	return page, next, err
}

func pageStart(after string) (int, error) {
	if after == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(after)
	if err != nil || n < 0 {
		return 0, record.Refused(record.CodeInvalid, "翻页位置无效，请从第一页看起")
	}
	return n, nil
}

func timeline(tx *record.Tx, person uint64) ([]Moment, error) {
	file, err := tx.Open(record.Ref{Register: record.Persons, ID: person})
	if err != nil {
		return nil, err
	}
	mentions, err := tx.Mentions(person)
	if err != nil {
		return nil, err
	}
	mergedIn, err := tx.Children(record.Persons, file.Ref)
	if err != nil {
		return nil, err
	}
	mentions = append(mentions, mergedIn...) // what happened on files merged into this one
	var out []Moment
	seen := map[record.Ref]bool{}
	for _, r := range append([]*record.Record{file}, mentions...) {
		if seen[r.Ref] || r.Def.Ledger || tx.Verdict(r, access.ActRead) != access.Allowed {
			continue // a placeholder tells nothing, not even that it was there
		}
		seen[r.Ref] = true
		more, err := moments(tx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	sort.SliceStable(out, func(i, k int) bool { return out[i].At.After(out[k].At) })
	return out, nil
}

func moments(tx *record.Tx, r *record.Record) ([]Moment, error) {
	head := Moment{Ref: r.Ref, Title: r.Def.Title, Number: r.Number}
	var out []Moment
	add := func(at time.Time, kind, text string, user uint64, by string) {
		m := head
		m.At, m.Kind, m.Text, m.User, m.By = at, kind, text, user, by
		out = append(out, m)
	}
	add(startOf(r.Created), MomentMade, "登记", r.Author, "")
	for _, m := range r.Log {
		add(m.At, MomentStep, joined(m.Label, m.Note), m.By, m.ByName)
	}
	for _, p := range r.Papers {
		add(p.At, MomentPaper, joined("出具文书 "+p.Number, p.Void), p.By, p.ByName)
	}
	notes, err := tx.NotesOf(r)
	if err != nil {
		return nil, err
	}
	for _, n := range notes {
		add(n.At, MomentNote, firstOf(n.Text, noteHead), n.By, n.ByName)
	}
	history, err := tx.History(r, historyEach)
	if err != nil {
		return nil, err
	}
	for _, e := range history {
		if text := changeText(e); text != "" {
			add(e.At, MomentChange, text, e.By, "")
		}
	}
	return out, nil
}

// changeText names the fields that an entry changed; their values stay on the
// record's own history.
func changeText(e record.Entry) string {
	if e.Kind != "update" || len(e.Changes) == 0 {
		return ""
	}
	text := "修改"
	for i, c := range e.Changes {
		if i > 0 {
			text += "、"
		}
		text += c.Label
	}
	return joined(text, e.Reason)
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "：" + b
}

func firstOf(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n]) + "…"
	}
	return text
}

// startOf is the beginning of a day where the office is.
func startOf(d value.Date) time.Time {
	if d == "" {
		return time.Time{}
	}
	return time.Date(d.Year(), time.Month(d.Month()), d.Day(), 0, 0, 0, 0, time.Local)
}
