package staff

import (
	"fmt"
	"slices"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Plan says who takes what over from someone. The nearest answer counts: the
// record's own, else its register's, else To.
type Plan struct {
	From        uint64
	To          uint64 // whoever takes the rest
	PerRegister map[string]uint64
	PerRecord   map[record.Ref]uint64
	Restricted  uint64 // who takes sealed records that the planner may not see; 0: as the rest
	Reason      string
	LastDay     value.Date // the account ends after this day; empty: the user stays
}

// stored is a plan on its way, or done. The shelf keeps it so that a
// hand-over cut short goes on as it was planned.
type stored struct {
	From        uint64
	To          uint64
	PerRegister map[string]uint64
	PerRecord   map[string]uint64
	Restricted  uint64
	Reason      string
	LastDay     value.Date
	By          uint64
	ByName      string
	Record      uint64 // the office.handover record
	Moved       int
	Done        bool
}

// planShelf holds one plan a user under the user's id. Version 1 of its
// entries is stored.
const planShelf = "staff handover v1"

func (p Plan) store(v access.Viewer) stored {
	s := stored{From: p.From, To: p.To, PerRegister: p.PerRegister, PerRecord: map[string]uint64{},
		Restricted: p.Restricted, Reason: p.Reason, LastDay: p.LastDay, By: v.User, ByName: v.Name}
	for ref, to := range p.PerRecord {
		s.PerRecord[ref.String()] = to
	}
	return s
}

// taker is who takes a record over.
func (s stored) taker(r *record.Record, hidden bool) uint64 {
	if to := s.PerRecord[r.Ref.String()]; to != 0 {
		return to
	}
	if to := s.PerRegister[r.Register]; to != 0 {
		return to
	}
	if hidden && s.Restricted != 0 {
		return s.Restricted
	}
	return s.To
}

// checkPlan finds what is wrong with the plan itself.
func (d *Desk) checkPlan(tx *record.Tx, v access.Viewer, s stored) error {
	from, err := byID(tx, s.From)
	if err != nil {
		return err
	}
	var out []record.Problem
	if s.Reason == "" {
		out = append(out, record.Problem{Field: "reason", Label: "交接原因", Text: "请写明原因，如调岗、退休、离职"})
	}
	if s.To == 0 {
		out = append(out, record.Problem{Field: "to", Label: "接手人", Text: "请选定接手人"})
	}
	if s.LastDay != "" && !v.Office && !v.Has(RoleSecurity) && !heads(v) {
		out = append(out, record.Problem{Field: "last_day", Label: "最后工作日",
			Text: "停用账号由科室负责人、分管领导或安全管理员办理；本人可先交接，不填最后工作日"})
	}
	if s.LastDay != "" {
		leaver := *from
		leaver.Values = from.Values.Clone()
		leaver.Values[fieldUntil] = string(s.LastDay)
		last, err := accountRules{d.roles}.remaining(tx, &leaver, from)
		if err != nil {
			return err
		}
		out = append(out, last...)
	}
	if len(out) > 0 {
		return &record.Refusal{Code: record.CodeInvalid, Text: "还有内容要补正", Problems: out}
	}
	return nil
}

// takers judges once a transaction who can take over what.
type takers struct {
	desk *Desk
	tx   *record.Tx
	from uint64
	seen map[uint64]access.Viewer
	bad  map[uint64]string
}

func (d *Desk) takers(tx *record.Tx, from uint64) *takers {
	return &takers{desk: d, tx: tx, from: from, seen: map[uint64]access.Viewer{}, bad: map[uint64]string{}}
}

// wrong says why a user cannot take a record of a register over, "" when the
// user can.
func (t *takers) wrong(user uint64, def *register.Definition) (string, error) {
	if err := t.know(user); err != nil {
		return "", err
	}
	if why := t.bad[user]; why != "" {
		return why, nil
	}
	if v := t.seen[user]; !record.MayUse(v, def, access.ActRead) {
		return fmt.Sprintf("接手人%s的岗位不能办理这类记录，请另选", v.Name), nil
	}
	return "", nil
}

func (t *takers) know(user uint64) error {
	if _, ok := t.seen[user]; ok {
		return nil
	}
	t.seen[user] = access.Viewer{}
	if user == t.from {
		t.bad[user] = "接手人不能是交接人自己，请另选"
		return nil
	}
	r, err := byID(t.tx, user)
	if Is(err, record.CodeNotFound) {
		t.bad[user] = "接手人不在用户名册里，请另选"
		return nil
	}
	if err != nil {
		return err
	}
	if r.Date(fieldUntil) != "" {
		t.bad[user] = fmt.Sprintf("接手人%s的账号已停用或即将停用，请另选", record.LabelOf(r))
	}
	t.seen[user] = t.desk.viewer(r, t.desk.clock())
	return nil
}

// survey lists what the plan moves, and refuses the plan when someone cannot
// take what is meant for them.
func (d *Desk) survey(tx *record.Tx, s stored) (items []Item, restricted int, err error) {
	who := d.takers(tx, s.From)
	wrong := map[string]int{}
	err = eachOwned(tx, s.From, func(r *record.Record) (bool, error) {
		hidden := sealedFrom(tx, r)
		to := s.taker(r, hidden)
		why, err := who.wrong(to, r.Def)
		if err != nil {
			return false, err
		}
		title := r.Def.Title
		switch {
		case hidden:
			title = "受限记录"
		case !mayGive(tx, s.From, r):
			why = "不归您分派，请由分管这类记录的负责人或安全管理员办理交接"
		}
		if why != "" {
			wrong[title+"："+why]++
		}
		if hidden {
			restricted++
			return true, nil
		}
		it := itemOf(tx, r)
		it.To = to
		items = append(items, it)
		return true, nil
	})
	if err != nil {
		return nil, 0, err
	}
	return items, restricted, refuseTakers(wrong)
}

// mayGive reports whether the planner may hand this record on: the leaver's
// own work, a head's own domain; leaders and the security administrator, who
// sees no contents, see to the whole.
func mayGive(tx *record.Tx, from uint64, r *record.Record) bool {
	v := tx.Viewer()
	return v.Office || v.User == from || v.Lead() || v.Has(RoleSecurity) || tx.Verdict(r, access.ActAssign) != access.Denied
}

func refuseTakers(wrong map[string]int) error {
	if len(wrong) == 0 {
		return nil
	}
	out := &record.Refusal{Code: record.CodeInvalid, Text: "还有内容要补正"}
	for why, n := range wrong {
		out.Problems = append(out.Problems, record.Problem{Field: "to", Label: "接手人",
			Text: fmt.Sprintf("%s（%d 件）", why, n)})
	}
	slices.SortFunc(out.Problems, func(a, b record.Problem) int { return strings.Compare(a.Text, b.Text) })
	return out
}
