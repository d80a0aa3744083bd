package find

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/search"
)

// Query is what someone looks for. Empty fields do not narrow.
type Query struct {
	Text      string
	Register  string
	Kind      string // record or note
	Person    uint64
	Community uint64
	Worker    uint64
	From, To  value.Date
	Limit     int
	After     string
}

// Hit is one thing found, opened under the viewer's rights.
type Hit struct {
	Record  *record.Record
	Note    *record.Note // set when a note was found
	Subject string
	Date    value.Date
	Snippet []search.Span
}

// Result is one page of hits. Partial says that time ran out: there may be
// more than was found.
type Result struct {
	Hits    []Hit
	Total   int
	Partial bool
	Next    string
}

// deadline is the longest a search may take (design, numbers to hold).
const deadline = 2 * time.Second

// Search answers a query for a viewer.
func (f *Finder) Search(ctx context.Context, v access.Viewer, q Query) (Result, error) {
	if strings.TrimSpace(q.Text) == "" {
		return Result{}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	if q.Limit <= 0 || q.Limit > 200 {
		q.Limit = 20
	}
	var out Result
	err := f.cfg.Book.View(context.WithoutCancel(ctx), v, func(tx *record.Tx) error {
		found, err := f.query(ctx, tx, v, q)
		if err != nil {
			return err
		}
		out.Total, out.Partial, out.Next = found.Total, found.Partial, found.Next
		for _, h := range found.Hits {
			hit, ok, err := f.hit(tx, h.ID, q.Text)
			if err != nil {
				return err
			}
			if ok {
				out.Hits = append(out.Hits, hit)
			}
		}
		return f.sealed(ctx, tx, v, q, &out)
	})
	return out, err
}

func (f *Finder) query(ctx context.Context, tx *record.Tx, v access.Viewer, q Query) (search.Result, error) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.index == nil {
		return search.Result{Partial: true}, nil
	}
	sq := search.Query{Text: q.Text, Filters: q.filters(), Readers: access.ViewerTokens(v, f.cfg.Book.Readable(v)),
		Limit: q.Limit, After: q.After, Confirm: func(_ context.Context, id string) ([]string, bool) { return confirm(tx, id) }}
	if q.From != "" {
		sq.From = minutes(q.From)
	}
	if q.To != "" {
		sq.To = minutes(q.To.AddDays(1)) - 1
	}
	result, err := f.index.Search(ctx, sq)
	if err != nil {
		if !errors.Is(err, search.ErrBroken) {
			f.cfg.Log.Error("searching", "error", err)
			return search.Result{Partial: true}, nil
		}
		select {
		case f.kick <- struct{}{}:
			f.cfg.Log.Error("searching", "error", err)
		default: // told already: not once for every search that somebody tries
		}
		return search.Result{Partial: true}, nil // search is off for now; the office works on
	}
	return result, nil
}

func (q Query) filters() map[string]string {
	out := map[string]string{}
	put := func(name, v string) {
		if v != "" && v != "0" {
			out[name] = v
		}
	}
	put("register", q.Register)
	put("kind", q.Kind)
	put("person", strconv.FormatUint(q.Person, 10))
	put("community", strconv.FormatUint(q.Community, 10))
	put("worker", strconv.FormatUint(q.Worker, 10))
	return out
}

// confirm opens a candidate and gives its words, names included.
func confirm(tx *record.Tx, id string) ([]string, bool) {
	ref, err := record.ParseRef(id)
	if err != nil {
		return nil, false
	}
	if ref.Register == record.Notes {
		n, parent, err := tx.OpenNote(ref.ID)
		if err != nil {
			return nil, false
		}
		return append([]string{n.Text}, subjectNames(tx, parent)...), true
	}
	r, err := tx.Open(ref)
	if err != nil {
		return nil, false
	}
	return append(Texts(r), names(tx, r)...), true
}

// hit opens what the index named. What has vanished or may no longer be seen
// is left out.
func (f *Finder) hit(tx *record.Tx, id, text string) (Hit, bool, error) {
	ref, err := record.ParseRef(id)
	if err != nil {
		return Hit{}, false, fmt.Errorf("reading a hit: %w", err)
	}
	var h Hit
	if ref.Register == record.Notes {
		n, parent, err := tx.OpenNote(ref.ID)
		if err != nil {
			return Hit{}, false, ignoreRefusal(err)
		}
		h = Hit{Record: parent, Note: &n, Date: value.DateOf(n.At), Snippet: search.Snippets(text, n.Text, 60)}
	} else {
		r, err := tx.Open(ref)
		if err != nil {
			return Hit{}, false, ignoreRefusal(err)
		}
		h = Hit{Record: r, Date: r.Changed, Snippet: search.Snippets(text, best(text, Texts(r)), 60)}
	}
	h.Subject = tx.SubjectName(h.Record, false)
	return h, true, nil
}

func ignoreRefusal(err error) error {
	if _, ok := record.AsRefusal(err); ok {
		return nil
	}
	return err
}

// best is the text to show: the first that holds a word of the query.
func best(q string, texts []string) string {
	for _, word := range strings.Fields(q) {
		for _, t := range texts {
			if search.Match(word, []string{t}) {
				return t
			}
		}
	}
	if len(texts) > 1 {
		return texts[1] // the first is the number
	}
	return strings.Join(texts, " ")
}

// sealed scans the sealed registers that the viewer may read: their words are
// not indexed at all.
func (f *Finder) sealed(ctx context.Context, tx *record.Tx, v access.Viewer, q Query, out *Result) error {
	if q.After != "" || q.Kind == "note" {
		return nil
	}
	for _, d := range f.cfg.Book.Registers().All() {
		if d.Protect != register.ProtectSealed || !record.MayUse(v, d, access.ActRead) || (q.Register != "" && q.Register != d.ID) {
			continue
		}
		err := tx.Each(d.ID, func(r *record.Record) (bool, error) {
			if ctx.Err() != nil {
				out.Partial = true
				return false, nil
			}
			return true, sealedHit(tx, r, q.Text, out)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func sealedHit(tx *record.Tx, r *record.Record, text string, out *Result) error {
	words := append(Texts(r), subjectNames(tx, r)...)
	notes, err := tx.NotesOf(r)
	if err != nil {
		return err
	}
	for _, n := range notes {
		words = append(words, n.Text)
	}
	if !search.Match(text, words) {
		return nil
	}
	out.Total++
	out.Hits = append(out.Hits, Hit{Record: r, Date: r.Changed, Subject: tx.SubjectName(r, false),
		Snippet: search.Snippets(text, best(text, words), 60)})
	return nil
}
