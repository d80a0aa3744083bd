package benefit

import "fmt"

// Version names the rules of this package. It stands on every line that was
// reckoned by them, and changes whenever the same facts could give another
// line.
const Version = "2026.4"

// LineKind says why a line is paid.
type LineKind string

// The kinds of lines. Past lines are never edited: what was wrong is made good
// by a line of its own.
const (
	Regular  LineKind = "当月"
	Arrears  LineKind = "补发" // a past month that was due and not paid, or not enough
	Recovery LineKind = "追缴" // a past month that was paid and not due, or too much
)

// Line is one line of a cycle: what a member is paid, for which month, why.
// Programme, Of, Kind and Cycle name it; a store keeps one of each.
type Line struct {
	Programme string
	Cycle     Month // the month in which it is paid
	Of        Month // the month that it is for
	Kind      LineKind
	Amount    Fen // negative: to be recovered
	Why       string
	Decision  Entitlement
}

// Paid is what has been paid for a month so far, all lines together.
type Paid map[Month]Fen

// Reckon gives the lines of a member for a cycle: the month itself, and what
// earlier months lack or have too much, back to the first that is due or was
// paid. It is the same however often it is asked, and empty once its own lines
// have been paid.
func (b *Book) Reckon(p Programme, x *Facts, cycle Month, paid Paid) []Line {
	lines, _ := b.Run(p, x, cycle, paid)
	return lines
}

// Run is Reckon that also names the earlier months of which nobody knows and
// for which nothing has been paid, so that none is passed over in silence.
func (b *Book) Run(p Programme, x *Facts, cycle Month, paid Paid) (lines []Line, open []Month) {
	first := cycle
	if start, ok := b.start(p, x); ok && start < first {
		first = start
	}
	for m := range paid {
		first = min(first, m)
	}
	for m := max(first, x.Since); m <= cycle; m++ {
		e := b.decide(p, x, m, finding{quiet: true})
		if l, ok := b.line(p, x, e, cycle, paid[m]); ok {
			lines = append(lines, l)
		}
		if e.Verdict == Unknown && m < cycle && paid[m] == 0 {
			open = append(open, m)
		}
	}
	return lines, open
}

// line is the line that a month asks for, by what was decided of it.
func (b *Book) line(p Programme, x *Facts, e Entitlement, cycle Month, paid Fen) (Line, bool) {
	m := e.Month
	l := Line{Programme: p.Code, Cycle: cycle, Of: m}
	good := e.Paused && x.madeGood(m, cycle)
	switch {
	case e.Verdict == Unknown:
		return l, false // a person has to look before money moves either way
	case e.Paused && !good:
		return l, false // what was paid before the pause was set is left as it is
	case e.Amount == paid:
		return l, false
	}
	l.Amount, l.Decision = e.Amount-paid, b.Decide(p, x, m)
	switch {
	case l.Amount < 0:
		l.Kind = Recovery
	case m == cycle:
		l.Kind = Regular
	default:
		l.Kind = Arrears
	}
	if good {
		l.Decision.Paused = false
		l.Decision.Reasons = append(l.Decision.Reasons, Reason{"补发", "暂停已解除，按当时写明的补发", Yes, ""})
	}
	l.Why = b.Explain(l.Decision)
	if paid > 0 {
		l.Why = fmt.Sprintf("%s已发 %s 元。%s", m.Title(), paid, l.Why)
	}
	return l, true
}

// madeGood says whether a paused month is paid after all: every pause that
// holds it is over and was of the kind that is made good.
func (x *Facts) madeGood(m, cycle Month) bool {
	good := false
	for _, p := range x.Pauses {
		if !p.Holds(m) {
			continue
		}
		if !p.BackPay || p.Over == 0 || p.Over > cycle {
			return false
		}
		good = true
	}
	return good
}

// Due says whether a line pays; a recovery is collected on its own way.
func (l Line) Due() bool { return l.Amount > 0 }

// Offset takes what is to be recovered out of what is due in the same cycle,
// which needs the member's written consent. It gives what is paid out and what
// is left to be recovered.
func Offset(lines []Line) (pay, left Fen) {
	for _, l := range lines {
		pay += l.Amount
	}
	if pay < 0 {
		return 0, -pay
	}
	return pay, 0
}

// Instalments splits a recovery into equal parts of whole fen; the first parts
// take the rest.
func Instalments(amount Fen, parts int) ([]Fen, error) {
	if amount <= 0 || parts < 1 {
		return nil, fmt.Errorf("分期：金额和期数要大于零")
	}
	out := make([]Fen, parts)
	for i := range out {
		out[i] = amount / Fen(parts)
		if Fen(i) < amount%Fen(parts) {
			out[i]++
		}
	}
	return out, nil
}
