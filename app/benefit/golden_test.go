package benefit

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"jiezhen/assets"
)

// golden is the table of worked cases.
type golden struct {
	Standards []struct {
		Code, From, To string
		Amount         float64
	}
	Cases  []goldenCase
	Growth []struct {
		N, B, Formula, Factor, Raw, Note       string
		Base, Last, Step, Round, Least, Result float64
	}
}

type goldenCase struct {
	N, B, P                                                                   string
	Birth, F, M, Died, Moved, Adopted, Ended, Applied, Decided, School, Since string
	Parentless, Inst                                                          bool
	Local, Diff, Living, Poor, Care, Card, Choice                             string
	Guard, Missed                                                             int
	Others, Pauses                                                            []string
	Rules                                                                     map[string]string
	At, Want                                                                  string
	Why                                                                       []string
	Cycle                                                                     string
	Paid, Lines                                                               []string
}

func readGolden(t testing.TB) golden {
	t.Helper()
	text, err := os.ReadFile("testdata/golden.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	dec := yaml.NewDecoder(strings.NewReader(string(text)))
	dec.KnownFields(true)
	if err := dec.Decode(&g); err != nil {
		t.Fatal(err)
	}
	return g
}

func fen(yuan float64) Fen { return Fen(yuan*100 + 0.5) }

func day(t testing.TB, s string) time.Time {
	t.Helper()
	if s == "" {
		return time.Time{}
	}
	d, err := time.Parse("2006-01-02", s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func month(t testing.TB, s string) Month {
	t.Helper()
	if s == "" {
		return 0
	}
	m, err := ParseMonth(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func stretch(t testing.TB, s string) Stretch {
	t.Helper()
	from, to, open := strings.Cut(s, "..")
	if !open {
		to = from
	}
	return Stretch{month(t, from), month(t, to)}
}

func (g golden) book(t testing.TB, rules map[string]string) *Book {
	t.Helper()
	b, err := Load(assets.FS())
	if err != nil {
		t.Fatal(err)
	}
	var list []Standard
	for _, s := range g.Standards {
		list = append(list, Standard{Code: s.Code, Amount: fen(s.Amount), From: month(t, s.From), To: month(t, s.To), Basis: "测试", State: Example})
	}
	if b.Standards, err = NewStandards(list); err != nil {
		t.Fatal(err)
	}
	for k, v := range rules {
		switch k {
		case "six_months":
			b.Rules.SixMonths = v
		case "death_month":
			b.Rules.DeathMonth = v == "true"
		case "school_extends":
			b.Rules.SchoolExtends = v == "true"
		case "leap":
			b.Rules.Leap = LeapRule(v)
		case "guardian_score":
			b.Rules.GuardianScore, _ = strconv.Atoi(v)
		default:
			t.Fatalf("no rule %s", k)
		}
	}
	return b
}

func tri(t testing.TB, s string) Tri {
	t.Helper()
	switch s {
	case "yes", "true":
		return Yes
	case "no", "false":
		return No
	case "", "unknown":
		return Unknown
	}
	t.Fatalf("no answer %q", s)
	return Unknown
}

// parent reads "5 2024-01-10..2029-06-30 noev; 0 2027-03-15".
func parent(t testing.TB, text string) Parent {
	t.Helper()
	var out Parent
	for _, part := range strings.Split(text, ";") {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		code, err := strconv.Atoi(words[0])
		if err != nil {
			t.Fatal(err)
		}
		s := ParentState{Code: code, From: day(t, "2000-01-01"), Evidence: Yes}
		for _, w := range words[1:] {
			switch {
			case w == "noev":
				s.Evidence = No
			case w == "m":
				s.Mental = true
			case w == "listed":
				s.Listed = Yes
			case w == "unlisted":
				s.Listed = No
			case w == "maybe":
			case strings.HasPrefix(w, "g"):
				s.Grade = int(w[1] - '0')
			default:
				from, until, _ := strings.Cut(w, "..")
				s.From, s.Until = day(t, from), day(t, until)
			}
		}
		out = append(out, s)
	}
	return out
}

func (c goldenCase) facts(t testing.TB) *Facts {
	t.Helper()
	x := &Facts{Birth: day(t, c.Birth), Death: day(t, c.Died), Moved: day(t, c.Moved), Adopted: day(t, c.Adopted), Ended: day(t, c.Ended),
		Applied: day(t, c.Applied), Decided: day(t, c.Decided), Father: parent(t, c.F), Mother: parent(t, c.M), Parentless: c.Parentless,
		Institution: c.Inst, SchoolUntil: day(t, c.School), Local: Yes, Difficult: tri(t, c.Diff), Guardian: c.Guard, Living: tri(t, c.Living),
		GuardianSince: day(t, c.Since), Poor: tri(t, c.Poor), CareNeeded: tri(t, c.Care), MissedVisits: c.Missed}
	if c.Local != "" {
		x.Local = tri(t, c.Local)
	}
	if c.Guard == 0 {
		x.Guardian = -1
	}
	if c.Card != "" {
		grade, until, _ := strings.Cut(c.Card, " ")
		x.Card = CardFacts{int(grade[0] - '0'), strings.HasSuffix(grade, "m"), day(t, until)}
	}
	for _, o := range c.Others {
		w := strings.Fields(o)
		amount, err := strconv.ParseFloat(w[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		x.Others = append(x.Others, Other{w[0], stretch(t, w[1]), fen(amount)})
	}
	for _, p := range c.Pauses {
		w := strings.Fields(p)
		one := Pause{Stretch: stretch(t, w[0]), Reason: w[1]}
		if len(w) == 4 {
			one.BackPay, one.Over = w[2] == "back", month(t, w[3])
		}
		x.Pauses = append(x.Pauses, one)
	}
	if c.Choice != "" {
		code, signed, _ := strings.Cut(c.Choice, " ")
		x.Choice = &Choice{code, day(t, signed)}
	}
	return x
}

// TestGoldenDecisions works every case of the table.
func TestGoldenDecisions(t *testing.T) {
	g := readGolden(t)
	if len(g.Cases) < 120 {
		t.Errorf("only %d cases", len(g.Cases))
	}
	seen := map[string]bool{}
	for _, c := range g.Cases {
		t.Run(c.N, func(t *testing.T) {
			if c.B == "" || seen[c.N] {
				t.Error("a case needs a basis and a name of its own")
			}
			seen[c.N] = true
			b := g.book(t, c.Rules)
			p, ok := b.Programme(c.P)
			if !ok {
				t.Fatalf("no programme %s", c.P)
			}
			if c.Cycle != "" {
				c.lines(t, b, p)
				return
			}
			c.months(t, b, p)
		})
	}
}

func (c goldenCase) months(t *testing.T, b *Book, p Programme) {
	t.Helper()
	at := stretch(t, c.At)
	var got []string
	var last Entitlement
	for m := at.From; m <= at.To; m++ {
		last = b.Decide(p, c.facts(t), m)
		got = append(got, short(last))
	}
	if s := strings.Join(got, " "); s != c.Want {
		t.Errorf("%s: %s, want %s\n%s", c.At, s, c.Want, b.Explain(last))
	}
	for _, w := range c.Why {
		if !strings.Contains(b.Explain(last), w) {
			t.Errorf("the reason lacks %q: %s", w, b.Explain(last))
		}
	}
}

func short(e Entitlement) string {
	switch {
	case e.Verdict == No:
		return "-"
	case e.Verdict == Unknown:
		return "?"
	case e.Paused:
		return "P"
	}
	return strings.TrimSuffix(e.Amount.String(), ".00")
}

func (c goldenCase) lines(t *testing.T, b *Book, p Programme) {
	t.Helper()
	paid := Paid{}
	for _, s := range c.Paid {
		m, amount, _ := strings.Cut(s, "=")
		yuan, err := strconv.ParseFloat(amount, 64)
		if err != nil {
			t.Fatal(err)
		}
		paid[month(t, m)] = fen(yuan)
	}
	cycle := month(t, c.Cycle)
	lines := b.Reckon(p, c.facts(t), cycle, paid)
	var got []string
	for _, l := range lines {
		got = append(got, fmt.Sprintf("%s %s %s", l.Kind, l.Of, strings.TrimSuffix(l.Amount.String(), ".00")))
		paid[l.Of] += l.Amount
	}
	if !slices.Equal(got, c.Lines) {
		t.Errorf("lines %v, want %v", got, c.Lines)
	}
	if again := b.Reckon(p, c.facts(t), cycle, paid); len(again) != 0 {
		t.Errorf("run again: %v", again)
	}
}

// TestGoldenGrowth works every proposal of the table.
func TestGoldenGrowth(t *testing.T) {
	for _, c := range readGolden(t).Growth {
		t.Run(c.N, func(t *testing.T) {
			out, err := Growth{Formula(c.Formula), fen(c.Base), c.Factor, fen(c.Step), fen(c.Last), fen(c.Round), fen(c.Least)}.Reckon()
			if err != nil {
				t.Fatal(err)
			}
			if out.Result != fen(c.Result) || out.Raw != c.Raw || !strings.Contains(strings.Join(out.Notes, ""), c.Note) || c.Note == "" && len(out.Notes) > 0 {
				t.Errorf("%s → %s %v, want %s → %v %s", out.Raw, out.Result, out.Notes, c.Raw, c.Result, c.Note)
			}
		})
	}
}
