package sheet

import (
	"context"
	"errors"
	"fmt"

	"jiezhen/app/access"
	"jiezhen/app/record"
)

// Undo takes a whole import back. What has been changed or used since is left
// and named.
func (d *Desk) Undo(ctx context.Context, v access.Viewer, id string) (left []string, err error) {
	var imp Import
	ok, err := d.book.Shelf(importShelf).Get(ctx, id, &imp)
	if err != nil {
		return nil, err
	}
	if !ok || imp.State == StateUndone {
		return nil, record.Refused(record.CodeNotFound, "没有这次导入，或已经撤销")
	}
	if _, err := d.definition(v, imp.Register, access.ActImport); err != nil {
		return nil, err
	}
	if !d.hold(id) {
		return nil, record.Refused(record.CodeTaken, "这次导入正在进行，请等它完成再撤销")
	}
	defer d.release(id)
	return d.undo(ctx, v, id)
}

// hold marks an import as being worked at; false when somebody is already.
func (d *Desk) hold(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.running[id] {
		return false
	}
	d.running[id] = true
	return true
}

// undo takes back the parts of an import, the last first, each in a
// transaction that also strikes it off: it can be cut short and gone on with.
func (d *Desk) undo(ctx context.Context, v access.Viewer, id string) (left []string, err error) {
	office := v
	office.Office = true
	var imp Import
	shelf := d.book.Shelf(importShelf)
	if ok, err := shelf.Get(ctx, id, &imp); err != nil || !ok {
		return nil, errors.Join(err, fmt.Errorf("import %s is not on its shelf", id))
	}
	imp.State = StateUndoing
	if err := shelf.Put(ctx, id, imp); err != nil {
		return nil, err
	}
	for imp.Parts > 0 {
		next := imp
		err := d.book.Change(ctx, office, "撤销导入 "+imp.Name, func(tx *record.Tx) error {
			next.Parts--
			if err := undoPart(tx, &next); err != nil {
				return err
			}
			return tx.ShelfPut(importShelf, id, next)
		})
		if err != nil {
			return next.Left, fmt.Errorf("undoing an import: %w", err)
		}
		imp = next
	}
	imp.State = StateUndone
	return imp.Left, shelf.Put(ctx, id, imp)
}

// undoPart takes back the part that the import now ends before.
func undoPart(tx *record.Tx, imp *Import) error {
	var items []Item
	key := partKey(imp.ID, imp.Parts)
	if _, err := tx.ShelfGet(itemShelf, key, &items); err != nil {
		return err
	}
	for i := len(items) - 1; i >= 0; i-- {
		stays, err := undoItem(tx, imp.Register, items[i])
		if err != nil {
			return err
		}
		if stays != "" {
			imp.Left = append(imp.Left, stays)
		}
	}
	return tx.ShelfDelete(itemShelf, key)
}

// undoItem takes one record back and says what stays as it is.
func undoItem(tx *record.Tx, reg string, item Item) (stays string, err error) {
	ref := record.Ref{Register: reg, ID: item.ID}
	r, err := tx.Open(ref)
	if refusal, refused := record.AsRefusal(err); refused && refusal.Code == record.CodeNotFound {
		return "", nil // gone already
	}
	if err != nil {
		return "", err
	}
	if r.Rev != item.Rev {
		return nameOf(r) + "（导入后又改过）", nil
	}
	if item.Made {
		err = tx.Remove(ref, item.Rev)
	} else {
		_, err = tx.Restore(*item.Before)
	}
	if refusal, refused := record.AsRefusal(err); refused {
		return nameOf(r) + "（" + refusal.Text + "）", nil
	}
	return "", err
}

func nameOf(r *record.Record) string {
	if name := record.LabelOf(r); name != r.Number {
		return name + " " + r.Number
	}
	return r.Number
}

// Recover undoes imports that were cut short by a kill or a power failure, and
// throws away uploads that nobody came back to.
func (d *Desk) Recover(ctx context.Context) error {
	cut, err := d.imports(ctx, func(i Import) bool { return i.State == StateRunning || i.State == StateUndoing })
	for _, imp := range cut {
		if !d.hold(imp.ID) {
			continue // at work in this process
		}
		_, failed := d.undo(ctx, access.Office(), imp.ID)
		d.release(imp.ID)
		err = errors.Join(err, failed)
	}
	return errors.Join(err, d.sweep(ctx))
}
