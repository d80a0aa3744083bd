package people

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/embedstore"
)

// MergeOrder asks for two files of one person to become one.
type MergeOrder struct {
	Keep, Drop uint64   // persons
	Take       []string // fields whose value comes from the dropped file
	Reason     string
}

// Secrets of a merge's record: what it works with but never shows.
const (
	secretTake     = "take"     // fields taken from the dropped file
	secretSnapshot = "snapshot" // id of the frozen mergeSnapshot
)

// noteLeft is the kind of the note that says what an undo left as it was.
const noteLeft = "未能恢复"

// mergeSnapshot is what a merge found and did, so that it can be undone.
// FORMAT: CBOR of this struct, version 1, frozen with the merge's record.
type mergeSnapshot struct {
	Version    int
	Keep, Drop record.Snapshot   // before the merge
	Kept       record.Snapshot   // the kept file after it
	Places     []record.Pointing // references that were moved
}

const snapshotVersion = 1

// Merge asks for a merge; it takes effect when a second person approves it
// (action approve of its record). Both files must be open to the viewer.
func (d *Desk) Merge(ctx context.Context, v access.Viewer, o MergeOrder) (*record.Record, error) {
	reason, err := reasonable(o.Reason, "合并")
	if err != nil {
		return nil, err
	}
	var order *record.Record
	err = d.book.Change(ctx, v, "申请合并主档："+reason, func(tx *record.Tx) error {
		for _, id := range []uint64{o.Keep, o.Drop} {
			if _, err := tx.Open(record.Ref{Register: record.Persons, ID: id}); err != nil {
				return err
			}
		}
		draft := record.Draft{Register: mergeRegister, Values: register.Values{mergeKeep: idText(o.Keep), mergeDrop: idText(o.Drop),
			mergeReason: reason}, Secrets: map[string]string{secretTake: strings.Join(o.Take, ",")}}
		order, err = tx.Create(draft)
		return err
	})
	return order, err
}

// ApproveMerge lets a second person carry out a merge that was asked for.
func (d *Desk) ApproveMerge(ctx context.Context, v access.Viewer, order record.Ref, note string) error {
	return d.book.Change(ctx, v, "批准合并主档", func(tx *record.Tx) error {
		_, err := tx.Do(order, 0, mergeApprove, record.Input{Note: note})
		return err
	})
}

// Undo takes a merge back: both files stand as before and every reference
// that was moved moves back. What has been changed since is left as it is and
// named in the answer.
func (d *Desk) Undo(ctx context.Context, v access.Viewer, order record.Ref, reason string) (left []string, err error) {
	if reason, err = reasonable(reason, "撤销合并"); err != nil {
		return nil, err
	}
	err = d.book.Change(ctx, v, "撤销合并主档："+reason, func(tx *record.Tx) error {
		r, err := tx.Do(order, 0, mergeUndo, record.Input{Note: reason})
		if err != nil {
			return err
		}
		notes, err := tx.NotesOf(r)
		for _, n := range notes {
			if n.Kind == noteLeft {
				left = strings.Split(n.Text, "\n")
				break
			}
		}
		return err
	})
	return left, err
}

func mergeBehaviour() record.Behaviour {
	return record.Behaviour{Register: mergeRegister, Check: checkMerge, Guard: guardMerge,
		After: func(tx *record.Tx, r, _ *record.Record, action string) error {
			switch action {
			case mergeApprove:
				return applyMerge(tx.AsOffice(), r)
			case mergeUndo:
				return undoMerge(tx.AsOffice(), r)
			}
			return nil
		}}
}

func checkMerge(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	if before != nil {
		return nil, nil
	}
	return mergeProblems(tx, r)
}

// guardMerge asks again when the merge is carried out: the files may have
// changed since it was asked for.
func guardMerge(tx *record.Tx, r *record.Record, a *register.Action) ([]record.Problem, error) {
	switch a.ID {
	case mergeApprove:
		return mergeProblems(tx, r)
	case mergeUndo:
		return undoProblems(tx, r)
	}
	return nil, nil
}

