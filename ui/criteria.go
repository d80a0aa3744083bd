package ui

import (
	"net/url"
	"strings"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/ui/page"
)

// verdictTones are how much a verdict presses.
var verdictTones = map[string]page.Tone{register.VerdictMet: page.ToneGood, register.VerdictUnmet: page.ToneUrgent, register.VerdictUnknown: page.ToneWarn}

// findings is the list of legal conditions with the values they were judged
// on.
func (v *visit) findings(tx *record.Tx, r *record.Record) ([]page.ValueSection, error) {
	list, err := tx.Findings(r)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	t := page.Table{Caption: "条件核对", Columns: []page.Column{{Title: "条件"}, {Title: "要求"}, {Title: "现在"}, {Title: "结论"}, {Title: "依据"}}}
	for _, f := range list {
		now := f.Value
		if len(f.Missing) > 0 {
			now = "还缺：" + strings.Join(f.Missing, "、")
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: f.Label}, {Text: f.Asked}, {Text: now},
			{Text: f.Word, Tone: verdictTones[f.Verdict], Badge: true}, {Text: f.Basis}}})
	}
	return []page.ValueSection{{ID: "criteria", Title: "条件核对", Tables: []page.Table{t}}}, nil
}

// begins are the records that can follow from this one: the button brings its
// person and itself along.
func (v *visit) begins(r *record.Record) []page.Button {
	var out []page.Button
	for _, id := range r.Def.Begins {
		def, ok := v.office.Book.Registers().Get(id)
		if !ok || !record.MayCreate(v.viewer, def) {
			continue
		}
		query := url.Values{"link": {r.Ref.String()}}
		if def.Subject == register.SubjectPerson && r.Subject != 0 {
			query.Set("person", idOrEmpty(r.Subject))
		}
		text := "登记" + def.Title
		if id == topics {
			text = "转为议事议题"
		}
		out = append(out, page.Button{Text: text, URL: "/r/" + id + "/new?" + query.Encode()})
	}
	return out
}
