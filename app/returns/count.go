package returns

import (
	"fmt"
	"slices"
	"strconv"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// key is the cell of a split figure: what its row and its column stand for.
type key struct{ row, col string }

// whole is the key of the figure unsplit.
var whole = key{}

// tally is what stands behind one cell in one period.
type tally struct {
	of, hits []record.Ref
	sum, per float64
	seen     map[string]bool // of a figure that counts each once
}

// counted is a record as a figure counts it.
type counted struct {
	ref         record.Ref
	hit         bool
	number, per float64
	once        string // counted once for each of these; "" always
}

func (t *tally) enter(c counted) {
	if c.once != "" {
		if t.seen == nil {
			t.seen = map[string]bool{}
		}
		if t.seen[c.once] {
			return
		}
		t.seen[c.once] = true
	}
	t.of = append(t.of, c.ref)
	t.sum, t.per = t.sum+c.number, t.per+c.per
	if c.hit {
		t.hits = append(t.hits, c.ref)
	}
}

// misses are the records in the denominator that are not in the numerator.
func (t *tally) misses() []record.Ref {
	hit := map[record.Ref]bool{}
	for _, r := range t.hits {
		hit[r] = true
	}
	return slices.DeleteFunc(slices.Clone(t.of), func(r record.Ref) bool { return hit[r] })
}

// book of a figure: its cells in the periods that a return compares.
type cells [compared]map[key]*tally

// compared is how many periods stand beside each other: the one asked for, the
// one before, and the same one a year ago.
const compared = 3

func (c *cells) at(i int, k key) *tally {
	if c[i] == nil {
		c[i] = map[key]*tally{}
	}
	if c[i][k] == nil {
		c[i][k] = &tally{}
	}
	return c[i][k]
}

// counting is one part of a return at work.
type counting struct {
	tx      *record.Tx
	part    *Part
	periods [compared]Period
	figures []cells // as the part's figures
}

// count reads the part's register once.
func count(tx *record.Tx, part *Part, p Period) (*counting, error) {
	c := &counting{tx: tx, part: part, periods: [compared]Period{p, p.Before(), p.YearAgo()}, figures: make([]cells, len(part.Figures))}
	q := record.Query{Register: part.Def.ID, Limit: 500}
	if part.On != "" {
		q.From = map[string]value.Date{part.On: min(p.YearAgo().First, p.Before().First)}
		q.To = map[string]value.Date{part.On: p.Last}
	}
	for {
		page, err := tx.List(q)
		if err != nil {
			return nil, err
		}
		for _, row := range page.Rows {
			if row.Placeholder {
				continue
			}
			if err := c.record(row.Record); err != nil {
				return nil, err
			}
		}
		if q.After = page.Next; q.After == "" {
			return c, nil
		}
	}
}

func (c *counting) record(r *record.Record) error {
	for i, p := range c.periods {
		if c.part.On != "" && !p.Within(on(r, c.part.On)) {
			continue
		}
		env := c.tx.EnvOver(r, p.First, p.Last)
		for n, f := range c.part.Figures {
			if f.Now && !p.Within(c.tx.Today()) {
				continue
			}
			if err := f.enter(c.tx, r, env, i, &c.figures[n]); err != nil {
				return fmt.Errorf("counting %s of %s: %w", f.ID, r.Ref, err)
			}
		}
	}
	return nil
}

func on(r *record.Record, field string) value.Date {
	if field == "created" {
		return r.Created
	}
	return r.Date(field)
}

// enter counts a record in a figure, once in the whole and once in each cell
// that it falls into.
func (f *Figure) enter(tx *record.Tx, r *record.Record, env register.Env, period int, into *cells) error {
	counts, err := f.when.Holds(env)
	if err != nil || !counts {
		return err
	}
	c, err := f.take(r, env)
	if err != nil {
		return err
	}
	rows, err := f.By.keys(tx, r, env)
	if err != nil {
		return err
	}
	columns, err := f.Across.keys(tx, r, env)
	if err != nil {
		return err
	}
	into.at(period, whole).enter(c)
	for _, row := range rows {
		into.at(period, key{row: row}).enter(c)
		for _, col := range columns {
			into.at(period, key{row, col}).enter(c)
		}
	}
	for _, col := range columns {
		into.at(period, key{col: col}).enter(c)
	}
	return nil
}

// take reads what a record brings to the figure.
func (f *Figure) take(r *record.Record, env register.Env) (counted, error) {
	c := counted{ref: r.Ref}
	var err error
	if f.hits != nil {
		if c.hit, err = f.hits.Holds(env); err != nil {
			return c, err
		}
	}
	if c.number, err = evaluate(f.number, env); err != nil {
		return c, err
	}
	if c.per, err = evaluate(f.per, env); err != nil {
		return c, err
	}
	switch f.distinct {
	case "":
	case "subject":
		c.once = strconv.FormatUint(r.Subject, 10)
	default:
		c.once = r.Text(f.distinct)
	}
	return c, nil
}

func evaluate(e *register.Expression, env register.Env) (float64, error) {
	if e == nil {
		return 0, nil
	}
	out, err := e.Eval(env)
	n, _ := out.(float64)
	return n, err
}

// blank is the key of what has not been filled in, or may not be shown.
const blank = "-"

// keys are the rows (or columns) that a record falls into; none without a
// split.
func (s *Split) keys(tx *record.Tx, r *record.Record, env register.Env) ([]string, error) {
	switch {
	case s == nil:
		return nil, nil
	case s.place:
		if r.Community == 0 {
			return []string{blank}, nil
		}
		return []string{strconv.FormatUint(r.Community, 10)}, nil
	case s.of != nil:
		return s.band(env)
	}
	switch v := tx.Book().Listed(s.field, r.Values[s.field.ID]).(type) {
	case string:
		if v != "" {
			return []string{v}, nil
		}
	case []string:
		if len(v) > 0 {
			return v, nil
		}
	}
	return []string{blank}, nil
}

func (s *Split) band(env register.Env) ([]string, error) {
	n, err := evaluate(s.of, env)
	if err != nil {
		return nil, err
	}
	if n < float64(s.bands[0]) {
		return []string{blank}, nil
	}
	at := 0
	for i, from := range s.bands {
		if n >= float64(from) {
			at = i
		}
	}
	return []string{strconv.Itoa(at)}, nil
}
