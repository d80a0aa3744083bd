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
	Earlier        []string // earlier months of which nobody knows, and nothing was paid
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
	paid, waiting, err := ledger(tx, programme)
	if err != nil {
		return nil, err
	}
	rivals, err := findRivals(tx, book, programme)
	if err != nil {
		return nil, err
	}
	run := &runner{Run: &Run{Programme: p, Month: m}, tx: tx, book: book, paid: paid, waiting: waiting, twice: map[uint64][]uint64{}}
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
		if err := rivals.add(tx, f); err != nil {
			return nil, err
		}
		if err := run.take(f); err != nil {
			return nil, err
		}
	}
	run.finish()
	return run.Run, nil
}

// ledger is what has been approved so far, by member and month, all kinds of
// lines together; and what of it has not reached the payee yet.
func ledger(tx *record.Tx, programme string) (out, waiting map[uint64]benefit.Paid, err error) {
	out, waiting = map[uint64]benefit.Paid{}, map[uint64]benefit.Paid{}
	code := func(state string) record.Column { return tx.Book().CodeColumn("state", state) }
	void, carried, due, failed := code("void"), code("carried"), code("due"), code("failed")
	add := func(to map[uint64]benefit.Paid, v []record.Column) {
		paid := to[v[0].ID()]
		if paid == nil {
			paid = benefit.Paid{}
			to[v[0].ID()] = paid
		}
		paid[benefit.Month(v[1].Months()-1)] += benefit.Fen(v[2].Fen())
	}
	err = tx.EachColumn(Lines, "programme", programme, []string{"member", "month", "amount", "state"}, func(_ uint64, v []record.Column) error {
		if v[3] == void || v[3] == carried {
			return nil
		}
		add(out, v)
		if v[3] == due || v[3] == failed {
			add(waiting, v)
		}
		return nil
	})
	return out, waiting, err
}

type runner struct {
	*Run
	tx      *record.Tx
	book    *benefit.Book
	paid    map[uint64]benefit.Paid
	waiting map[uint64]benefit.Paid // approved, not yet paid
	twice   map[uint64][]uint64     // memberships of one person
}

// take reckons one member.
func (r *runner) take(f *file) error {
	m := f.member
	paid := r.paid[m.ID]
	e := r.book.Decide(r.Programme, f.facts, r.Month)
	s := State{Member: m.ID, Person: m.Subject, Last: max(0, paid[r.Month-1]), Verdict: e.Verdict, Why: r.book.Explain(e), Open: f.open,
		NoAccount: f.payee.Text("bank_account") == ""}
	if f.source != nil {
		s.Source = f.source.Ref
	}
	lines, unknown := r.book.Run(r.Programme, f.facts, r.Month, paid)
	doubts, err := r.doubts(f, e, lines)
	if err != nil {
		return err
	}
	s.Open = append(s.Open, doubts...)
	if len(s.Open) > 0 {
		s.Change = Unsettled
		r.States = append(r.States, s)
		return nil
	}
	r.settle(f, e, lines, &s)
	if m.Step == "ended" && s.Change == Idle && len(lines) == 0 {
		return nil // left long ago: nothing to say
	}
	s.Earlier = r.earlier(f, unknown)
	r.States = append(r.States, s)
	return nil
}

// earlier says of months that were passed over why, the last few in words.
func (r *runner) earlier(f *file, months []benefit.Month) (out []string) {
	if f.member.Step == "ended" || len(months) == 0 {
		return nil
	}
	last := r.book.Decide(r.Programme, f.facts, months[len(months)-1])
	span := months[0].Title()
	if n := len(months); n > 1 {
		span += "至" + months[n-1].Title() + fmt.Sprintf("（%d个月）", n)
	}
	return []string{span + "没有算：" + strings.Join(missing(last), "；") + "。以前已经发清的，在津贴对象里填“期初已结清至”"}
}

// doubts are what a person has to settle first. That somebody is no longer
// eligible counts only when a day says since when: a state that was merely
// changed says nothing of the months before.
func (r *runner) doubts(f *file, e benefit.Entitlement, lines []benefit.Line) (out []string, err error) {
	started := f.member.Step != "ended"
	if e.Verdict == benefit.Unknown {
		if started {
			out = append(out, missing(e)...)
		}
		return out, nil
	}
	if started && e.Verdict == benefit.No && !dated(e) {
		return append(out, "不再符合条件，但没有写明从哪天起："+why(e)+"。请在登记簿里登记终止和日期，或者更正"), nil
	}
	for _, l := range lines {
		doubt, err := r.doubt(f, l)
		if err != nil || doubt != "" {
			return append(out, doubt), err
		}
	}
	return out, nil
}

// doubt is what speaks against one line.
func (r *runner) doubt(f *file, l benefit.Line) (string, error) {
	m := f.member
	switch {
	case l.Amount < 0 && l.Decision.Verdict == benefit.No && !dated(l.Decision):
		return l.Of.Title() + "已经发过，现在算出来不符合：" + why(l.Decision) + "。请核实并写明日期", nil
	case l.Amount < 0 && r.waiting[m.ID][l.Of] > 0:
		return fmt.Sprintf("%s批准的 %s 元还没有发成，不能追缴；等发成再追，确实不发的由科长在那一期用“没发成的不再发”", l.Of.Title(), Money(r.waiting[m.ID][l.Of])), nil
	}
	if other := r.elsewhere(m, l); other != "" {
		return other, nil
	}
	return r.otherStandard(f, l)
}

// otherStandard finds that a month was paid by the standard of another abode,
// and nobody said when the abode changed.
func (r *runner) otherStandard(f *file, l benefit.Line) (string, error) {
	now := l.Decision.Standard.Code
	if r.paid[f.member.ID][l.Of] == 0 || now == "" || len(f.facts.Abodes) > 0 {
		return "", nil
	}
	all, err := r.tx.Find(Lines, "member", id(f.member.ID))
	if err != nil {
		return "", err
	}
	for _, old := range all {
		if code := old.Text("standard"); !spent(old.Text("state")) && month(old.Text("month")) == l.Of && code != "" && code != now {
			return l.Of.Title() + "是按另一种养育方式的标准发的；请在津贴对象的“养育方式变动”里写明从哪个月起", nil
		}
	}
	return "", nil
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
			return "adult", benefit.Birthday(x.Birth, years, r.book.RulesAt(r.Month).Leap)
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
