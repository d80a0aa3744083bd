package ui

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/people"
	"jiezhen/app/record"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

// findPeople is search before create: nobody is entered twice.
func (v *visit) findPeople() error {
	q := people.Query{Name: v.query("name"), IDNumber: v.query("id_number"), Phone: v.query("phone"), Guardian: v.query("guardian"), Limit: 20}
	target := v.query("for")
	view := page.FindPersonView{Frame: v.frame("找人", "先找一找，确认没有再新建：一人一档。"), Cancel: page.Link{Text: "返回工作台", URL: "/"}}
	if d, ok := v.office.Book.Registers().Get(target); ok {
		view.Lead = "为“" + d.Title + "”选定" + or(d.SubjectLabel, "对象") + "。"
	}
	text := func(name, label, val, hint string) page.Field {
		return page.Field{Name: name, Label: label, Kind: page.KindText, Value: val, Hint: hint}
	}
	view.Form = page.Form{Action: "/people", Get: true, Hidden: []page.Pair{{Name: "for", Value: target}}, Sections: []page.Section{{Fields: []page.Field{
		text("name", "姓名、全拼或首字母", q.Name, "写一个就行，如 禹宁川、yuningchuan、ync"), text("id_number", "证件号码或后四位、后六位", q.IDNumber, ""),
		text("phone", "电话", q.Phone, ""), text("guardian", "监护人姓名", q.Guardian, "")}}}, Buttons: []page.Button{{Text: "查找", Primary: true}}}
	view.Form.Sections[0].Fields[0].Focus = true
	splitQuery(&q)
	view.Asked = q.Name+q.Pinyin+q.IDNumber+q.IDTail+q.Phone+q.Guardian != ""
	if !view.Asked {
		return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.FindPerson(w, view) })
	}
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		matches, err := people.SearchTx(tx, q)
		for _, m := range matches {
			view.Found = append(view.Found, v.personHit(tx, m, target))
		}
		return err
	})
	if err != nil {
		return err
	}
	view.Summary = fmt.Sprintf("找到 %d 人", len(view.Found))
	if def, ok := v.office.Book.Registers().Get(record.Persons); ok && record.MayCreate(v.viewer, def) {
		to := url.Values{"name": {q.Name}, "id_number": {q.IDNumber}, "phone": {q.Phone}, "for": {target}}
		view.Create = &page.Form{Action: "/people/new?" + to.Encode(), Get: false, Buttons: []page.Button{{Text: "都不是，新建主档", URL: "/people/new?" + to.Encode()}}}
	}
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.FindPerson(w, view) })
}

// splitQuery sorts what was typed: Latin letters are pinyin or initials, a
// short run of digits is the tail of a number.
func splitQuery(q *people.Query) {
	if q.Name != "" && strings.Trim(strings.ToLower(q.Name), "abcdefghijklmnopqrstuvwxyz '-") == "" {
		q.Pinyin, q.Name = q.Name, ""
	}
	if n := len(q.IDNumber); n > 0 && n <= 8 {
		q.IDTail, q.IDNumber = q.IDNumber, ""
	}
}

func (v *visit) personHit(tx *record.Tx, m people.Match, target string) page.PersonHit {
	hit := page.PersonHit{Why: strings.Join(m.Reasons, "、")}
	if m.Record == nil {
		hit.Name, hit.Sealed, hit.Current = "受保护对象", true, m.Hidden
		if m.Guarded {
			hit.Open = page.Link{Text: "写明理由打开", URL: "/people/" + idOrEmpty(m.Person)}
		}
		return hit
	}
	r := m.Record
	hit.Name = record.LabelOf(r)
	hit.Facts = v.personFacts(tx, r)
	hit.Open = page.Link{Text: "打开主档", URL: recordURL(r.Ref)}
	if target != "" {
		hit.Choose = page.Button{Text: "选定此人", URL: "/r/" + url.PathEscape(target) + "/new?person=" + idOrEmpty(r.ID)}
	}
	return hit
}

func (v *visit) personFacts(tx *record.Tx, r *record.Record) []string {
	var facts []string
	if s := v.office.Book.CodeLabel("person.sex", r.Text("sex")); s != "" {
		facts = append(facts, s)
	}
	if b := r.Date("birth"); b != "" {
		facts = append(facts, b.Chinese()+"生")
	}
	if n := r.Text("id_number"); n != "" {
		facts = append(facts, value.Mask(value.KindDocument, n))
	}
	if c := tx.Label(record.Ref{Register: record.Places, ID: r.Community}, false); c != "" {
		facts = append(facts, c)
	}
	return facts
}
