package benefit

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"jiezhen/assets"
)

// TestStandardsRefuse gives tables that must not be taken.
func TestStandardsRefuse(t *testing.T) {
	t.Parallel()
	m := func(s string) Month { return month(t, s) }
	for _, c := range []struct {
		name string
		list []Standard
		want string
	}{
		{"overlap", []Standard{{Code: "a", Amount: 1, From: m("2026-01"), To: m("2026-06"), State: Example}, {Code: "a", Amount: 2, From: m("2026-06"), State: Example}}, "重叠"},
		{"open before another", []Standard{{Code: "a", Amount: 1, From: m("2026-01"), State: Example}, {Code: "a", Amount: 2, From: m("2026-06"), State: Example}}, "重叠"},
		{"ends before it begins", []Standard{{Code: "a", Amount: 1, From: m("2026-06"), To: m("2026-01"), State: Example}}, "早于"},
		{"negative", []Standard{{Code: "a", Amount: -1, From: m("2026-06"), State: Example}}, "金额"},
		{"no state", []Standard{{Code: "a", Amount: 1, From: m("2026-06")}}, "示例或已核"},
		{"confirmed by nobody", []Standard{{Code: "a", Amount: 1, From: m("2026-06"), State: Confirmed, By: "甲"}}, "复核"},
		{"confirmed by the same", []Standard{{Code: "a", Amount: 1, From: m("2026-06"), State: Confirmed, By: "甲", Check: "甲"}}, "复核"},
	} {
		if _, err := NewStandards(c.list); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	if _, err := NewStandards([]Standard{{Code: "a", Amount: 1, From: m("2026-01"), To: m("2026-05"), State: Example},
		{Code: "a", Amount: 2, From: m("2026-06"), State: Confirmed, By: "甲", Check: "乙"}}); err != nil {
		t.Error(err)
	}
}

// TestFormalNeedsConfirmedStandards builds no formal list on an example.
func TestFormalNeedsConfirmedStandards(t *testing.T) {
	t.Parallel()
	lines := []Entitlement{{Amount: 100, Standard: Standard{Code: "orphan.scattered", State: Example}}}
	if err := Formal(lines); err == nil || !strings.Contains(err.Error(), "orphan.scattered") {
		t.Error(err)
	}
	lines[0].Standard.State = Confirmed
	if err := Formal(lines); err != nil {
		t.Error(err)
	}
}

// TestMoneyBack splits and offsets without losing a fen.
func TestMoneyBack(t *testing.T) {
	t.Parallel()
	parts, err := Instalments(100001, 3)
	if err != nil || parts[0]+parts[1]+parts[2] != 100001 || parts[0]-parts[2] > 1 {
		t.Errorf("%v %v", parts, err)
	}
	if _, err := Instalments(0, 3); err == nil {
		t.Error("nothing was split")
	}
	for _, c := range []struct{ due, back, pay, left Fen }{{2480, -800, 1680, 0}, {2480, -3000, 0, 520}, {0, -10, 0, 10}} {
		if pay, left := Offset([]Line{{Amount: c.due}, {Amount: c.back}}); pay != c.pay || left != c.left {
			t.Errorf("%v: pays %d, leaves %d", c, pay, left)
		}
	}
	if got := BackPay(245000, 248000, 3) * 30; got != 270000 { // B07-000-2026-00001
		t.Errorf("back pay %s", got)
	}
	if got := YearlyCost(245000, 248000, 30); got != 1080000 {
		t.Errorf("yearly cost %s", got)
	}
}

// TestReckonSettles pays what is reckoned, month after month under changing
// facts: every month ends with exactly what it was due, whatever the order.
func TestReckonSettles(t *testing.T) {
	t.Parallel()
	g := readGolden(t)
	b := g.book(t, nil)
	random := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		c := g.Cases[random.IntN(len(g.Cases))]
		p, _ := b.Programme(c.P)
		x, paid := c.facts(t), Paid{}
		x.Pauses = nil
		for cycle := month(t, "2026-01"); cycle <= month(t, "2027-03"); cycle += Month(1 + random.IntN(3)) {
			if random.IntN(8) == 0 {
				x.Ended = cycle.First().AddDate(0, -random.IntN(4), random.IntN(20))
			}
			lines := b.Reckon(p, x, cycle, paid)
			if again := b.Reckon(p, x, cycle, paid); !reflect.DeepEqual(lines, again) {
				t.Fatalf("%s: the same facts gave %v, then %v", c.N, lines, again)
			}
			for _, l := range lines {
				if paid[l.Of] += l.Amount; paid[l.Of] < 0 || l.Amount == 0 || l.Of > cycle {
					t.Fatalf("%s: %s of %s for %s leaves %s", c.N, l.Kind, l.Amount, l.Of, paid[l.Of])
				}
			}
			if again := b.Reckon(p, x, cycle, paid); len(again) != 0 {
				t.Fatalf("%s: once paid, there is more: %v", c.N, again)
			}
			for m, amount := range paid {
				if e := b.Decide(p, x, m); e.Verdict != Unknown && !e.Paused && e.Amount != amount {
					t.Fatalf("%s, %s: paid %s, due %s", c.N, m, amount, e.Amount)
				}
			}
		}
	}
}

// TestExplainNamesWhatIsMissing says of every undecided case what is needed.
func TestExplainNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	g := readGolden(t)
	n := 0
	for _, c := range g.Cases {
		if c.Want != "?" {
			continue
		}
		b := g.book(t, c.Rules)
		p, _ := b.Programme(c.P)
		if text := b.Explain(b.Decide(p, c.facts(t), month(t, c.At))); !strings.Contains(text, "需要：") {
			t.Errorf("%s: %s", c.N, text)
		}
		n++
	}
	if n < 10 {
		t.Errorf("only %d undecided cases", n)
	}
}

// TestLoadRefuses reads the product's own table, which must stand.
func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	b, err := Load(assets.FS())
	if err != nil || len(b.Programmes) < 6 || len(b.Pairs) < 20 {
		t.Fatal(err)
	}
	twice := *b
	twice.Pairs = append(twice.Pairs, Pair{A: "disability.care", B: "disability.living", Rule: Both})
	if twice.check() == nil {
		t.Error("a pair that stands twice was taken")
	}
}

// BenchmarkCycle reckons a cycle of 10,000 members with a year behind them.
func BenchmarkCycle(b *testing.B) {
	g := readGolden(b)
	book := g.book(b, nil)
	var members []*Facts
	var programmes []Programme
	for i := range 10000 {
		c := g.Cases[i%len(g.Cases)]
		p, _ := book.Programme(c.P)
		members, programmes = append(members, c.facts(b)), append(programmes, p)
	}
	cycle := month(b, "2027-04")
	for b.Loop() {
		for i, x := range members {
			book.Reckon(programmes[i], x, cycle, nil)
		}
	}
}
