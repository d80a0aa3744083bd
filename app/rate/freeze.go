package rate

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
	"jiezhen/app/value"
)

// Frost is a month about to be frozen.
type Frost struct {
	Register string // has the fields month and version, and the table rates unless More says the rates
	Month    value.Month
	Version  string
	Rates    []Rate
	More     map[string]any // further fields of the register
}

// Frozen is the record of a month that was frozen, or nil.
func Frozen(ctx context.Context, book *record.Book, v access.Viewer, reg string, month value.Month) (*record.Record, error) {
	var out *record.Record
	err := book.View(ctx, v, func(tx *record.Tx) error {
		var err error
		out, err = frozen(tx, reg, month)
		return err
	})
	return out, err
}

func frozen(tx *record.Tx, reg string, month value.Month) (*record.Record, error) {
	p, err := tx.List(record.Query{Register: reg, Filters: map[string][]string{"month": {string(month)}}, Limit: 1})
	if err != nil || len(p.Rows) == 0 {
		return nil, err
	}
	return p.Rows[0].Record, nil
}

func (f Frost) taken(old *record.Record) error {
	if old == nil {
		return nil
	}
	return record.Refused(record.CodeTaken, "%s已经冻结过，见 %s", f.Month.Chinese(), old.Number)
}

// Over refuses a month that goes on: it is not frozen yet.
func Over(book *record.Book, month value.Month) error {
	if book.Today() < month.First().AddMonths(1) {
		return record.Refused(record.CodeInvalid, "%s还没有过完，月末以后才能冻结", month.Chinese())
	}
	return nil
}

// Round is a number to two decimals, as frozen months keep it.
func Round(x float64) float64 { return math.Round(x*100) / 100 }

// Freeze keeps a month's rates as they stand, and in a workbook beside the
// verdict on every record. A month is frozen once, however often it is asked
// for at the same time, and not before it has ended.
func Freeze(ctx context.Context, book *record.Book, v access.Viewer, f Frost) (record.Ref, error) {
	var made record.Ref
	if err := Over(book, f.Month); err != nil {
		return made, err
	}
	if old, err := Frozen(ctx, book, v, f.Register, f.Month); err != nil || old != nil {
		return made, cmp.Or(err, f.taken(old))
	}
	def, _ := book.Registers().Get(f.Register)
	if def == nil || !record.MayCreate(v, def) {
		return made, record.Refused(record.CodeDenied, "月报由负责人冻结")
	}
	evidence, err := verdicts(ctx, book, v, f)
	if err != nil {
		return made, err
	}
	staged, err := book.StageFile(ctx, bytes.NewReader(evidence))
	if err != nil {
		return made, err
	}
	err = book.Change(ctx, v, "冻结"+f.Month.Chinese()+def.Title, func(tx *record.Tx) error {
		old, err := frozen(tx, f.Register, f.Month)
		if err != nil || old != nil {
			return cmp.Or(err, f.taken(old))
		}
		r, err := tx.Create(record.Draft{Register: f.Register, Values: f.values(def)})
		if err != nil {
			return err
		}
		made = r.Ref
		_, err = tx.AsOffice().Attach(r.Ref, r.Rev, staged, record.Attachment{Title: f.Month.Chinese() + "逐件判定.xlsx"})
		return err
	})
	return made, err
}

func (f Frost) values(def *register.Definition) register.Values {
	v := register.Values{"month": string(f.Month), "version": f.Version}
	maps.Copy(v, f.More)
	if _, ok := def.Field("rates"); !ok {
		return v
	}
	var rows []map[string]any
	for _, r := range f.Rates {
		rows = append(rows, map[string]any{"title": r.Title, "sum": Round(r.Sum), "of": float64(len(r.Of)), "percent": r.Percent(), "formula": r.Words})
	}
	v["rates"] = rows
	return v
}

// verdicts are a line for each record: its number, the one that others gave it,
// and what each rate made of it; last, the formulas as they were.
func verdicts(ctx context.Context, book *record.Book, v access.Viewer, f Frost) ([]byte, error) {
	header := []string{"登记簿", "编号", "外部编号", "标题"}
	lines := map[record.Ref][]string{}
	for i, r := range f.Rates {
		header = append(header, r.Title)
		for word, refs := range map[string][]record.Ref{"计入分子": r.Hits, "只计分母": r.Misses} {
			for _, ref := range refs {
				if lines[ref] == nil {
					lines[ref] = make([]string, 4+len(f.Rates))
				}
				lines[ref][4+i] = word
			}
		}
	}
	refs := slices.SortedFunc(maps.Keys(lines), func(a, b record.Ref) int {
		return cmp.Or(cmp.Compare(a.Register, b.Register), cmp.Compare(a.ID, b.ID))
	})
	var out [][]string
	err := book.View(ctx, v, func(tx *record.Tx) error {
		for _, ref := range refs {
			r, err := tx.Open(ref)
			if err != nil {
				return fmt.Errorf("reading what a rate counted: %w", err)
			}
			line := lines[ref]
			line[0], line[1], line[2], line[3] = r.Def.Title, r.Number, given(r), record.LabelOf(r)
			out = append(out, line)
		}
		for _, r := range f.Rates { // to the letter, for whoever counts again
			out = append(out, []string{"口径", r.Title, f.Version, r.Source})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return sheet.List(f.Month.Chinese()+" "+f.Version, header, out)
}

// given is the number that others gave a record, "" without one.
func given(r *record.Record) string {
	for _, f := range r.Def.Fields {
		if f.Match {
			return r.Text(f.ID)
		}
	}
	return ""
}
