package record

import (
	"slices"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/register"
	"jiezhen/embedstore"
)

// JournalLine is one entry of the journal for the audit page.
type JournalLine struct {
	Seq    uint64
	At     time.Time
	By     uint64
	Reason string
	What   []JournalItem
}

// JournalItem is one record or event of a journal line; no contents.
type JournalItem struct {
	Ref  Ref
	Kind string
}

// JournalQuery asks for a stretch of the journal, newest first.
type JournalQuery struct {
	Before   uint64 // only lines before this number; 0: from the newest on
	Limit    int
	By       uint64    // only this user's; 0: everybody's
	From, To time.Time // only from From on and before To; zero: no bound
	Kinds    []string  // only lines with one of these; nil: all
}

func (q JournalQuery) wants(l JournalLine) bool {
	return (q.By == 0 || l.By == q.By) && (q.From.IsZero() || !l.At.Before(q.From)) && (q.To.IsZero() || l.At.Before(q.To)) &&
		(q.Kinds == nil || slices.ContainsFunc(l.What, func(i JournalItem) bool { return slices.Contains(q.Kinds, i.Kind) }))
}

// A page of the journal reads at most journalReach lines, in strides: the reader
// goes on from where it stopped.
const (
	journalStride = 500
	journalReach  = 20_000
)

// Journal gives the office's journal, newest first, for the audit
// administrator and leaders: who did what when, without contents. next is the
// Before of the query that goes on; 0 when there is nothing older.
func (tx *Tx) Journal(q JournalQuery) (out []JournalLine, next uint64, err error) {
	if !tx.viewer.Has("admin.audit") && !tx.viewer.Lead() && !tx.viewer.Office {
		return nil, 0, Refused(CodeDenied, "日志由审计管理员和分管领导查看")
	}
	before, read := q.Before, 0
	if head := tx.book.Head(); before == 0 || before > head+1 {
		before = head + 1
	}
	for before > 1 && read < journalReach {
		lines, err := tx.journalStride(before)
		if err != nil {
			return nil, 0, err
		}
		for _, l := range slices.Backward(lines) {
			if before = l.Seq; q.wants(l) {
				out = append(out, l)
			}
			if len(out) == q.Limit {
				return out, older(before), nil
			}
		}
		read += len(lines)
		if len(lines) == 0 || !q.From.IsZero() && lines[0].At.Before(q.From.AddDate(0, 0, -journalSlack)) {
			return out, 0, nil
		}
	}
	return out, older(before), nil
}

// older is where a reading goes on that has come down to a line; 0 at the first.
func older(line uint64) uint64 {
	if line <= 1 {
		return 0
	}
	return line
}

// journalSlack is by how many days the clock may have been wrong for a search
// by date to find every line.
const journalSlack = 7

// journalStride reads the lines just before a number, oldest first.
func (tx *Tx) journalStride(before uint64) (out []JournalLine, err error) {
	var from uint64 = 1
	if before > journalStride {
		from = before - journalStride
	}
	err = tx.store.Heads(from, func(j embedstore.JournalEntry) (bool, error) {
		if j.Seq >= before {
			return false, nil
		}
		out = append(out, tx.veil(journalLine(j)))
		return true, nil
	})
	return out, err
}

// sealedReason stands where a line touches a sealed record that the viewer may
// not know of: that something was done is audited, what and on which is not
// told.
const sealedReason = "封存事项"

// veil takes out of a line what would tell of a sealed record.
func (tx *Tx) veil(line JournalLine) JournalLine {
	for i, item := range line.What {
		def, ok := tx.book.cfg.Registers.Get(item.Ref.Register)
		if ok && def.Protect == register.ProtectSealed && !MayUse(tx.viewer, def, access.ActRead) {
			line.What[i].Ref, line.Reason = Ref{}, sealedReason
		}
	}
	return line
}

func journalLine(j embedstore.JournalEntry) JournalLine {
	line := JournalLine{Seq: j.Seq, At: j.Time, By: j.Actor, Reason: j.Reason}
	for _, c := range j.Changes {
		line.What = append(line.What, JournalItem{Ref{c.Collection, c.ID}, c.Op})
	}
	for _, e := range j.Events {
		var item JournalItem
		item.Kind = e.Kind
		_ = embedstore.Decode(e.Body["collection"], &item.Ref.Register) // an event may name no record
		_ = embedstore.Decode(e.Body["id"], &item.Ref.ID)
		line.What = append(line.What, item)
	}
	return line
}