func mergeProblems(tx *record.Tx, r *record.Record) ([]record.Problem, error) {
	keep, drop := r.RefID(mergeKeep), r.RefID(mergeDrop)
	if keep == 0 || drop == 0 {
		return nil, nil // the form says that they are missing
	}
	if keep == drop {
		return []record.Problem{{Field: mergeDrop, Label: "并入的主档", Text: "两份主档是同一份，请重新选定"}}, nil
	}
	var out []record.Problem
	for field, id := range map[string]uint64{mergeKeep: keep, mergeDrop: drop} {
		p, err := load(tx, id)
		if err != nil {
			return nil, err
		}
		if merged(p) {
			out = append(out, record.Problem{Field: field, Text: "这份主档已并入另一份，请选现用的主档"})
		}
	}
	apart, err := distinct(tx, keep, drop)
	if err != nil {
		return nil, err
	}
	if apart {
		out = append(out, record.Problem{Field: mergeDrop, Text: "两人已认定不是同一人，不能合并；认定有误的请联系科室负责人"})
	}
	more, err := takeProblems(tx, r)
	return append(out, more...), err
}

// takeProblems finds choices that don't go together, such as one file's number
// with the other's date of birth, when the merge is asked for.
func takeProblems(tx *record.Tx, r *record.Record) ([]record.Problem, error) {
	keep, err := load(tx, r.RefID(mergeKeep))
	if err != nil {
		return nil, err
	}
	drop, err := load(tx, r.RefID(mergeDrop))
	if err != nil {
		return nil, err
	}
	joined := *keep
	joined.Values = keep.Values.Clone()
	for _, field := range taken(r) {
		if _, ok := drop.Def.Field(field); !ok {
			return []record.Problem{{Field: mergeDrop, Text: "主档没有“" + field + "”这一项，请重新选择"}}, nil
		}
		joined.Values[field] = drop.Values[field]
	}
	return append(mismatches(tx, &joined), lifeProblems(tx, &joined)...), nil
}

// taken are the fields whose value comes from the dropped file.
func taken(order *record.Record) []string {
	return strings.FieldsFunc(order.Secrets[secretTake], func(r rune) bool { return r == ',' })
}

func undoProblems(tx *record.Tx, r *record.Record) ([]record.Problem, error) {
	keep, err := load(tx, r.RefID(mergeKeep))
	if err != nil {
		return nil, err
	}
	if merged(keep) {
		return []record.Problem{{Field: mergeKeep, Text: "保留的主档其后又并入了另一份，请先撤销后一次合并"}}, nil
	}
	return nil, nil
}

// applyMerge does everything in the transaction of the approval. The dropped
// file gives up what may exist only once before the kept one takes it.
func applyMerge(tx *record.Tx, order *record.Record) error {
	keep, drop := personRef(order, mergeKeep), personRef(order, mergeDrop)
	s := mergeSnapshot{Version: snapshotVersion}
	var err error
	if s.Keep, err = tx.Snapshot(keep); err != nil {
		return err
	}
	if s.Drop, err = tx.Snapshot(drop); err != nil {
		return err
	}
	if s.Places, err = tx.Pointings(drop.ID, mergeRegister); err != nil {
		return err
	}
	link := record.Link{Kind: linkMerged, To: keep}
	move := record.Move{Action: "merge", Label: "并入另一份主档", Note: order.Text(mergeReason)}
	if _, err := tx.Retire(drop, stepMerged, link, move); err != nil {
		return fmt.Errorf("retiring the merged file: %w", err)
	}
	if err := takeValues(tx, order, keep, drop); err != nil {
		return err
	}
	if _, err := tx.Repoint(s.Places, drop.ID, keep.ID); err != nil {
		return err
	}
	if s.Kept, err = tx.Snapshot(keep); err != nil {
		return err
	}
	return keepSnapshot(tx, order, s)
}

func personRef(r *record.Record, field string) record.Ref {
	return record.Ref{Register: record.Persons, ID: r.RefID(field)}
}

// takeValues gives the kept file the values that were chosen from the other.
func takeValues(tx *record.Tx, order *record.Record, keep, drop record.Ref) error {
	take := taken(order)
	if len(take) == 0 {
		return nil
	}
	from, err := tx.Open(drop)
	if err != nil {
		return err
	}
	values := register.Values{}
	for _, field := range take {
		values[field] = from.Values[field]
	}
	_, err = tx.SaveKeys(keep, 0, values)
	return err
}

func keepSnapshot(tx *record.Tx, order *record.Record, s mergeSnapshot) error {
	data, err := embedstore.Encode(s)
	if err != nil {
		return fmt.Errorf("keeping the merged files: %w", err)
	}
	id, err := tx.Freeze(order.Ref, data)
	if err != nil {
		return fmt.Errorf("keeping the merged files: %w", err)
	}
	sealed, err := tx.Seal(order.Ref, 0, map[string]string{secretSnapshot: strconv.FormatUint(id, 10)})
	if err != nil {
		return err
	}
	*order = *sealed
	return nil
}
