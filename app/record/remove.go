package record

import (
	"fmt"

	"jiezhen/app/register"
	"jiezhen/embedstore"
)

// Remove takes a record out of its register: only for undoing what put it
// there by mistake, such as an import. It must still stand at the revision
// given, and nothing may point at it. The journal keeps what it was, and its
// number is not used again. Office only.
func (tx *Tx) Remove(ref Ref, rev uint64) error {
	if !tx.viewer.Office {
		return Refused(CodeDenied, "只有撤销导入可以删除记录")
	}
	r, err := tx.writable(ref, rev)
	if err != nil {
		return err
	}
	if err := tx.unheld(r); err != nil {
		return err
	}
	delete(tx.cache, ref)
	tx.touched[ref.Register] = true
	if err := fromStore(tx.store.Delete(ref.Register, ref.ID, r.Rev), ref); err != nil {
		return err
	}
	for _, behave := range tx.book.behaviours[ref.Register] {
		if behave.Gone != nil {
			if err := behave.Gone(tx, r); err != nil {
				return fmt.Errorf("following the removal of %s: %w", ref, err)
			}
		}
	}
	return nil
}

// unheld refuses a record that others hang on.
func (tx *Tx) unheld(r *Record) error {
	held := &Refusal{Code: CodeInvalid, Ref: r.Ref, Text: LabelOf(r) + "已有别的记录与它相关，不能撤销"}
	if len(r.Papers) > 0 || len(r.Files) > 0 {
		return held
	}
	if notes, err := tx.store.Equal(Notes, "parent", r.Ref.String()); err != nil || len(notes) > 0 {
		return orHeld(err, held)
	}
	for _, d := range tx.book.cfg.Registers.All() {
		for _, key := range tx.pointers(d, r) {
			ids, err := tx.store.Equal(d.ID, key.Name, key.Value)
			if err != nil {
				return err
			}
			for _, id := range ids {
				if d.ID != r.Register || id != r.ID {
					return held
				}
			}
		}
	}
	return tx.uninhabited(r, held)
}

// pointers are the keys under which records of a register would point at r.
func (tx *Tx) pointers(d *register.Definition, r *Record) []embedstore.EqualKey {
	keys := []embedstore.EqualKey{{Name: "ref", Value: r.Ref.String()}, {Name: "link", Value: r.Ref.String()}}
	switch r.Register {
	case Persons:
		return append(keys, embedstore.EqualKey{Name: "person", Value: idText(r.ID)})
	case Places, Parties:
		for _, f := range d.Fields {
			if refRegister(f) == r.Register {
				keys = append(keys, embedstore.EqualKey{Name: f.ID, Value: idText(r.ID)})
			}
		}
	}
	return keys
}

// uninhabited refuses to take away a place that records lie in.
func (tx *Tx) uninhabited(r *Record, held *Refusal) error {
	if r.Register != Places {
		return nil
	}
	for _, d := range tx.book.cfg.Registers.All() {
		if n, err := tx.store.Tally(d.ID, columnTally("community", r.ID)); err != nil || n > 0 {
			return orHeld(err, held)
		}
	}
	return nil
}

func orHeld(err error, held *Refusal) error {
	if err != nil {
		return err
	}
	return held
}
