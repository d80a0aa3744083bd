package sheet

import (
	"context"
	"errors"
	"fmt"

	"jiezhen/app/access"
	"jiezhen/app/record"
)

// Done is what an import has written.
type Done struct {
	ID               string
	Created, Updated int
	Same             int         // rows that say what is on record already
	Folded           int         // rows that a later row of the same number stands for
	Skipped          int         // rows left out because something was wrong with them
	Wrong            []RowResult // the first of these, at most shownWrong
}

// perTransaction is how many rows one transaction writes.
const perTransaction = 500

// shownWrong is how many rows that were left out are named.
const shownWrong = 200

// Run writes a staged file. A row that cannot be written is left out when the
// staging says Skip; else it refuses the whole file. An import that is cut
// short is undone at once, or at the next start (Recover).
func (d *Desk) Run(ctx context.Context, v access.Viewer, s *Staged, progress func(done, total int)) (Done, error) {
	def, err := d.definition(v, s.Register, access.ActImport)
	if err != nil {
		return Done{}, err
	}
	imp, err := d.claim(ctx, v, s)
	if err != nil {
		return Done{}, err
	}
	defer d.release(imp.ID)
	w := &writing{taking: d.taking(def, s), imp: imp, done: Done{ID: imp.ID}}
	lines, earlier := w.fold(s.Lines)
	w.done.Folded = len(earlier)
	for start := 0; start < len(lines); start += perTransaction {
		end := min(start+perTransaction, len(lines))
		if err := w.part(ctx, v, lines[start:end]); err != nil {
			return w.done, d.abandon(ctx, v, w.imp, err)
		}
		if progress != nil {
			progress(end, len(lines))
		}
	}
	w.imp.State = StateDone
	if err := d.book.Shelf(importShelf).Put(ctx, imp.ID, w.imp); err != nil {
		return w.done, d.abandon(ctx, v, w.imp, err)
	}
	return w.done, d.book.Shelf(StagedShelf).Delete(ctx, s.ID)
}

// claim enters the import before anything is written, so that one file cannot
// be written twice at the same time.
func (d *Desk) claim(ctx context.Context, v access.Viewer, s *Staged) (Import, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.twice(ctx, s.Register, s.Hash); err != nil {
		return Import{}, err
	}
	imp := Import{ID: s.ID, Register: s.Register, Name: s.Name, Hash: s.Hash, By: v.User, ByName: v.Name, At: d.book.Now().UnixMilli(), State: StateRunning}
	if err := d.book.Shelf(importShelf).Put(ctx, imp.ID, imp); err != nil {
		return Import{}, fmt.Errorf("entering an import: %w", err)
	}
	d.running[imp.ID] = true
	return imp, nil
}

func (d *Desk) release(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.running, id)
}

// writing is an import at work.
type writing struct {
	*taking
	imp  Import
	done Done
}

func (w *writing) part(ctx context.Context, v access.Viewer, lines []Line) error {
	out, err := w.stretch(ctx, v, lines, w.settle)
	if err != nil {
		return err
	}
	for _, o := range out {
		switch {
		case o.Failed() && !w.staged.Skip:
			return record.Refused(record.CodeInvalid, "第 %d 行：%s。没有写入任何内容，请改正后再导入", o.Line, o.Text())
		case o.Failed():
			w.done.Skipped++
			w.imp.Skipped++
			if len(w.done.Wrong) < shownWrong {
				w.done.Wrong = append(w.done.Wrong, o.RowResult)
			}
		case o.same:
			w.done.Same++
		case o.Update:
			w.done.Updated++
		default:
			w.done.Created++
		}
	}
	return nil
}

// settle enters, in the transaction that writes a stretch, what it has
// written: so an undo knows exactly what to take back, whenever the power
// fails.
func (w *writing) settle(tx *record.Tx, out []outcome) error {
	next := w.imp
	var items []Item
	for _, o := range out {
		switch {
		case o.Failed() && !w.staged.Skip:
			return errTried // part refuses the file
		case o.Failed() || o.same:
			continue
		case o.Update:
			next.Updated++
		default:
			next.Created++
		}
		items = append(items, o.item)
	}
	if len(items) == 0 {
		return errTried
	}
	if err := tx.ShelfPut(itemShelf, partKey(next.ID, next.Parts), items); err != nil {
		return err
	}
	next.Parts++
	if err := tx.ShelfPut(importShelf, next.ID, next); err != nil {
		return err
	}
	w.imp = next // should the commit fail now, the import is undone by what lies on the shelf
	return nil
}

func partKey(id string, part int) string { return fmt.Sprintf("%s/%06d", id, part) }

// abandon undoes what a failed import has written so far.
func (d *Desk) abandon(ctx context.Context, v access.Viewer, imp Import, why error) error {
	ctx = context.WithoutCancel(ctx) // the caller's may be what ended
	left, err := d.undo(ctx, v, imp.ID)
	if err != nil {
		return errors.Join(why, fmt.Errorf("undoing an import that failed: %w", err))
	}
	if len(left) > 0 {
		return fmt.Errorf("%w（另有 %d 条没能撤销）", why, len(left))
	}
	return why
}
