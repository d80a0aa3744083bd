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
	Keys map[string]bool // attributes that changed, "f:" in front of fields; see ChangesInside
}

// Changes gives the records that changed after a sequence, oldest first, each
// with the last sequence that touched it: what an index has to catch up with.
// It stops after limit journal entries and says up to which sequence it got.
func (tx *Tx) Changes(after uint64, limit int) (changes []Change, through uint64, err error) {
	return tx.changes(tx.store.Heads, after, limit)
}

// ChangesInside is Changes with the keys that changed in each record. It opens
// all that was written.
func (tx *Tx) ChangesInside(after uint64, limit int) (changes []Change, through uint64, err error) {
	return tx.changes(tx.store.Journal, after, limit)
}

func (tx *Tx) changes(journal func(uint64, func(embedstore.JournalEntry) (bool, error)) error, after uint64, limit int) (changes []Change, through uint64, err error) {
	if !tx.viewer.Office {
		return nil, 0, Refused(CodeDenied, "只有系统可以通读日志")
	}
	last, n := map[Ref]Change{}, 0
	through = after
	err = journal(after+1, func(j embedstore.JournalEntry) (bool, error) {
		for _, c := range j.Changes {
			ref := Ref{c.Collection, c.ID}
			last[ref] = Change{j.Seq, ref, c.Op == "delete", withKeys(last[ref].Keys, c)}
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

// withKeys adds the keys that a change touched.
func withKeys(keys map[string]bool, c embedstore.Change) map[string]bool {
	for _, body := range []embedstore.Body{c.Before, c.After} {
		for k := range body {
			if keys == nil {
				keys = map[string]bool{}
			}
			keys[k] = true
		}
	}
	return keys
}

// SeesHistory reports whether a viewer may read a record's history with contents.
func (tx *Tx) SeesHistory(r *Record) bool { return tx.Verdict(r, access.ActRead) == access.Allowed }
