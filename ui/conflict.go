package ui

import (
	"fmt"
	"io"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

// conflict shows both versions when two people saved one record: what the
// other saved, and what this viewer typed. Nothing typed is lost: the form
// goes on with the new revision.
func (v *visit) conflict(known uint64, mine register.Values) error {
	var view page.ConflictView
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		r, err := tx.Open(v.ref())
		if err != nil {
			return err
		}
		view = page.ConflictView{Frame: v.frame("两个人同时改了这条记录", "请逐项选定以哪边为准，再保存。您填写的内容都在。"),
			Back: page.Link{Text: "放弃我的修改", URL: recordURL(r.Ref)}}
		view.Subject = v.subject(tx, r)
		if h, err := tx.History(r, 1); err == nil && len(h) > 0 {
			view.Who, view.When = tx.Label(record.Ref{Register: record.Users, ID: h[0].By}, false), moment(h[0].At)
		}
		view.Rows = v.conflictRows(tx, r, mine)
		var hidden []page.Pair
		for _, p := range v.kept() {
			if p.Name != "_rev" {
				hidden = append(hidden, p)
			}
		}
		view.Form = page.Form{Action: "/r/" + r.Ref.String() + "/edit", Rev: rev(r), Hidden: hidden,
			Buttons: []page.Button{{Text: "按所选保存", Do: "merge", Primary: true}}}
		return nil
	})
	if err != nil {
		return err
	}
	return v.show(fiber.StatusConflict, func(w io.Writer) error { return v.cfg.Pages.Conflict(w, view) })
}

func (v *visit) conflictRows(tx *record.Tx, r *record.Record, mine register.Values) []page.ConflictRow {
	var rows []page.ConflictRow
	for _, f := range r.Def.Fields {
		typed, ok := mine[f.ID]
		if !ok || same(r.Values[f.ID], typed) {
			continue
		}
		rows = append(rows, page.ConflictRow{Name: f.ID, Label: f.Label, Theirs: v.plainText(tx, f, r.Values[f.ID]),
			Mine: v.plainText(tx, f, typed), Clash: true, Pick: "mine"})
	}
	return rows
}

// plainText is a value in one line, tables included.
func (v *visit) plainText(tx *record.Tx, f *register.Field, val any) string {
	rows, ok := val.([]map[string]any)
	if !ok || f.Type != value.KindTable {
		return tx.Display(f, val)
	}
	text := ""
	for i, row := range rows {
		text += fmt.Sprintf("%d. ", i+1)
		for _, sub := range f.Fields {
			if s := tx.Display(sub, row[sub.ID]); s != "" {
				text += sub.Label + " " + s + "；"
			}
		}
	}
	return text
}

func same(a, b any) bool {
	if a == nil || b == nil {
		return a == b || a == nil && b == "" || b == nil && a == ""
	}
	return fmt.Sprint(a) == fmt.Sprint(b)
}

// picked leaves out the fields for which the other's version was chosen.
func (v *visit) picked(values register.Values) {
	if v.typed.First("_do") != "merge" {
		return
	}
	for id := range values {
		if v.typed.First("pick."+id) == "theirs" {
			delete(values, id)
		}
	}
}
