package app

import (
	"context"
	"errors"
	"fmt"

	"jiezhen/app/allowance"
	"jiezhen/app/benefit"
	"jiezhen/app/paper"
	"jiezhen/app/policy"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Benefits is the rule book of allowances with the standards in force.
func (o *Office) Benefits() (*benefit.Book, error) {
	b := *o.benefits
	set := o.policyNow()
	turnSwitches(&b, set)
	var err error
	b.Standards, err = standards(set)
	return &b, err
}

// standards hands the dated amounts of policy to the engine.
func standards(set *policy.Set) (benefit.Standards, error) {
	var list []benefit.Standard
	for _, s := range set.Standards() {
		from, err := benefit.ParseMonth(string(s.From))
		if err != nil {
			return benefit.Standards{}, fmt.Errorf("standard %s: %w", s.Code, err)
		}
		var to benefit.Month
		if s.To != "" {
			if to, err = benefit.ParseMonth(string(s.To)); err != nil {
				return benefit.Standards{}, fmt.Errorf("standard %s: %w", s.Code, err)
			}
		}
		one := benefit.Standard{Code: s.Code, Amount: benefit.Fen(s.Amount), From: from, To: to, Basis: s.Basis, State: benefit.Example}
		if s.Payable() {
			one.State, one.By, one.Check = benefit.Confirmed, s.EnteredBy, s.CheckedBy
		}
		list = append(list, one)
	}
	return benefit.NewStandards(list)
}

// PrintSample prints a dry run of allowances as a paper that pays nothing: it
// has no number and says so on every page.
func (o *Office) PrintSample(ctx context.Context, cycle *record.Record, run *allowance.Run, name func(person uint64) string, by string) ([]byte, error) {
	layout, ok := o.layouts["benefit/sample"]
	if !ok {
		return nil, errors.New("printing a sample: no paper benefit/sample")
	}
	texts := map[string]string{"programme": run.Programme.Title, "month": run.Month.Title(), "number": cycle.Number, "office.name": o.Facts()["name"],
		"total": allowance.Money(run.Pay), "total.words": value.Capital(int64(run.Pay)), "standards": "已核"}
	if len(run.Examples) > 0 {
		texts["standards"] = "示例"
	}
	var lines []paper.Source
	for _, l := range run.Lines {
		if l.Amount > 0 {
			lines = append(lines, paper.Values{Texts: map[string]string{"name": name(l.Person), "month": l.Of.Title(), "kind": string(l.Kind), "amount": allowance.Money(l.Amount),
				"standard": allowance.Money(l.Standard.Amount), "state": string(l.Standard.State), "why": l.Why}})
		}
	}
	out, err := o.Papers.Engine().Print(ctx, layout, paper.Values{Texts: texts, Tables: map[string][]paper.Source{"lines": lines}},
		paper.Stamp{By: by, At: o.cfg.Clock(), Demo: o.cfg.Demo, Preview: true})
	return out.PDF, err
}

// ownStandard reads a standard of the office's own. It counts as checked once
// another person has checked it; until then it is an example.
func ownStandard(r *record.Record) policy.Standard {
	amount, _ := r.Values["amount"].(int64)
	s := policy.Standard{Code: r.Text("code"), Title: r.Text("code"), For: r.Text("target"), Amount: amount, Unit: r.Text("unit"), From: value.Month(r.Text("from")),
		To: value.Month(r.Text("to")), Basis: r.Text("basis"), State: policy.Sample}
	if r.Step == "checked" {
		s.State, s.EnteredBy, s.CheckedBy = policy.Verified, "录入 "+r.Number, fmt.Sprint("复核 ", record.Submitter(r))
	}
	return s
}

// withStandards puts the office's own standards over those that the program
// carries. What waits to be checked counts only where nothing checked does.
func withStandards(set *policy.Set, own []*record.Record) (*policy.Set, error) {
	var list []policy.Standard
	for _, step := range []string{"checked", "entered"} {
		for _, r := range own {
			if s := ownStandard(r); r.Step == step && free(list, s) {
				list = append(list, s)
			}
		}
	}
	return set.WithStandards(list)
}

// free says whether no standard of the code holds in any month of s.
func free(list []policy.Standard, s policy.Standard) bool {
	for _, x := range list {
		if x.Code == s.Code && (x.To == "" || s.From <= x.To) && (s.To == "" || x.From <= s.To) {
			return false
		}
	}
	return true
}
