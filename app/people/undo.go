package people

import (
	"bytes"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"jiezhen/app/record"
	"jiezhen/embedstore"
)

// undoMerge puts both files back and moves the references back. The kept file
// goes first: it gives up what the other had.
func undoMerge(tx *record.Tx, order *record.Record) error {
	s, err := snapshotOf(tx, order)
	if err != nil {
		return err
	}
	left, err := restoreKept(tx, s)
	if err != nil {
		return err
	}
	if _, err := tx.Restore(s.Drop); err != nil {
		return fmt.Errorf("putting back the merged file: %w", err)
	}
	stayed, err := tx.Repoint(s.Places, s.Keep.Ref.ID, s.Drop.Ref.ID)
	if err != nil {
		return err
	}
	for _, p := range stayed {
		left = append(left, placeText(tx, p))
	}
	if len(left) == 0 {
		return nil
	}
	_, err = tx.AddNote(order.Ref, noteLeft, strings.Join(left, "\n"))
	return err
}

func snapshotOf(tx *record.Tx, order *record.Record) (mergeSnapshot, error) {
	var s mergeSnapshot
	id, err := strconv.ParseUint(order.Secrets[secretSnapshot], 10, 64)
	if err != nil {
		return s, fmt.Errorf("finding what was merged: %w", err)
	}
	data, err := tx.Thaw(id)
	if err != nil {
		return s, fmt.Errorf("finding what was merged: %w", err)
	}
	if err := embedstore.Decode(data, &s); err != nil {
		return s, fmt.Errorf("reading what was merged: %w", err)
	}
	if s.Version != snapshotVersion {
		return s, fmt.Errorf("reading what was merged: version %d is not known", s.Version)
	}
	return s, nil
}

// restoreKept puts the kept file back. Attributes that somebody changed after
// the merge stay as they are; those that the merge had changed as well are
// named.
func restoreKept(tx *record.Tx, s mergeSnapshot) (left []string, err error) {
	now, err := tx.Snapshot(s.Keep.Ref)
	if err != nil {
		return nil, err
	}
	body := map[string][]byte{}
	for key := range keysOf(now.Body, s.Keep.Body, s.Kept.Body) {
		before, after, present := s.Keep.Body[key], s.Kept.Body[key], now.Body[key]
		want := present
		switch {
		case bytes.Equal(present, after):
			want = before
		case !bytes.Equal(before, after) && key != "changed":
			left = append(left, fieldText(tx, s.Keep.Ref, key))
		}
		if want != nil {
			body[key] = want
		}
	}
	sort.Strings(left)
	_, err = tx.Restore(record.Snapshot{Ref: s.Keep.Ref, Body: body})
	return left, err
}

func keysOf(bodies ...map[string][]byte) map[string]bool {
	keys := map[string]bool{}
	for _, b := range bodies {
		for k := range b {
			keys[k] = true
		}
	}
	return keys
}

// fieldText names an attribute of a record for a person to read.
func fieldText(tx *record.Tx, ref record.Ref, key string) string {
	def, ok := tx.Book().Registers().Get(ref.Register)
	if !ok {
		return ref.String()
	}
	name := strings.TrimPrefix(key, "f:")
	field, _, _ := strings.Cut(name, ".")
	if f, ok := def.Field(field); ok {
		return def.Title + "“" + f.Label + "”在合并后又改过，保持现状"
	}
	return def.Title + "在合并后又办理过，保持现状"
}

// placeText says which reference was left. It shows a record's number only:
// who undoes a merge need not have the right to open it, and of a sealed
// register not even that.
func placeText(tx *record.Tx, p record.Pointing) string {
	const other = "另有一处引用在合并后改过，保持现状"
	def, ok := tx.Book().Registers().Get(p.Ref.Register)
	if !ok || def.Protect == "sealed" {
		return other
	}
	r, err := tx.Open(p.Ref)
	if err != nil {
		return other
	}
	return strings.TrimSpace(r.Number + " " + fieldText(tx, p.Ref, p.Place))
}
