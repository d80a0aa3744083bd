package sheet

import (
	"context"
	"fmt"
	"slices"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// Outgoing is a column of the table in which another system takes records back:
// what it is called there, and which field fills it; "" for none.
type Outgoing struct{ Title, Field string }

// outgoingShelf keeps the columns of each register: register → []Outgoing.
const outgoingShelf = "sheets outgoing columns v1"

// outgoingMost is how many columns such a table may have.
const outgoingMost = 60

// OutgoingFields are the fields that may fill such a column: nothing that says
// who somebody is.
func OutgoingFields(def *register.Definition) []Column {
	return slices.DeleteFunc(Columns(def), func(c Column) bool {
		f, ok := def.Field(c.Field)
		return !ok || f.Mask
	})
}

// Outgoing are the columns that the office has said of a register, or nil.
func (d *Desk) Outgoing(ctx context.Context, reg string) ([]Outgoing, error) {
	var out []Outgoing
	if _, err := d.book.Shelf(outgoingShelf).Get(ctx, reg, &out); err != nil {
		return nil, fmt.Errorf("reading the columns of another system: %w", err)
	}
	return out, nil
}

// LearnOutgoing takes the columns from a file of the other system: its blank
// form, or any table in its layout. Fields are found by the names that the
// import desk knows, with what users have said of theirs.
func (d *Desk) LearnOutgoing(ctx context.Context, v access.Viewer, reg string, data []byte) ([]Outgoing, error) {
	def, err := d.definition(v, reg, access.ActExport)
	if err != nil {
		return nil, err
	}
	c, names, err := d.parsed(ctx, def, data)
	if err != nil {
		return nil, err
	}
	at := headerAt(c.lines, names)
	if at < 0 {
		return nil, invalid("找不到表头：前 %d 行里没有认得的列名。至少要有工单编号这样的列", headerWithin)
	}
	out := outgoingOf(def, names, c.lines[at].Cells)
	for len(out) > 0 && out[len(out)-1].Title == "" {
		out = out[:len(out)-1]
	}
	return out, d.KeepOutgoing(ctx, v, reg, out)
}

// outgoingOf finds the field of each title: what bears a field's own name comes
// before what only may be called so.
func outgoingOf(def *register.Definition, names map[string]string, titles []string) []Outgoing {
	own, may := map[string]string{}, map[string]bool{}
	for _, col := range OutgoingFields(def) {
		own[headerKey(col.Label)], may[col.Field] = col.Field, true
	}
	out := make([]Outgoing, len(titles))
	used := map[string]bool{}
	for _, known := range []map[string]string{own, names} {
		for i, title := range titles {
			out[i].Title = title
			if f := known[headerKey(title)]; out[i].Field == "" && may[f] && !used[f] {
				out[i].Field, used[f] = f, true
			}
		}
	}
	return out
}

// KeepOutgoing keeps the columns, or with none forgets them.
func (d *Desk) KeepOutgoing(ctx context.Context, v access.Viewer, reg string, columns []Outgoing) error {
	def, err := d.definition(v, reg, access.ActExport)
	if err != nil {
		return err
	}
	if len(columns) == 0 {
		return d.book.Shelf(outgoingShelf).Delete(ctx, reg)
	}
	if len(columns) > outgoingMost {
		return invalid("列太多：最多 %d 列", outgoingMost)
	}
	may := map[string]bool{"": true}
	for _, c := range OutgoingFields(def) {
		may[c.Field] = true
	}
	for _, c := range columns {
		if !may[c.Field] {
			return record.Refused(record.CodeInvalid, "“%s”这一列不能填这一项", c.Title)
		}
	}
	return d.book.Shelf(outgoingShelf).Put(ctx, reg, columns)
}
