package record

import "jiezhen/embedstore"

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
	return fromStore(tx.store.Delete(ref.Register, ref.ID, r.Rev), ref)
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
		for _, key := range []embedstore.EqualKey{{Name: "ref", Value: r.Ref.String()}, {Name: "link", Value: r.Ref.String()}, tx.personKey(r)} {
			if key.Name == "" {
				continue
			}
			if ids, err := tx.store.Equal(d.ID, key.Name, key.Value); err != nil || len(ids) > 0 {
				return orHeld(err, held)
			}
		}
	}
	return nil
}

func (tx *Tx) personKey(r *Record) embedstore.EqualKey {
	if r.Register != Persons {
		return embedstore.EqualKey{}
	}
	return embedstore.EqualKey{Name: "person", Value: idText(r.ID)}
}

func orHeld(err error, held *Refusal) error {
	if err != nil {
		return err
	}
	return held
}
