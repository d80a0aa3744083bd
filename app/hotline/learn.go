package hotline

import (
	"context"
	"sync"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/insight"
	"jiezhen/app/record"
	"jiezhen/app/trend"
	"jiezhen/app/value"
)

// learned is what the desk knows of past orders: in memory alone, made anew at
// each start.
type learned struct {
	mu      sync.RWMutex
	near    *insight.Index
	seasons seasons
	course  trend.Course
	model   *insight.Model
	judged  insight.Evaluation
	taught  int // classed, closed orders when the model was trained
	news    int // closed orders that have changed since
	ready   bool
}

// nearMost is among how many orders the like of one are looked for, those that
// came or changed last: a year of a busy street.
const nearMost = 20_000

// Bounds of learning: orders beyond the newest so many teach nothing new, and a
// model of fewer than so many says nothing worth showing.
const (
	learnMost  = 10_000
	learnLeast = 40
	relearnBy  = 20 // trained anew when closed orders have grown by a part of so many
)

// orderText is what an order says, for comparing; a title that is but the
// beginning of the content is not said twice.
func orderText(r *record.Record) string {
	title, content := r.Text("title"), r.Text("content")
	if title == beginning(content) {
		return content
	}
	return title + "\n" + content
}

// Run learns from the orders on record, and goes on learning as they change,
// until the context ends.
func (d *Desk) Run(ctx context.Context) {
	seq := d.book.Head()
	if err := d.readAll(ctx); err != nil {
		d.complain(ctx, err)
		return
	}
	for ctx.Err() == nil {
		if d.worth(seq) {
			d.train(ctx)
		}
		if !d.await(ctx, seq, d.warm(ctx, seq)) {
			return
		}
		next, err := d.follow(ctx, seq)
		if err != nil {
			d.complain(ctx, err)
			return
		}
		seq = next
		rest(ctx, time.Second) // a thousand rows of an import are one lesson
	}
}

// await waits for a change, at most for so long when that is not 0; false when
// the context has ended.
func (d *Desk) await(ctx context.Context, seq uint64, most time.Duration) bool {
	bounded, stop := ctx, context.CancelFunc(func() {})
	if most > 0 {
		bounded, stop = context.WithTimeout(ctx, most)
	}
	defer stop()
	err := d.book.Wait(bounded, seq)
	return ctx.Err() == nil && (err == nil || most > 0)
}

// worth reports whether there is enough that is new to learn from, and whether
// it is quiet: while an import writes, only what doubles the lesson counts.
func (d *Desk) worth(seq uint64) bool {
	d.learned.mu.RLock()
	defer d.learned.mu.RUnlock()
	if !d.learned.ready || d.learned.news > max(d.learned.taught, learnLeast) {
		return true
	}
	return d.book.Head() == seq && d.learned.news > d.learned.taught/relearnBy
}

func (d *Desk) complain(ctx context.Context, err error) {
	if ctx.Err() == nil {
		d.log.Error("learning from orders", "error", err)
	}
}

func rest(ctx context.Context, long time.Duration) {
	t := time.NewTimer(long)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// stretch is how many orders one transaction reads.
const stretch = 500

func (d *Desk) readAll(ctx context.Context) error {
	from := uint64(0)
	for {
		n := 0
		err := d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
			return tx.EachFrom(Orders, from, func(r *record.Record) (bool, error) {
				d.learned.near.Put(r.ID, orderText(r))
				d.learned.seasons.put(r)
				d.learned.course.Put(r)
				from, n = r.ID+1, n+1
				return n < stretch, ctx.Err()
			})
		})
		if err != nil || n < stretch {
			return err
		}
	}
}

// follow takes in the orders that have changed since.
func (d *Desk) follow(ctx context.Context, seq uint64) (uint64, error) {
	err := d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
		for {
			changes, through, err := tx.Changes(seq, stretch)
			if err != nil || through == seq {
				return err
			}
			seq = through
			for _, c := range changes {
				if c.Ref.Register == Orders {
					d.take(tx, c)
				}
			}
		}
	})
	return seq, err
}

func (d *Desk) take(tx *record.Tx, c record.Change) {
	r, err := tx.Open(c.Ref)
	if err != nil || c.Gone {
		d.learned.near.Drop(c.Ref.ID)
		d.learned.seasons.drop(c.Ref.ID)
		d.learned.course.Drop(c.Ref.ID)
		return
	}
	d.learned.near.Put(r.ID, orderText(r))
	d.learned.seasons.put(r)
	d.learned.course.Put(r)
	if r.Step == "closed" && r.Text("category") != "" {
		d.learned.mu.Lock()
		d.learned.news++
		d.learned.mu.Unlock()
	}
}

// train makes the model anew when there is enough that is new. Only orders that
// were closed teach: their class has been checked.
func (d *Desk) train(ctx context.Context) {
	examples, err := d.examples(ctx)
	if err != nil {
		d.complain(ctx, err)
		return
	}
	d.learned.mu.Lock()
	grown := d.learned.news > 0 || len(examples) > d.learned.taught
	d.learned.news = 0
	d.learned.mu.Unlock()
	if !grown || len(examples) < learnLeast {
		d.learned.mu.Lock()
		d.learned.ready = true
		d.learned.mu.Unlock()
		return
	}
	model, err := insight.Train(examples)
	if err != nil {
		model = nil // one class alone: nothing to choose between
	}
	judged, err := insight.Evaluate(examples)
	if err != nil {
		judged = insight.Evaluation{}
	}
	d.learned.mu.Lock()
	defer d.learned.mu.Unlock()
	d.learned.model, d.learned.judged, d.learned.taught, d.learned.ready = model, judged, len(examples), true
}

