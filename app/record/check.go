package record

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"jiezhen/app/policy"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// check finds everything that is missing or wrong with a record about to be
// written: required fields, bounds, codes, the register's own checks and its
// behaviours'.
func (tx *Tx) check(r, before *Record) error {
	env := tx.env(r)
	problems, err := tx.book.fieldProblems(r, env)
	if err != nil {
		return err
	}
	more, err := checkProblems(r.Def, r.Def.Checks, env)
	if err != nil {
		return err
	}
	problems = append(problems, more...)
	for _, behave := range tx.book.behaviours[r.Register] {
		if behave.Check == nil {
			continue
		}
		more, err := behave.Check(tx, r, before)
		if err != nil {
			return err
		}
		problems = append(problems, more...)
	}
	return invalid(problems)
}

// Problems lists everything that is missing or wrong with values of a
// register, warnings included, without writing.
func (b *Book) Problems(def *register.Definition, values register.Values) ([]Problem, error) {
	r := &Record{Ref: Ref{Register: def.ID}, Def: def, Values: values, Step: def.First()}
	env := b.env(r, b.Today())
	problems, err := b.fieldProblems(r, env)
	if err != nil {
		return nil, err
	}
	more, err := checkProblems(def, def.Checks, env)
	return append(problems, more...), err
}

func (b *Book) fieldProblems(r *Record, env register.Env) ([]Problem, error) {
	var problems []Problem
	for _, f := range r.Def.Fields {
		shown := true
		if f.Show != nil {
			var err error
			if shown, err = f.Show.Holds(env); err != nil {
				return nil, err
			}
		}
		found, err := b.fieldProblem(f, r.Values[f.ID], env, shown)
		if err != nil {
			return nil, err
		}
		problems = append(problems, found...)
	}
	return problems, nil
}

func (b *Book) fieldProblem(f *register.Field, v any, env register.Env, shown bool) ([]Problem, error) {
	if blank(v) {
		required, err := f.Required.Holds(env)
		if err != nil {
			return nil, err
		}
		if required && shown {
			return []Problem{{Field: f.ID, Label: f.Label, Text: "必填，请填写"}}, nil
		}
		return nil, nil
	}
	if rows, ok := v.([]map[string]any); ok {
		return b.rowProblems(f, rows)
	}
	if text := b.wrong(f, v); text != "" {
		return []Problem{{Field: f.ID, Label: f.Label, Text: text}}, nil
	}
	return nil, nil
}

func (b *Book) rowProblems(f *register.Field, rows []map[string]any) ([]Problem, error) {
	var problems []Problem
	for i, row := range rows {
		env := f.RowEnv(row, b.Today())
		for _, sub := range f.Fields {
			found, err := b.fieldProblem(sub, row[sub.ID], env, true)
			if err != nil {
				return nil, err
			}
			for _, p := range found {
				p.Field = fmt.Sprintf("%s.%d.%s", f.ID, i, sub.ID)
				p.Label = fmt.Sprintf("%s第%d行%s", f.Label, i+1, sub.Label)
				problems = append(problems, p)
			}
		}
	}
	return problems, nil
}

// blank reports whether a value counts as not filled in.
func blank(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []string:
		return len(v) == 0
	case []map[string]any:
		return len(v) == 0
	}
	return false
}

// limits of text that a field does not set itself, in characters (facts 0.3).
const (
	textLimit = 200
	noteLimit = 20000
)

// wrong says what is wrong with one filled value, "" when nothing is.
func (b *Book) wrong(f *register.Field, v any) string {
	switch v := v.(type) {
	case string:
		return b.wrongText(f, v)
	case []string:
		for _, code := range v {
			if text := b.wrongCode(f, code); text != "" {
				return text
			}
		}
	case int64:
		return outOfBounds(f, float64(v)/moneyUnit(f))
	case float64:
		return outOfBounds(f, v)
	}
	return ""
}

func moneyUnit(f *register.Field) float64 {
	if f.Type == value.KindMoney {
		return 100
	}
	return 1
}

func (b *Book) wrongText(f *register.Field, v string) string {
	if f.Type == value.KindCode {
		return b.wrongCode(f, v)
	}
	limit := f.MaxLength
	if limit == 0 && f.Type == value.KindText {
		limit = textLimit
	}
	if limit == 0 && f.Type == value.KindNote {
		limit = noteLimit
	}
	if n := utf8.RuneCountInString(v); limit > 0 && n > limit {
		return fmt.Sprintf("最多%d字，现有%d字，请精简或分条填写", limit, n)
	}
	return ""
}

func (b *Book) wrongCode(f *register.Field, code string) string {
	if f.Codes == "" {
		return ""
	}
	list, ok := b.cfg.Policy().Codes(f.Codes)
	if ok && slices.ContainsFunc(list.Items, func(i policy.Item) bool { return i.Code == code }) {
		return ""
	}
	return fmt.Sprintf("“%s”不在可选项里，请重新选择", code)
}

func outOfBounds(f *register.Field, v float64) string {
	if f.BoundedMin && v < f.Min {
		return fmt.Sprintf("不能小于%v%s", f.Min, f.Unit)
	}
	if f.BoundedMax && v > f.Max {
		return fmt.Sprintf("不能大于%v%s", f.Max, f.Unit)
	}
	return ""
}

func checkProblems(def *register.Definition, checks []*register.Check, env register.Env) ([]Problem, error) {
	var problems []Problem
	for _, c := range checks {
		holds, err := c.That.Holds(env)
		if err != nil {
			return nil, err
		}
		if holds {
			continue
		}
		p := Problem{Field: c.Field, Text: c.Say, Warn: c.Warn}
		if f, ok := def.Field(c.Field); ok {
			p.Label = f.Label
		}
		problems = append(problems, p)
	}
	return problems, nil
}
