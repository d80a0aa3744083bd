package record

import (
	"sort"
	"strings"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/register"
	"jiezhen/embedstore"
)

// Entry is one line of a record's history: who did what to it, when and why.
type Entry struct {
	Seq     uint64
	At      time.Time
	By      uint64
	Reason  string
	Kind    string // create, update, or an event: view, print, export …
	Changes []FieldChange
	Facts   map[string]string // of an event
}

// FieldChange is one field before and after.
type FieldChange struct {
	Field, Label string
	Before       any
	After        any
	Gone         bool // the body was lawfully destroyed
}

// History gives what happened to a record, newest first, at most limit
// entries. It is the access sheet too: views, prints and exports are in it.
func (tx *Tx) History(r *Record, limit int) ([]Entry, error) {
	var out []Entry
	err := tx.store.History(r.Register, r.ID, func(j embedstore.JournalEntry) (bool, error) {
		for _, c := range j.Changes {
			if c.Collection == r.Register && c.ID == r.ID {
				out = append(out, changeEntry(r.Def, j, c))
			}
		}
		for _, e := range j.Events {
			if entry, ok := eventEntry(r, j, e); ok {
				out = append(out, entry)
			}
		}
		return len(out) < limit, nil
	})
	return out, err
}

func changeEntry(def *register.Definition, j embedstore.JournalEntry, c embedstore.Change) Entry {
	entry := Entry{Seq: j.Seq, At: j.Time, By: j.Actor, Reason: j.Reason, Kind: c.Op}
	keys := map[string]bool{}
	for k := range c.Before {
		keys[k] = true
	}
	for k := range c.After {
		keys[k] = true
	}
	for k := range keys {
		id, ok := strings.CutPrefix(k, fieldPrefix)
		if !ok {
			continue
		}
		change := FieldChange{Field: id, Label: id, Gone: c.Destroyed}
		if f, ok := def.Field(id); ok {
			change.Label = f.Label
		}
		if b, ok := c.Before[k]; ok {
			change.Before, _ = decodeField(def, id, b)
		}
		if b, ok := c.After[k]; ok {
			change.After, _ = decodeField(def, id, b)
		}
		entry.Changes = append(entry.Changes, change)
	}
	sort.Slice(entry.Changes, func(i, k int) bool { return entry.Changes[i].Field < entry.Changes[k].Field })
	return entry
}

func eventEntry(r *Record, j embedstore.JournalEntry, e embedstore.Event) (Entry, bool) {
	var collection string
	var id uint64
	if embedstore.Decode(e.Body["collection"], &collection) != nil || embedstore.Decode(e.Body["id"], &id) != nil {
		return Entry{}, false
	}
	if collection != r.Register || id != r.ID {
		return Entry{}, false
	}
	entry := Entry{Seq: j.Seq, At: j.Time, By: j.Actor, Reason: j.Reason, Kind: e.Kind, Facts: map[string]string{}}
	for k, b := range e.Body {
		var text string
		if k != "collection" && embedstore.Decode(b, &text) == nil {
			entry.Facts[k] = text
		}
	}
	return entry, true
}

// Change is one row of the journal for those who follow it: which record or
// note changed.
type Change struct {
	Seq  uint64
	Ref  Ref
	Gone bool
	Keys map[string]bool // attributes that changed, "f:" in front of fields
}

// Changes gives the records that changed after a sequence, oldest first, each
// with the last sequence that touched it: what an index has to catch up with.
// It stops after limit journal entries and says up to which sequence it got.
func (tx *Tx) Changes(after uint64, limit int) (changes []Change, through uint64, err error) {
	if !tx.viewer.Office {
		return nil, 0, Refused(CodeDenied, "只有系统可以通读日志")
	}
	last, n := map[Ref]Change{}, 0
	through = after
	err = tx.store.Journal(after+1, func(j embedstore.JournalEntry) (bool, error) {
		for _, c := range j.Changes {
			ref := Ref{c.Collection, c.ID}
			keys := last[ref].Keys
			if keys == nil {
				keys = map[string]bool{}
			}
			for k := range c.Before {
				keys[k] = true
			}
			for k := range c.After {
				keys[k] = true
			}
			last[ref] = Change{j.Seq, ref, c.Op == "delete", keys}
		}
		through, n = j.Seq, n+1
		return n < limit, nil
	})
	for _, c := range last {
		changes = append(changes, c)
	}
	sort.Slice(changes, func(i, k int) bool { return changes[i].Seq < changes[k].Seq })
	return changes, through, err
}

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

// Journal gives the office's journal, newest first, for the audit
// administrator and leaders: who did what when, without contents.
func (tx *Tx) Journal(before uint64, limit int) ([]JournalLine, error) {
	if !tx.viewer.Has("admin.audit") && !tx.viewer.Lead() && !tx.viewer.Office {
		return nil, Refused(CodeDenied, "日志由审计管理员和分管领导查看")
	}
	if head := tx.book.Head(); before == 0 || before > head+1 {
		before = head + 1
	}
	var from uint64 = 1
	if before > uint64(limit) {
		from = before - uint64(limit)
	}
	var out []JournalLine
	err := tx.store.Journal(from, func(j embedstore.JournalEntry) (bool, error) {
		if j.Seq >= before {
			return false, nil
		}
		out = append(out, tx.veil(journalLine(j)))
		return true, nil
	})
	for i, k := 0, len(out)-1; i < k; i, k = i+1, k-1 {
		out[i], out[k] = out[k], out[i]
	}
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

// Seen reports whether a viewer may read a record's history with contents.
func (tx *Tx) SeesHistory(r *Record) bool { return tx.Verdict(r, access.ActRead) == access.Allowed }
