package record

import (
	"strconv"

	"jiezhen/app/access"
)

func idText(id uint64) string { return strconv.FormatUint(id, 10) }

// assignable opens an unfinished record for a change of who is in charge.
func (tx *Tx) assignable(ref Ref, rev uint64) (*Record, error) {
	r, err := tx.writable(ref, rev)
	if err != nil {
		return nil, err
	}
	if err := tx.may(r, access.ActAssign); err != nil {
		return nil, err
	}
	if !r.Open() {
		return nil, &Refusal{Code: CodeClosed, Ref: ref, Text: "已办结的记录不再分派；确需办理请先重开"}
	}
	return r, nil
}

// Assign puts a user in charge at once.
func (tx *Tx) Assign(ref Ref, rev uint64, to uint64, reason string) (*Record, error) {
	before, err := tx.assignable(ref, rev)
	if err != nil {
		return nil, err
	}
	r := before.copy()
	r.Transfers = append(r.Transfers, Transfer{ID: len(r.Transfers) + 1, Kind: "assign", From: r.Owner, To: to,
		Reason: reason, At: tx.book.Now(), State: "accepted", Answered: tx.book.Now()})
	r.Owner = to
	return r, tx.finish(r, before, "assign")
}

// Transfer offers a record to another user, who accepts it or sends it back
// with a reason; until then the present owner stays in charge.
func (tx *Tx) Transfer(ref Ref, rev uint64, to uint64, reason string) (*Record, error) {
	before, err := tx.writable(ref, rev)
	if err != nil {
		return nil, err
	}
	if before.Owner != tx.viewer.User && tx.may(before, access.ActAssign) != nil {
		return nil, Refused(CodeDenied, "只有承办人或负责分派的人可以移交")
	}
	if !before.Open() || reason == "" || to == 0 || to == before.Owner {
		return nil, Refused(CodeInvalid, "移交要选定另一位接手人并写明理由，已办结的不再移交")
	}
	for _, t := range before.Transfers {
		if t.State == "pending" && t.Kind == "transfer" {
			return nil, Refused(CodeInvalid, "已有一次移交在等对方答复，请先撤回")
		}
	}
	r := before.copy()
	r.Transfers = append(r.Transfers, Transfer{ID: len(r.Transfers) + 1, Kind: "transfer", From: r.Owner, To: to,
		Reason: reason, At: tx.book.Now(), State: "pending"})
	r.Assist = with(r.Assist, to)
	return r, tx.finish(r, before, "transfer")
}

// Refer asks a party outside the office to do a part; the record stays here.
func (tx *Tx) Refer(ref Ref, rev uint64, party uint64, reason string) (*Record, error) {
	before, err := tx.editable(ref, rev)
	if err != nil {
		return nil, err
	}
	if party == 0 || reason == "" {
		return nil, Refused(CodeInvalid, "转介要选定接收机构并写明原因")
	}
	r := before.copy()
	r.Transfers = append(r.Transfers, Transfer{ID: len(r.Transfers) + 1, Kind: "refer", From: tx.viewer.User, Party: party,
		Reason: reason, At: tx.book.Now(), State: "pending"})
	return r, tx.finish(r, before, "refer")
}

// Answer closes a pending transfer or referral: accepted, rejected (with a
// reason), withdrawn, or done.
func (tx *Tx) Answer(ref Ref, rev uint64, id int, state, answer string) (*Record, error) {
	before, err := tx.writable(ref, rev)
	if err != nil {
		return nil, err
	}
	r := before.copy()
	if id < 1 || id > len(r.Transfers) {
		return nil, Refused(CodeNotFound, "没有这次移交")
	}
	t := &r.Transfers[id-1]
	if err := tx.mayAnswer(r, t, state); err != nil {
		return nil, err
	}
	if state == "rejected" && answer == "" {
		return nil, Refused(CodeInvalid, "退回要写明理由")
	}
	t.State, t.Answer, t.Answered = state, answer, tx.book.Now()
	if t.Kind == "transfer" {
		r.Assist = without(r.Assist, t.To)
		if state == "accepted" {
			r.Owner = t.To
		}
	}
	return r, tx.finish(r, before, "answer")
}

func (tx *Tx) mayAnswer(r *Record, t *Transfer, state string) error {
	ok := map[string]bool{"accepted": true, "rejected": true, "withdrawn": true, "done": t.Kind == "refer"}[state]
	if !ok || (t.State != "pending" && !(t.State == "accepted" && state == "done")) {
		return Refused(CodeStale, "这次移交已经答复过了，请刷新后再看")
	}
	mine := tx.viewer.User == t.To && state != "withdrawn"
	sender := tx.viewer.User == t.From && (state == "withdrawn" || t.Kind == "refer")
	if mine || sender || tx.may(r, access.ActAssign) == nil {
		return nil
	}
	return Refused(CodeDenied, "只有接手人可以答复这次移交")
}

// Incoming gives the records offered to a user and not yet answered.
func (tx *Tx) Incoming(user uint64) ([]*Record, error) {
	var out []*Record
	for _, d := range tx.book.cfg.Registers.All() {
		rows, err := tx.Find(d.ID, "transfer", idText(user))
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

func with(list []uint64, id uint64) []uint64 {
	for _, x := range list {
		if x == id {
			return list
		}
	}
	return append(list, id)
}

func without(list []uint64, id uint64) []uint64 {
	var out []uint64
	for _, x := range list {
		if x != id {
			out = append(out, x)
		}
	}
	return out
}

// Link ties the record to another, in one direction; Children finds it from
// the other side.
func (tx *Tx) Link(ref Ref, rev uint64, l Link) (*Record, error) {
	before, err := tx.editable(ref, rev)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Open(l.To); err != nil {
		return nil, err
	}
	r := before.copy()
	for _, old := range r.Links {
		if old == l {
			return r, nil
		}
	}
	r.Links = append(r.Links, l)
	return r, tx.finish(r, before, "link")
}

// Unlink takes a tie off again.
func (tx *Tx) Unlink(ref Ref, rev uint64, l Link) (*Record, error) {
	before, err := tx.editable(ref, rev)
	if err != nil {
		return nil, err
	}
	r := before.copy()
	r.Links = nil
	for _, old := range before.Links {
		if old != l {
			r.Links = append(r.Links, old)
		}
	}
	return r, tx.finish(r, before, "unlink")
}
