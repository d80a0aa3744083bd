package allowance

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/benefit"
	"jiezhen/app/record"
)

// Change says how a member's month stands to the one before.
type Change string

// The changes, in the order in which a person should look at them.
const (
	Unsettled Change = "待核实" // goes to a person; nothing moves
	Added     Change = "新增"
	Stopped   Change = "停发"
	Paused    Change = "暂停"
	Altered   Change = "金额变化"
	Same      Change = "不变"
	Idle      Change = "不发" // was not paid, is not paid
)

// Changes are all of them, in that order.
var Changes = []Change{Unsettled, Added, Stopped, Paused, Altered, Same, Idle}

// Line is one entitlement of a run.
type Line struct {
	Member, Person uint64
	Of             benefit.Month
	Kind           benefit.LineKind
	Cause          string
	Amount         benefit.Fen
	Standard       benefit.Standard
	Why            string
	Payee          uint64
	Holder         string
	Bank, Account  string
}

// State is how one member comes out of a run.
type State struct {
	Member, Person uint64
	Source         record.Ref
	Change         Change
	Last, Now      benefit.Fen // regular amounts of the month before and of this one
	Verdict        benefit.Tri
	Why            string
	Open           []string // what a person has to settle
	Exit           string   // code of benefit.exit when the member leaves by itself
	ExitAt         time.Time
	NoAccount      bool
}

// Run is a month of a programme as it would be paid now.
type Run struct {
	Programme benefit.Programme
	Month     benefit.Month
	Lines     []Line
	States    []State
	Pay       benefit.Fen // what is paid out
	Arrears   benefit.Fen // of it for earlier months
	Back      benefit.Fen // to be recovered
	People    int         // to whom something is paid
	Examples  []string    // standards in use that nobody has checked
}

// Of counts the members that come out so.
func (r *Run) Of(c Change) int {
	n := 0
	for _, s := range r.States {
		if s.Change == c {
			n++
		}
	}
	return n
}

// Reckon makes a dry run: nothing is kept.
func (d *Desk) Reckon(ctx context.Context, programme string, m benefit.Month) (*Run, error) {
	var out *Run
	err := d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
		var err error
		out, err = reckon(tx, d.rules, programme, m)
		return err
	})
	return out, err
}

