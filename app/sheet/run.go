package sheet

import (
	"context"
	"fmt"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// Done is what an import has written.
type Done struct {
	ID               string
	Created, Updated int
	Skipped          int // rows left out because something was wrong with them
}

// perTransaction is how many rows one transaction writes.
const perTransaction = 500

// Run writes a staged file. Rows that cannot be written are left out; the
// caller has shown them. An import that is cut short is undone at the next
// start (Recover).
func (d *Desk) Run(ctx context.Context, v access.Viewer, s *Staged, progress func(done, total int)) (Done, error) {
	def, err := d.definition(v, s.Register, access.ActImport)
	if err != nil {
		return Done{}, err
	}
	if err := d.twice(ctx, v, s.Register, s.Hash); err != nil {
		return Done{}, err
	}
	imp := Import{ID: s.ID, Register: s.Register, Name: s.Name, Hash: s.Hash, By: v.User, ByName: v.Name, At: d.book.Now().UnixMilli(), State: "running"}
	done := Done{ID: s.ID}
	for start := 0; start < len(s.Lines); start += perTransaction {
		part := s.Lines[start:min(start+perTransaction, len(s.Lines))]
		if err := d.runPart(ctx, v, def, s, part, &imp, &done); err != nil {
			return done, d.abandon(v, &imp, err)
		}
		if progress != nil {
			progress(min(start+perTransaction, len(s.Lines)), len(s.Lines))
		}
	}
	imp.State = "done"
	if err := d.book.Shelf(importShelf).Put(ctx, imp.ID, imp); err != nil {
		return done, err
	}
	return done, d.book.Shelf(stagedShelf).Delete(ctx, s.ID)
}

func (d *Desk) runPart(ctx context.Context, v access.Viewer, def *register.Definition, s *Staged, part []Line, imp *Import, done *Done) error {
	kept, counted := len(imp.Items), *done
	err := d.book.Change(ctx, v, "导入 "+s.Name, func(tx *record.Tx) error {
		seen := map[string]int{}
		for _, l := range part {
			r := d.convert(tx, def, s, l)
			ref, err := d.judge(tx, def, r, seen)
			if err != nil {
				return err
			}
			if len(r.problems) > 0 {
				done.Skipped++
				continue
			}
			item, err := d.write(tx, def, r, ref)
			if err != nil {
				return fmt.Errorf("第 %d 行：%w", l.No, err)
			}
			if item.Made {
				done.Created++
			} else {
				done.Updated++
			}
			imp.Items = append(imp.Items, item)
		}
		return tx.ShelfPut(importShelf, imp.ID, *imp)
	})
	if err != nil {
		imp.Items, *done = imp.Items[:kept], counted
	}
	return err
}

func (d *Desk) write(tx *record.Tx, def *register.Definition, r *row, ref record.Ref) (Item, error) {
	if ref.Zero() {
		made, err := tx.Create(record.Draft{Register: def.ID, Values: r.values, Subject: r.subject})
		if err != nil {
			return Item{}, err
		}
		return Item{ID: made.ID, Rev: made.Rev, Made: true}, nil
	}
	before, err := tx.AsOffice().Snapshot(ref)
	if err != nil {
		return Item{}, err
	}
	saved, err := tx.Save(ref, 0, r.values)
	if err != nil {
		return Item{}, err
	}
	return Item{ID: saved.ID, Rev: saved.Rev, Before: &before}, nil
}

// abandon undoes what a failed import has written so far.
func (d *Desk) abandon(v access.Viewer, imp *Import, why error) error {
	ctx := context.Background() // the caller's may be what ended
	left, err := d.undo(ctx, v, imp)
	if err != nil || len(left) > 0 {
		return fmt.Errorf("%w（另有 %d 条没能撤销）", why, len(left))
	}
	return why
}

// Undo takes a whole import back. What has been changed or used since is left
// and named.
func (d *Desk) Undo(ctx context.Context, v access.Viewer, id string) (left []string, err error) {
	var imp Import
	ok, err := d.book.Shelf(importShelf).Get(ctx, id, &imp)
	if err != nil {
		return nil, err
	}
	if !ok || imp.State == "undone" {
		return nil, record.Refused(record.CodeNotFound, "没有这次导入，或已经撤销")
	}
	if _, err := d.definition(v, imp.Register, access.ActImport); err != nil {
		return nil, err
	}
	return d.undo(ctx, v, &imp)
}

func (d *Desk) undo(ctx context.Context, v access.Viewer, imp *Import) (left []string, err error) {
	office := v
	office.Office = true
	for end := len(imp.Items); end > 0; end -= perTransaction {
		part := imp.Items[max(0, end-perTransaction):end]
		err := d.book.Change(ctx, office, "撤销导入 "+imp.Name, func(tx *record.Tx) error {
			for i := len(part) - 1; i >= 0; i-- {
				stays, err := undoItem(tx, imp.Register, part[i])
				if err != nil {
					return err
				}
				if stays != "" {
					left = append(left, stays)
				}
			}
			return nil
		})
		if err != nil {
			return left, err
		}
	}
	imp.State, imp.Items = "undone", nil
	return left, d.book.Shelf(importShelf).Put(ctx, imp.ID, *imp)
}

// undoItem takes one record back and says what stays as it is.
func undoItem(tx *record.Tx, reg string, item Item) (stays string, err error) {
	ref := record.Ref{Register: reg, ID: item.ID}
	if item.Made {
		err = tx.Remove(ref, item.Rev)
	} else {
		r, openErr := tx.Open(ref)
		if openErr == nil && r.Rev != item.Rev {
			return record.LabelOf(r) + " " + r.Number + "（导入后又改过）", nil
		}
		if openErr != nil {
			return "", openErr
		}
		_, err = tx.Restore(*item.Before)
	}
	refusal, refused := record.AsRefusal(err)
	switch {
	case refused && refusal.Code == record.CodeNotFound:
		return "", nil // gone already
	case refused && refusal.Code == record.CodeStale:
		return tx.Label(ref, false) + "（导入后又改过）", nil
	case refused:
		return refusal.Text, nil
	}
	return "", err
}

// Recover undoes imports that were cut short by a kill or a power failure.
func (d *Desk) Recover(ctx context.Context) error {
	var cut []Import
	err := d.book.Shelf(importShelf).Each(ctx, "", func(_ string, decode func(any) error) (bool, error) {
		var i Import
		if err := decode(&i); err != nil {
			return false, err
		}
		if i.State == "running" {
			cut = append(cut, i)
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	for i := range cut {
		if _, err := d.undo(ctx, access.Office(), &cut[i]); err != nil {
			return err
		}
	}
	return nil
}
