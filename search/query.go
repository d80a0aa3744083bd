package search

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
)

const (
	limitDefault = 20
	slowSearch   = time.Second
)

// plan is a query turned into terms.
type plan struct {
	q       Query
	terms   []string
	readers []string
	confirm []word // what terms can't decide
	after   *cursor
	nothing bool // no document can match
}

// Search finds the newest documents that hold every word of q.Text. When ctx
// ends first, it returns what it has found, with Partial; that is no error.
func (x *Index) Search(ctx context.Context, q Query) (res Result, err error) {
	x.gate.RLock()
	defer x.gate.RUnlock()
	start := x.cfg.Clock()
	p, err := x.plan(q)
	if err != nil || p.nothing {
		return Result{}, err
	}
	err = x.protect(func() error {
		res, err = x.run(ctx, p)
		return err
	})
	if took := x.cfg.Clock().Sub(start); took > slowSearch {
		x.cfg.Log.Warn("slow search", "took", took, "total", res.Total, "partial", res.Partial)
	}
	return res, err
}

// plan makes the terms of q.
func (x *Index) plan(q Query) (plan, error) {
	if q.Limit <= 0 {
		q.Limit = limitDefault
	}
	p := plan{q: q}
	if q.After != "" {
		c, err := parseCursor(q.After)
		if err != nil {
			return plan{}, err
		}
		p.after = &c
	}
	h := newHasher(x.cfg.Key)
	words := parse(q.Text)
	for _, w := range words {
		p.terms = append(p.terms, h.wordTerms(w)...)
		if !w.exact() && q.Confirm != nil {
			p.confirm = append(p.confirm, w)
		}
	}
	for name, v := range q.Filters {
		p.terms = append(p.terms, h.term(kindFilter, name, v))
	}
	for _, r := range q.Readers {
		p.readers = append(p.readers, h.term(kindReader, r))
	}
	p.nothing = len(p.readers) == 0 || len(words) == 0 && strings.TrimSpace(q.Text) != ""
	return p, nil
}

// run answers a plan.
func (x *Index) run(ctx context.Context, p plan) (Result, error) {
	snap, err := x.usable()
	if err != nil {
		return Result{}, err
	}
	defer snap.Close()
	res, err := p.read(ctx, snap)
	if err != nil { // whatever the files say that makes no sense: they are damaged
		x.markBroken(err)
		return Result{}, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return res, nil
}

// read answers a plan from the files of the index; that ctx ends is no error.
func (p plan) read(ctx context.Context, snap *scorch.IndexSnapshot) (Result, error) {
	ps, err := parts(snap)
	if err != nil {
		return Result{}, err
	}
	var res Result
	var order newest
	for _, part := range ps {
		if ctx.Err() != nil {
			res.Partial = true
			break
		}
		set, err := part.find(p)
		if err != nil {
			return Result{}, err
		}
		res.Total += int(set.GetCardinality())
		order = append(order, newDescent(part, set, p.after.at()))
	}
	if len(p.confirm) > 0 {
		return p.confirmed(ctx, order, res.Partial)
	}
	return p.page(ctx, order, res)
}

// find are the documents of one part that the terms of p and its dates allow.
func (pt *part) find(p plan) (*roaring.Bitmap, error) {
	set, err := pt.all(p.terms, p.readers)
	if err != nil {
		return nil, err
	}
	return pt.between(set, p.q.From, p.q.To)
}

// page fills res with the next hits; the terms are exact, or taken as such.
func (p plan) page(ctx context.Context, order newest, res Result) (Result, error) {
	var last place
	for {
		if ctx.Err() != nil {
			res.Partial = true
			return res, nil
		}
		at, ok, err := order.next()
		if err != nil || !ok {
			return res, err
		}
		if len(res.Hits) == p.q.Limit {
			res.Next = cursor{place: last, total: res.Total}.String()
			return res, nil
		}
		res.Hits = append(res.Hits, at.hit())
		last = at
	}
}

// confirmed opens the candidates, newest first, and counts those that hold the
// undecided words. The first page counts them all, which later ones repeat
// from the cursor instead of opening everything again.
func (p plan) confirmed(ctx context.Context, order newest, partial bool) (Result, error) {
	res := Result{Partial: partial}
	var seen, last place // the last candidate, and the last hit
	more := false
	for {
		if ctx.Err() != nil {
			res.Partial = true
			break
		}
		if p.after != nil && more {
			break
		}
		at, ok, err := order.next()
		if err != nil {
			return Result{}, err
		}
		if !ok {
			break
		}
		if p.holds(ctx, at.id) {
			res.Total++
			if len(res.Hits) < p.q.Limit {
				res.Hits, last = append(res.Hits, at.hit()), at
			} else {
				more = true
			}
		}
		seen = at
	}
	if p.after != nil {
		res.Total, res.Partial = max(res.Total, p.after.total), res.Partial || p.after.partial
	}
	c := cursor{place: last, total: res.Total, partial: res.Partial}
	switch {
	case more:
		res.Next = c.String()
	case ctx.Err() != nil && seen.id != "":
		c.place = seen // goes on where time ran out
		res.Next = c.String()
	}
	return res, nil
}

// holds opens one candidate. A panic of the caller's code is the caller's.
func (p plan) holds(ctx context.Context, id string) bool {
	defer func() {
		if r := recover(); r != nil {
			panic(callerPanic{r})
		}
	}()
	texts, ok := p.q.Confirm(ctx, id)
	return ok && matchAll(p.confirm, texts)
}

// hit is the place as a caller sees it.
func (a place) hit() Hit { return Hit{ID: a.id, Date: keyDate(a.key)} }

// cursor is where a page ended and what had been counted.
type cursor struct {
	place
	total   int
	partial bool
}

// at is nil for the first page.
func (c *cursor) at() *place {
	if c == nil {
		return nil
	}
	return &c.place
}

// cursorHead is the length of a cursor without its id: key 8, total 4, flag 1.
const cursorHead = 13

// String is the cursor in letters that pass through a URL.
func (c cursor) String() string {
	b := binary.BigEndian.AppendUint64(nil, c.key)
	b = binary.BigEndian.AppendUint32(b, uint32(c.total))
	flag := byte(0)
	if c.partial {
		flag = 1
	}
	b = append(append(b, flag), c.id...)
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseCursor(s string) (cursor, error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) <= cursorHead {
		return cursor{}, ErrCursor
	}
	return cursor{
		place:   place{key: binary.BigEndian.Uint64(b), id: string(b[cursorHead:])},
		total:   int(binary.BigEndian.Uint32(b[8:])),
		partial: b[12] == 1,
	}, nil
}