// reckon runs a programme's month over everybody who is or was a member.
func reckon(tx *record.Tx, rules Rules, programme string, m benefit.Month) (*Run, error) {
	book, err := rules()
	if err != nil {
		return nil, fmt.Errorf("reading the rules of allowances: %w", err)
	}
	p, ok := book.Programme(programme)
	if !ok {
		return nil, record.Refused(record.CodeInvalid, "没有补贴项目 %s", programme)
	}
	tx = tx.AsOffice()
	paid, err := ledger(tx, programme)
	if err != nil {
		return nil, err
	}
	run := &runner{Run: &Run{Programme: p, Month: m}, book: book, paid: paid, twice: map[uint64][]uint64{}}
	var ids []uint64
	err = tx.EachColumn(Members, "programme", programme, []string{"subject"}, func(id uint64, v []record.Column) error {
		ids = append(ids, id)
		run.twice[v[0].ID()] = append(run.twice[v[0].ID()], id)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, n := range ids {
		member, err := tx.Open(ref(Members, n))
		if err != nil {
			return nil, err
		}
		f, err := read(tx, member)
		if err != nil {
			return nil, fmt.Errorf("reading member %d: %w", n, err)
		}
		run.take(f)
	}
	run.finish()
	return run.Run, nil
}

// ledger is what has been approved so far, by member and month, all kinds of
// lines together.
func ledger(tx *record.Tx, programme string) (map[uint64]benefit.Paid, error) {
	out := map[uint64]benefit.Paid{}
	void := tx.Book().CodeColumn("state", "void")
	err := tx.EachColumn(Lines, "programme", programme, []string{"member", "month", "amount", "state"}, func(_ uint64, v []record.Column) error {
		if v[3] == void {
			return nil
		}
		paid := out[v[0].ID()]
		if paid == nil {
			paid = benefit.Paid{}
			out[v[0].ID()] = paid
		}
		paid[benefit.Month(v[1].Months()-1)] += benefit.Fen(v[2].Fen())
		return nil
	})
	return out, err
}

type runner struct {
	*Run
	book  *benefit.Book
	paid  map[uint64]benefit.Paid
	twice map[uint64][]uint64 // memberships of one person
}

// take reckons one member.
func (r *runner) take(f *file) {
	m := f.member
	paid := r.paid[m.ID]
	e := r.book.Decide(r.Programme, f.facts, r.Month)
	s := State{Member: m.ID, Person: m.Subject, Last: max(0, paid[r.Month-1]), Verdict: e.Verdict, Why: r.book.Explain(e), Open: f.open,
		NoAccount: f.payee.Text("bank_account") == ""}
	if f.source != nil {
		s.Source = f.source.Ref
	}
	lines := r.book.Reckon(r.Programme, f.facts, r.Month, paid)
	s.Open = append(s.Open, r.doubts(f, e, lines)...)
	if len(s.Open) > 0 {
		s.Change = Unsettled
		r.States = append(r.States, s)
		return
	}
	r.settle(f, e, lines, &s)
	if m.Step == "ended" && s.Change == Idle && len(lines) == 0 {
		return // left long ago: nothing to say
	}
	r.States = append(r.States, s)
}

// doubts are what a person has to settle first. That somebody is no longer
// eligible counts only when a day says since when: a state that was merely
// changed says nothing of the months before.
func (r *runner) doubts(f *file, e benefit.Entitlement, lines []benefit.Line) (out []string) {
	started := f.member.Step != "ended"
	if e.Verdict == benefit.Unknown {
		if started {
			out = append(out, missing(e)...)
		}
		return out
	}
	if started && e.Verdict == benefit.No && !dated(e) {
		return append(out, "不再符合条件，但没有写明从哪天起："+why(e)+"。请在登记簿里登记终止和日期，或者更正")
	}
	for _, l := range lines {
		if l.Amount < 0 && l.Decision.Verdict == benefit.No && !dated(l.Decision) {
			return append(out, l.Of.Title()+"已经发过，现在算出来不符合："+why(l.Decision)+"。请核实并写明日期")
		}
		if other := r.elsewhere(f.member, l); other != "" {
			return append(out, other)
		}
	}
	return out
}

// elsewhere says that a month was already paid under another membership of the
// same person.
func (r *runner) elsewhere(m *record.Record, l benefit.Line) string {
	for _, id := range r.twice[m.Subject] {
		if id != m.ID && l.Amount > 0 && r.paid[id][l.Of] > 0 {
			return l.Of.Title() + "在另一次入册里已经发过，不能再发；请核对认定日期"
		}
	}
	return ""
}

// stopRules are the rules that name a day or a month.
var stopRules = []string{"死亡", "迁出", "被收养", "情形消失", "年龄", "起发月"}

// dated says whether a refusal names since when.
func dated(e benefit.Entitlement) bool {
	return slices.ContainsFunc(e.Reasons, func(r benefit.Reason) bool {
		return r.Verdict == benefit.No && (slices.Contains(stopRules, r.Rule) || strings.HasPrefix(r.Rule, "与"))
	})
}

func why(e benefit.Entitlement) string {
	var out []string
	for _, r := range e.Reasons {
		if r.Verdict == e.Verdict {
			out = append(out, r.Rule+"："+r.Value)
		}
	}
	return strings.Join(out, "；")
}

// missing is what would settle an unknown.
func missing(e benefit.Entitlement) (out []string) {
	for _, r := range e.Reasons {
		if r.Verdict == benefit.Unknown {
			out = append(out, r.Rule+"："+cmp.Or(r.Missing, r.Value))
		}
	}
	return out
}

// settle files the lines of a member and says how the month stands to the last.
func (r *runner) settle(f *file, e benefit.Entitlement, lines []benefit.Line, s *State) {
	pays := false
	for _, l := range lines {
		one := Line{Member: f.member.ID, Person: f.member.Subject, Of: l.Of, Kind: l.Kind, Amount: l.Amount, Standard: l.Decision.Standard, Why: l.Why,
			Payee: f.payee.ID, Holder: cmp.Or(f.payee.Text("bank_holder"), f.payee.Text("name")), Bank: f.payee.Text("bank_name"), Account: f.payee.Text("bank_account")}
		if l.Kind != benefit.Regular {
			one.Cause = r.Month.String()
		}
		r.Lines = append(r.Lines, one)
		if l.Amount < 0 {
			r.Back -= l.Amount
			continue
		}
		pays = true
		r.Pay += l.Amount
		if l.Kind == benefit.Arrears {
			r.Arrears += l.Amount
		}
		r.note(l.Decision.Standard)
	}
	if pays {
		r.People++
	}
	if e.Due() {
		s.Now = e.Amount
	}
	s.Change = compare(s.Last, s.Now, e)
	if f.member.Step != "ended" && e.Verdict == benefit.No {
		s.Exit, s.ExitAt = r.exit(f, e)
	}
}

func compare(last, now benefit.Fen, e benefit.Entitlement) Change {
	switch {
	case now > 0 && last == 0:
		return Added
	case now > 0 && now != last:
		return Altered
	case now > 0:
		return Same
	case e.Paused:
		return Paused
	case last > 0:
		return Stopped
	}
	return Idle
}

// exit is how a member who is no longer due leaves, and on which day.
func (r *runner) exit(f *file, e benefit.Entitlement) (code string, at time.Time) {
	for _, reason := range e.Reasons {
		if reason.Verdict != benefit.No {
			continue
		}
		x := f.facts
		switch reason.Rule {
		case "死亡":
			return "deceased", x.Death
		case "迁出":
			return "moved", x.Moved
		case "被收养":
			return "adopted", x.Adopted
		case "情形消失":
			return "gone", x.Ended
		case "年龄":
			years := 18
			if r.Programme.Kind == benefit.KindInfant {
				years = 3
			}
			return "adult", benefit.Birthday(x.Birth, years, r.book.Rules.Leap)
		}
	}
	return "", time.Time{}
}

func (r *runner) note(s benefit.Standard) {
	if s.State != benefit.Confirmed && !slices.Contains(r.Examples, s.Code) {
		r.Examples = append(r.Examples, s.Code)
	}
}

// finish puts everything into the order in which it is looked at.
func (r *runner) finish() {
	slices.Sort(r.Examples)
	slices.SortFunc(r.Lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(a.Member, b.Member), cmp.Compare(a.Of, b.Of), cmp.Compare(a.Kind, b.Kind))
	})
	slices.SortFunc(r.States, func(a, b State) int {
		return cmp.Or(cmp.Compare(slices.Index(Changes, a.Change), slices.Index(Changes, b.Change)), cmp.Compare(a.Member, b.Member))
	})
}
