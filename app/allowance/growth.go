package allowance

import (
	"fmt"
	"slices"
	"strconv"

	"jiezhen/app/benefit"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// growthDeeds work out a proposal for a new standard (facts B7).
type growthDeeds struct{ rules Rules }

var formulas = map[string]benefit.Formula{"relief": benefit.TimesRelief, "consumption": benefit.OfConsumption, "prices": benefit.WithPrices,
	"wage": benefit.OfWage, "step": benefit.FixedStep}

// results are the fields that the program fills in.
var results = []string{"last", "raw", "result", "notes", "ratio", "people", "yearly", "back", "members"}

// derive works the proposal out anew at every save while it is discussed.
func (g growthDeeds) derive(tx *record.Tx, r *record.Record) error {
	if r.Step != "draft" && r.Step != "countersign" {
		return nil
	}
	for _, f := range results {
		delete(r.Values, f)
	}
	book, err := g.rules()
	if err != nil {
		return fmt.Errorf("reading the rules of allowances: %w", err)
	}
	from := month(r.Text("effective"))
	old, ok := book.Standards.At(r.Text("code"), from-1)
	if from == 0 || !ok {
		return nil // check says what is missing
	}
	grown, err := proposal(r, old.Amount).Reckon()
	if err != nil {
		return nil
	}
	r.Values["last"], r.Values["raw"], r.Values["result"] = int64(old.Amount), grown.Raw, int64(grown.Result)
	if len(grown.Notes) > 0 {
		r.Values["notes"] = grown.Notes[0]
		if len(grown.Notes) > 1 {
			r.Values["notes"] = grown.Notes[0] + "；" + grown.Notes[1]
		}
	}
	if r.Text("formula") == "relief" && fen(r, "base") > 0 {
		r.Values["ratio"] = fmt.Sprintf("%.2f%%", 100*float64(grown.Result)/float64(fen(r, "base")))
	}
	return g.measure(tx, r, book, old, grown.Result)
}

// proposal reads the form.
func proposal(r *record.Record, last benefit.Fen) benefit.Growth {
	return benefit.Growth{Formula: formulas[r.Text("formula")], Base: benefit.Fen(fen(r, "base")), Factor: strconv.FormatFloat(number(r, "factor"), 'f', -1, 64),
		Step: benefit.Fen(fen(r, "step_amount")), Last: last, RoundTo: benefit.Fen(fen(r, "round_to")), Least: benefit.Fen(fen(r, "least"))}
}

// measure finds who is affected, what a year costs, and what each is due for
// months already paid.
func (g growthDeeds) measure(tx *record.Tx, r *record.Record, book *benefit.Book, old benefit.Standard, fresh benefit.Fen) error {
	from := month(r.Text("effective"))
	next := *book
	var err error
	next.Standards, err = book.Standards.With(benefit.Standard{Code: old.Code, Amount: fresh, From: from, Basis: "测算", State: benefit.Example})
	if err != nil {
		return record.Refused(record.CodeInvalid, "%s", err)
	}
	people, back := 0, benefit.Fen(0)
	var list []map[string]any
	for _, programme := range programmeCodes {
		if !standardOf[programme][old.Code] {
			continue
		}
		up := rise{book: book, next: &next, from: from, code: old.Code}
		up.programme, _ = book.Programme(programme)
		paid, _, err := ledger(tx.AsOffice(), programme)
		if err != nil {
			return err
		}
		err = eachMember(tx.AsOffice(), book, programme, func(f *file) {
			row, own := up.affects(f, paid[f.member.ID])
			if row == nil {
				return
			}
			people, back = people+1, back+own
			list = append(list, row)
		})
		if err != nil {
			return err
		}
	}
	r.Values["people"], r.Values["yearly"], r.Values["back"] = float64(people), int64(benefit.YearlyCost(old.Amount, fresh, people)), int64(back)
	if len(list) > 0 {
		r.Values["members"] = list
	}
	return nil
}

// rise is a proposal seen from one programme: the rules of today beside those
// that it would bring from a month on, for one standard.
type rise struct {
	book, next *benefit.Book
	programme  benefit.Programme
	from       benefit.Month
	code       string
}

// affects is what the rise means for one member; nil when nothing.
func (up rise) affects(f *file, paid benefit.Paid) (map[string]any, benefit.Fen) {
	last := up.from
	var months []string
	var back benefit.Fen
	for m, amount := range paid {
		if m < up.from || amount <= 0 {
			continue
		}
		last = max(last, m)
		was, will := up.book.Decide(up.programme, f.facts, m), up.next.Decide(up.programme, f.facts, m)
		if will.Standard.Code == up.code && will.Due() && will.Amount > was.Amount {
			months, back = append(months, m.String()), back+will.Amount-was.Amount
		}
	}
	if e := up.next.Decide(up.programme, f.facts, last); f.member.Step == "ended" && back == 0 || e.Standard.Code != up.code || !e.Due() && back == 0 {
		return nil, 0
	}
	slices.Sort(months)
	row := map[string]any{"who": id(f.member.Subject), "programme": up.programme.Code, "count": float64(len(months)), "back": int64(back)}
	if len(months) > 0 {
		row["months"] = monthSpan(months)
	}
	return row, back
}

// eachMember reads everybody who is or was in a programme.
func eachMember(tx *record.Tx, book *benefit.Book, programme string, fn func(*file)) error {
	rivals, err := findRivals(tx, book, programme)
	if err != nil {
		return err
	}
	members, err := tx.Find(Members, "programme", programme)
	if err != nil {
		return err
	}
	for _, m := range members {
		f, err := read(tx, m)
		if err != nil {
			return err
		}
		if err := rivals.add(tx, f); err != nil {
			return err
		}
		fn(f)
	}
	return nil
}

// check says what keeps a proposal from being worked out.
func (g growthDeeds) check(_ *record.Tx, r, _ *record.Record) ([]record.Problem, error) {
	from := month(r.Text("effective"))
	if from == 0 || r.Text("code") == "" || r.Step == "dropped" {
		return nil, nil
	}
	book, err := g.rules()
	if err != nil {
		return nil, err
	}
	old, ok := book.Standards.At(r.Text("code"), from-1)
	if !ok {
		return []record.Problem{{Field: "effective", Label: "生效月", Text: (from - 1).Title() + "没有这项标准，请先录入上期标准", Link: "/r/" + Standards + "/new"}}, nil
	}
	if _, err := proposal(r, old.Amount).Reckon(); err != nil {
		return []record.Problem{{Field: "factor", Label: "系数", Text: err.Error()}}, nil
	}
	if r.Step == "approved" && old.State != benefit.Confirmed {
		return []record.Problem{{Field: "last", Label: "上期标准", Text: "还是示例，请先录入上期标准的文号并由另一人复核", Link: "/r/" + Standards}}, nil
	}
	return nil, nil
}

// after makes the new standard when the proposal is approved: who proposed it
// entered it, who approved it checked it. What it means for months already paid
// comes out of the next run as arrears, person by person.
func (g growthDeeds) after(tx *record.Tx, r, before *record.Record, action string) error {
	if action != "approve" {
		return nil
	}
	if fen(r, "result") == fen(r, "last") {
		return record.Refused(record.CodeInvalid, "新标准与上期相同，不用建新标准；请用“不调整”结案")
	}
	made, err := tx.AsOffice().Create(record.Draft{Register: Standards, Step: "checked", Values: register.Values{"code": r.Text("code"), "amount": fen(r, "result"), "from": r.Text("effective"),
		"unit": "元/人/月", "basis": r.Text("document_no"), "growth": id(r.ID), "note": "标准调整 " + r.Number},
		Moves: []record.Move{{Action: "check", Label: "批复", From: "entered", To: "checked", By: tx.Viewer().User, ByName: tx.Viewer().Name, At: tx.Book().Now(), Approval: true}}})
	if err != nil {
		return err
	}
	return afterStandard(tx, made, before, "check")
}
