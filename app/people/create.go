package people

import (
	"context"
	"fmt"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// MatchesError says that there are files which may be the same person. A new
// one is made all the same when a reason is given.
type MatchesError struct{ Matches []Match }

func (e *MatchesError) Error() string {
	return fmt.Sprintf("系统里有%d份主档与此相符，请先核对；确非同一人的，写明理由后再建", len(e.Matches))
}

// noteCreated is the kind of the note that keeps why a file was made although
// others looked alike.
const noteCreated = "另建理由"

// Create makes a person's file. Where others look alike it refuses with a
// *MatchesError unless why says how they were told apart; the reason is kept
// on the file, and the pair goes to the duplicates desk. An identity document
// that is already on file is refused whatever the reason.
func (d *Desk) Create(ctx context.Context, v access.Viewer, values register.Values, why string) (*record.Record, error) {
	var made *record.Record
	reason := "新建人员主档"
	if why != "" {
		var err error
		if why, err = reasonable(why, "已有相符的主档，仍要另建"); err != nil {
			return nil, err
		}
		reason += "：" + why
	}
	err := d.book.Change(ctx, v, reason, func(tx *record.Tx) error {
		var err error
		made, err = tx.Create(record.Draft{Register: record.Persons, Values: values})
		if err != nil {
			return err
		}
		matches, err := lookAlikes(tx, made)
		if err != nil {
			return err
		}
		if len(matches) == 0 {
			return nil
		}
		if why == "" {
			return &MatchesError{matches}
		}
		_, err = tx.AsOffice().AddNote(made.Ref, noteCreated, why)
		return err
	})
	if err != nil {
		return nil, d.taken(ctx, v, err)
	}
	return made, nil
}

// taken says whose document it is that is on file already, as far as the
// viewer may know.
func (d *Desk) taken(ctx context.Context, v access.Viewer, err error) error {
	refusal, ok := record.AsRefusal(err)
	if !ok || refusal.Code != record.CodeTaken || refusal.Ref.Register != record.Persons {
		return err
	}
	text := ""
	look := d.book.View(ctx, v, func(tx *record.Tx) error {
		r, err := load(tx, refusal.Ref.ID)
		if err != nil {
			return err
		}
		if text = placeholder(tx, r); text == "" {
			text = "这个证件号码已登记在“" + record.LabelOf(r) + "”名下，请打开其主档"
		}
		return nil
	})
	if look != nil {
		return look
	}
	return &record.Refusal{Code: record.CodeTaken, Ref: refusal.Ref, Text: text}
}

// lookAlikes are the files that share pairs of facts with a new one, judged
// by the same weights as the duplicates desk.
func lookAlikes(tx *record.Tx, made *record.Record) ([]Match, error) {
	ids, err := alikeIDs(tx, made)
	if err != nil {
		return nil, err
	}
	h := hits{tx: tx, by: map[uint64]*hit{}}
	for _, id := range ids {
		other, err := load(tx, id)
		if err != nil {
			return nil, err
		}
		if l := Alike(made, other); l.Likely() {
			h.by[id] = &hit{id: id, score: l.Score, reasons: l.Reasons}
		}
	}
	return h.matches(matchLimit)
}

// whyMade is the reason with which a file was made although others looked
// alike.
func whyMade(tx *record.Tx, r *record.Record) (string, error) {
	notes, err := tx.NotesOf(r)
	if err != nil {
		return "", fmt.Errorf("reading why a file was made: %w", err)
	}
	for _, n := range notes {
		if n.Kind == noteCreated {
			return n.Text, nil
		}
	}
	return "", nil
}
