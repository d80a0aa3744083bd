package register

import (
	"fmt"
	"regexp"
	"strings"

	"jiezhen/app/calendar"
	"jiezhen/app/value"
)

// Criterion is one condition that a law or standard sets and a record is
// judged by, with the value it is judged on. Unlike a check it never refuses a
// save: it shows what is met, what is not and what is still unknown, and an
// action that says meets waits for all that apply.
type Criterion struct {
	ID, Label string
	Rule      Wording     // what is asked, in the office's words
	Basis     string      // law or standard
	When      *Condition  // applies only then; nil: always
	Needs     []string    // fields without which it cannot be judged, subject.birth among them
	That      *Condition  // met
	Shows     *Expression // the value that is judged; nil: the first of Needs
	Line      int
}

// Wording is a text in which {key} stands for a parameter.
type Wording struct {
	parts []any // string, or *Expression for a parameter
}

// The verdicts of a criterion. Unknown is never taken for met.
const (
	VerdictMet     = "met"
	VerdictUnmet   = "unmet"
	VerdictUnknown = "unknown"
)

// VerdictLabels are the verdicts in the office's words.
var VerdictLabels = map[string]string{VerdictMet: "符合", VerdictUnmet: "不符合", VerdictUnknown: "待补充"}

// Finding is what became of one criterion on one record.
type Finding struct {
	*Criterion
	Verdict string
	Asked   string   // the rule with its parameters filled in
	Value   any      // what Shows gave; nil without Shows
	Missing []string // needs that are not filled, when the verdict is unknown
}

// Findings judge a record's values by the criteria that apply to it. env must
// hold what Env gives of them, and the subject's facts.
func (d *Definition) Findings(values Values, env Env) ([]Finding, error) {
	var out []Finding
	for _, c := range d.Criteria {
		if c.When != nil {
			applies, err := c.When.Holds(env)
			if err != nil {
				return nil, err
			}
			if !applies {
				continue
			}
		}
		f, err := c.judge(values, env)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

func (c *Criterion) judge(values Values, env Env) (Finding, error) {
	f := Finding{Criterion: c, Verdict: VerdictUnknown}
	var err error
	if f.Asked, err = c.Rule.say(env); err != nil {
		return f, err
	}
	for _, need := range c.Needs {
		if !filled(values, env, need) {
			f.Missing = append(f.Missing, need)
		}
	}
	if c.Shows != nil && len(f.Missing) == 0 {
		if f.Value, err = c.Shows.Eval(env); err != nil {
			return f, err
		}
	}
	if len(f.Missing) > 0 {
		return f, nil
	}
	met, err := c.That.Holds(env)
	f.Verdict = VerdictUnmet
	if met {
		f.Verdict = VerdictMet
	}
	return f, err
}

// filled reports whether a field, or a fact of the subject (subject.birth), has
// been filled in. Nought and no are answers; nothing is none.
func filled(values Values, env Env, path string) bool {
	v := values[path]
	if fact, ok := strings.CutPrefix(path, "subject."); ok {
		facts, _ := env["subject"].(map[string]any)
		v = facts[fact]
	}
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case []string:
		return len(v) > 0
	case []map[string]any:
		return len(v) > 0
	}
	return true
}

// Small reports whether a number is too small to be told: above nought and
// below Least, which least then is.
func (c *Count) Small(n uint64, today value.Date) (least int64, small bool) {
	if c.Least == nil || n == 0 {
		return 0, false
	}
	v, err := c.Least.Eval(Env{"today": string(today)})
	if err != nil {
		return 0, false
	}
	switch v := v.(type) {
	case int64:
		least = v
	case int:
		least = int64(v)
	}
	return least, n < uint64(max(least, 0))
}

func (w Wording) say(env Env) (string, error) {
	var b strings.Builder
	for _, part := range w.parts {
		text, plain := part.(string)
		if !plain {
			v, err := part.(*Expression).Eval(env)
			if err != nil {
				return "", err
			}
			text = fmt.Sprint(v)
			if limit, ok := v.(calendar.Limit); ok {
				text = limit.Chinese()
			}
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

var wordingKey = regexp.MustCompile(`\{[a-z0-9.]+\}`)

func (b *builder) wording(line int, text string) Wording {
	var w Wording
	last := 0
	for _, at := range wordingKey.FindAllStringIndex(text, -1) {
		w.parts = append(w.parts, text[last:at[0]])
		if key := b.expression(line, "param('"+text[at[0]+1:at[1]-1]+"')", nil); key != nil {
			w.parts = append(w.parts, key)
		}
		last = at[1]
	}
	w.parts = append(w.parts, text[last:])
	return w
}

func (b *builder) criterion(c *criterionFile) {
	if c.ID == "" || c.Label == "" || c.Rule == "" || c.That == "" || c.Basis == "" {
		b.fail(c.line, "条件 %q 要有 id、label、rule（要求）、that（怎样算符合）和 basis（依据）", c.ID)
	}
	for _, known := range b.def.Criteria {
		if known.ID == c.ID {
			b.fail(c.line, "条件 %s 定义了两次", c.ID)
		}
	}
	for _, need := range c.Needs {
		if _, ok := b.def.fields[need]; !ok && need != "subject.birth" && need != "subject.sex" {
			b.fail(c.line, "条件 %s：没有字段 %q", c.ID, need)
		}
	}
	b.def.Criteria = append(b.def.Criteria, &Criterion{ID: c.ID, Label: c.Label, Basis: c.Basis, Needs: c.Needs, Line: c.line,
		Rule: b.wording(c.line, c.Rule), When: b.conditionText(c.line, c.When, b.def.Fields),
		That: b.conditionText(c.line, c.That, b.def.Fields), Shows: b.expression(c.line, c.Shows, b.def.Fields)})
}

// meets refuses actions that wait for criteria which are not there.
func (b *builder) meets() {
	for _, a := range b.def.Actions {
		if a.Meets && len(b.def.Criteria) == 0 {
			b.fail(a.Line, "动作 %s 写了 meets，但没有条件清单（criteria）", a.ID)
		}
	}
}
