package ui

import (
	"sort"

	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/ui/page"
)

// historyShown is how much of a record's history its page shows.
const historyShown = 60

// history fills in what was changed on a record, and who saw, printed or
// exported it.
func (v *visit) history(tx *record.Tx, r *record.Record, view *page.RecordView) error {
	entries, err := tx.History(r, historyShown)
	if err != nil {
		return err
	}
	for _, e := range entries {
		who := tx.Label(record.Ref{Register: record.Users, ID: e.By}, false)
		if who == "" {
			who = "系统"
		}
		if e.Facts != nil {
			view.Access = append(view.Access, page.Access{When: moment(e.At), Who: who, Kind: or(eventWords[e.Kind], e.Kind), Reason: factsText(e.Facts)})
			continue
		}
		c := page.Change{When: moment(e.At), Who: who, Kind: changeWords[e.Kind], Reason: e.Reason}
		for _, f := range e.Changes {
			c.Fields = append(c.Fields, hidden(r, v.fieldChange(tx, r.Def, f)))
		}
		view.History = append(view.History, c)
	}
	return nil
}

func (v *visit) fieldChange(tx *record.Tx, def *register.Definition, f record.FieldChange) page.FieldChange {
	out := page.FieldChange{Label: f.Label}
	if f.Gone {
		out.Before, out.After = "（内容已依法销毁）", "（内容已依法销毁）"
		return out
	}
	field, ok := def.Field(f.Field)
	if !ok {
		return out
	}
	out.Before, out.After = v.plainText(tx, field, f.Before), v.plainText(tx, field, f.After)
	return out
}

// hidden takes out of an order's history who complained, where that is secret.
func hidden(r *record.Record, f page.FieldChange) page.FieldChange {
	if r.Register == hotline.Orders {
		f.Before, f.After = hotline.Redact(r, f.Before), hotline.Redact(r, f.After)
	}
	return f
}

func factsText(facts map[string]string) string {
	keys := make([]string, 0, len(facts))
	for k := range facts {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	text := ""
	for _, k := range keys {
		if text != "" {
			text += "，"
		}
		text += facts[k]
	}
	return text
}