// examples are the newest closed orders with a class.
func (d *Desk) examples(ctx context.Context) ([]insight.Example, error) {
	var out []insight.Example
	q := record.Query{Register: Orders, Filters: map[string][]string{"step": {"closed"}}, Limit: stretch}
	for len(out) < learnMost {
		more := false
		err := d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
			p, err := tx.List(q)
			if err != nil {
				return err
			}
			named, err := d.naming(tx)
			if err != nil {
				return err
			}
			for _, row := range p.Rows {
				if row.Placeholder || row.Text("category") == "" {
					continue
				}
				if class, one := named(row.Text("category"), row.Date("dispatched_on")); one {
					out = append(out, insight.Example{Text: orderText(row.Record), Class: class})
				}
			}
			q.After, more = p.Next, p.Next != ""
			return ctx.Err()
		})
		if err != nil || !more {
			return out, err
		}
	}
	return out, nil
}

// SetClasses gives the desk who knows what the classes of orders are called
// today; without, orders are classed by the words that stand on them.
func (d *Desk) SetClasses(naming func(*record.Tx) (trend.Naming, error)) { d.classes = naming }

func (d *Desk) naming(tx *record.Tx) (trend.Naming, error) {
	if d.classes == nil {
		return func(name string, _ value.Date) (string, bool) { return name, true }, nil
	}
	return d.classes(tx)
}

// Quality is how well the classifier does on the office's own closed orders, by
// cross-validation; ok is false while it has learned nothing.
func (d *Desk) Quality() (e insight.Evaluation, ok bool) {
	d.learned.mu.RLock()
	defer d.learned.mu.RUnlock()
	return d.learned.judged, d.learned.model != nil && d.learned.judged.Rows > 0
}

// Course is what the desk has seen of orders, for their trends.
func (d *Desk) Course() *trend.Course { return &d.learned.course }

// Ready reports whether the desk has looked at all orders on record.
func (d *Desk) Ready() bool {
	d.learned.mu.RLock()
	defer d.learned.mu.RUnlock()
	return d.learned.ready
}

// Past is an earlier order that is like the one at hand.
type Past struct {
	Order    *record.Record
	Likeness float64
}

// Advice is what may help with an order. A person decides.
type Advice struct {
	Classes  []insight.Suggestion // empty while nothing has been learned
	Twins    []Past               // say the same: perhaps reported twice
	Past     []Past               // closed ones that were alike, with what solved them
	Findings []insight.Finding    // what in the reply should be mended; nil without a reply
}

// shownPast is how many like orders are shown.
const shownPast = 5

// Advise looks at an order for a viewer, who sees only what they may open.
func (d *Desk) Advise(tx *record.Tx, r *record.Record) Advice {
	a := Advice{Classes: d.Suggest(orderText(r))}
	for _, n := range d.learned.near.Near(orderText(r), 6*shownPast, insight.Similar, func(id uint64) bool { return id == r.ID }) {
		o, err := tx.Open(record.Ref{Register: Orders, ID: n.ID})
		if err != nil {
			continue
		}
		switch {
		case n.Likeness >= insight.LikelySame && together(r, o) && len(a.Twins) < shownPast:
			a.Twins = append(a.Twins, Past{o, n.Likeness})
		case o.Step == "closed" && o.Text("reply") != "" && len(a.Past) < shownPast:
			a.Past = append(a.Past, Past{o, n.Likeness})
		}
	}
	if r.Text("reply") != "" {
		a.Findings = d.gate.Check(replyOf(r))
	}
	return a
}

// twinDays is within how many days two orders that say the same may be one
// trouble reported twice.
const twinDays = 30

func together(a, b *record.Record) bool {
	gap := value.DaysBetween(a.Date("dispatched_on"), b.Date("dispatched_on"))
	return gap <= twinDays && -gap <= twinDays
}

// Suggest gives three classes for a text, with the words that decided.
func (d *Desk) Suggest(text string) []insight.Suggestion {
	d.learned.mu.RLock()
	defer d.learned.mu.RUnlock()
	if d.learned.model == nil {
		return nil
	}
	return d.learned.model.Suggest(text, 3)
}

// Twins finds orders that say the same as a text that is being typed, for a
// viewer.
func (d *Desk) Twins(ctx context.Context, v access.Viewer, text string) ([]Past, error) {
	var out []Past
	found := d.learned.near.Near(text, 20*shownPast, insight.LikelySame, nil)
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		for _, n := range found {
			o, err := tx.Open(record.Ref{Register: Orders, ID: n.ID})
			if err == nil && len(out) < shownPast && value.DaysBetween(o.Date("dispatched_on"), tx.Today()) <= twinDays {
				out = append(out, Past{o, n.Likeness})
			}
		}
		return nil
	})
	return out, err
}
