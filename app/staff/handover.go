package staff

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// The register of hand-overs and the fields that this package fills.
const (
	handOvers       = "office.handover"
	fieldFrom       = "from"
	fieldReason     = "reason"
	fieldLastDay    = "last_day"
	fieldItems      = "items"
	fieldRestricted = "restricted"
	actionFinish    = "finish"
)

// batchMost is the most records moved in one transaction.
const batchMost = 500

// Outcome is how far a hand-over got.
type Outcome struct {
	Record     record.Ref // the office.handover record, from which the sheet is printed
	Moved      int
	Failed     []Failure // still in the old hands: to be mended, then run again
	DraftsLeft int       // unsent forms that nobody could be given
}

// Failure is a record that could not be moved, and why.
type Failure struct {
	Item
	Why string
}

// HandOver moves everything that a user is in charge of to others, writes the
// list for the printed sheet into an office.handover record and, when the plan
// names a last day, ends the account after it. It goes in transactions of at
// most 500 records. One that was cut short goes on when it is called again for
// the same user: the first plan counts, and no second list is made.
func (d *Desk) HandOver(ctx context.Context, v access.Viewer, p Plan) (Outcome, error) {
	if err := mayPlan(v, p.From); err != nil {
		return Outcome{}, err
	}
	s, err := d.planned(ctx, p.From)
	if err != nil {
		return Outcome{}, err
	}
	if s == nil || s.Done {
		if s, err = d.plan(ctx, v, p.store(v)); err != nil {
			return Outcome{}, err
		}
	}
	return d.carryOut(ctx, s)
}

// planned reads the plan kept for a user, nil when there is none.
func (d *Desk) planned(ctx context.Context, from uint64) (*stored, error) {
	var s stored
	ok, err := d.book.Shelf(planShelf).Get(ctx, planKey(from), &s)
	if err != nil {
		return nil, fmt.Errorf("reading a hand-over: %w", err)
	}
	if !ok {
		return nil, nil
	}
	return &s, nil
}

func planKey(user uint64) string { return strconv.FormatUint(user, 10) }

// plan checks the plan and writes it with its list, in one transaction.
func (d *Desk) plan(ctx context.Context, v access.Viewer, s stored) (*stored, error) {
	err := d.book.Change(ctx, v, "工作交接", func(tx *record.Tx) error {
		if err := d.checkPlan(tx, v, s); err != nil {
			return err
		}
		items, restricted, err := d.survey(tx, s)
		if err != nil {
			return err
		}
		r, err := tx.AsOffice().Create(record.Draft{Register: handOvers, Values: sheet(tx, s, items, restricted)})
		if err != nil {
			return fmt.Errorf("writing the hand-over sheet: %w", err)
		}
		s.Record = r.ID
		return tx.ShelfPut(planShelf, planKey(s.From), s)
	})
	if err != nil {
		return nil, err
	}
	return &s, nil
}

// sheet is what the printed sheet shows.
func sheet(tx *record.Tx, s stored, items []Item, restricted int) register.Values {
	rows := make([]map[string]any, 0, len(items))
	for _, it := range items {
		row := map[string]any{"register": it.Title, "number": it.Number, "subject": it.Subject,
			"step": it.Step, "due": string(it.Due), "to": planKey(it.To)}
		for k, v := range row {
			if v == "" {
				delete(row, k)
			}
		}
		rows = append(rows, row)
	}
	values := register.Values{fieldFrom: planKey(s.From), fieldReason: s.Reason}
	if s.LastDay != "" {
		values[fieldLastDay] = string(s.LastDay)
	}
	if len(rows) > 0 {
		values[fieldItems] = rows
	}
	if restricted > 0 {
		values[fieldRestricted] = float64(restricted)
	}
	return values
}

// carryOut moves what is left to move, then closes the hand-over.
func (d *Desk) carryOut(ctx context.Context, s *stored) (Outcome, error) {
	out := Outcome{Record: record.Ref{Register: handOvers, ID: s.Record}}
	failed := map[record.Ref]string{}
	for {
		n, err := d.moveSome(ctx, s, failed)
		if err != nil {
			return out, err
		}
		if n == 0 {
			break
		}
	}
	if s.LastDay != "" {
		if err := d.refuseOffers(ctx, s); err != nil {
			return out, err
		}
	}
	var err error
	if out.DraftsLeft, err = d.moveDrafts(ctx, s); err != nil {
		return out, err
	}
	if len(failed) > 0 {
		out.Moved = s.Moved
		return out, d.unfinished(ctx, s, failed, &out)
	}
	err = d.close(ctx, s)
	out.Moved = s.Moved
	return out, err
}

// moveSome moves the next batch and says how many records it held.
func (d *Desk) moveSome(ctx context.Context, s *stored, failed map[record.Ref]string) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("handing work over: %w", err)
	}
	moves, err := d.nextMoves(ctx, s, failed)
	if err != nil || len(moves) == 0 {
		return 0, err
	}
	return len(moves), d.move(ctx, s, moves, failed)
}

// handed is a record and who takes it.
type handed struct {
	ref record.Ref
	to  uint64
}

// nextMoves finds records still in the old hands, passing over those that
// could not be moved.
func (d *Desk) nextMoves(ctx context.Context, s *stored, failed map[record.Ref]string) ([]handed, error) {
	var moves []handed
	planner, err := d.planner(ctx, s)
	if err != nil {
		return nil, err
	}
	err = d.book.View(ctx, planner, func(tx *record.Tx) error {
		who := d.takers(tx, s.From)
		return eachOwned(tx, s.From, func(r *record.Record) (bool, error) {
			if _, ok := failed[r.Ref]; ok {
				return true, nil
			}
			to := s.taker(r, sealedFrom(tx, r))
			why, err := who.wrong(to, r.Def)
			if err != nil {
				return false, err
			}
			if why != "" {
				failed[r.Ref] = why
				return true, nil
			}
			moves = append(moves, handed{r.Ref, to})
			return len(moves) < batchMost, nil
		})
	})
	return moves, err
}

// planner is whoever made the plan, with the rights of today; the office when
// that was the office or the account is gone.
func (d *Desk) planner(ctx context.Context, s *stored) (access.Viewer, error) {
	if s.By == 0 {
		return access.Office(), nil
	}
	var v access.Viewer
	err := d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
		r, err := byID(tx, s.By)
		if err != nil {
			return err
		}
		v = d.viewer(r, d.clock())
		return nil
	})
	return v, err
}

// move gives records to their takers in one transaction. When one refuses, the
// batch is halved until that one is alone: the others move all the same.
func (d *Desk) move(ctx context.Context, s *stored, moves []handed, failed map[record.Ref]string) error {
	done := *s
	err := d.book.Change(ctx, as(s.By, s.ByName), "工作交接："+s.Reason, func(tx *record.Tx) error {
		done = *s
		for _, m := range moves {
			if err := give(tx, &done, m); err != nil {
				return err
			}
		}
		return tx.ShelfPut(planShelf, planKey(s.From), done)
	})
	if err == nil {
		*s = done
		return nil
	}
	refusal, ok := record.AsRefusal(err)
	if !ok {
		return fmt.Errorf("handing work over: %w", err)
	}
	if len(moves) == 1 {
		failed[moves[0].ref] = refusal.Error()
		return nil
	}
	half := len(moves) / 2
	if err := d.move(ctx, s, moves[:half], failed); err != nil {
		return err
	}
	return d.move(ctx, s, moves[half:], failed)
}

// give puts one record into new hands, unless someone else has done so or it
// has ended since it was listed.
func give(tx *record.Tx, s *stored, m handed) error {
	r, err := tx.Open(m.ref)
	if err != nil || r.Owner != s.From || !r.Open() {
		return err
	}
	if _, err := tx.Assign(m.ref, r.Rev, m.to, s.Reason); err != nil {
		return err
	}
	s.Moved++
	return nil
}

// refuseOffers sends back what has been offered to someone who leaves.
func (d *Desk) refuseOffers(ctx context.Context, s *stored) error {
	return d.book.Change(ctx, as(s.By, s.ByName), "工作交接："+s.Reason, func(tx *record.Tx) error {
		rows, err := tx.Incoming(s.From)
		if err != nil {
			return err
		}
		for _, r := range rows {
			for _, t := range r.Transfers {
				if t.Kind != "transfer" || t.State != "pending" || t.To != s.From {
					continue
				}
				if _, err := tx.Answer(r.Ref, 0, t.ID, "rejected", "接手人离岗，请另选"); err != nil {
					return fmt.Errorf("sending back a transfer: %w", err)
				}
			}
		}
		return nil
	})
}

// moveDrafts gives unsent forms to whoever takes the rest, so that nothing
// typed is lost. A form that the taker has open too, or may not use, stays.
func (d *Desk) moveDrafts(ctx context.Context, s *stored) (left int, err error) {
	drafts, err := d.book.Drafts(ctx, s.From)
	if err != nil {
		return 0, err
	}
	for _, k := range drafts {
		ok, err := d.takesDraft(ctx, s.To, k.Form)
		if err != nil {
			return left, err
		}
		if !ok {
			left++
			continue
		}
		if err := d.book.KeepDraft(ctx, s.To, k); err != nil {
			return left, err
		}
		if err := d.book.DropDraft(ctx, s.From, k.Form); err != nil {
			return left, err
		}
	}
	return left, nil
}

func (d *Desk) takesDraft(ctx context.Context, to uint64, form string) (bool, error) {
	if _, taken, err := d.book.DraftOf(ctx, to, form); err != nil || taken {
		return false, err
	}
	rest, _ := strings.CutPrefix(form, "/r/")
	reg, _, _ := strings.Cut(rest, "/")
	def, ok := d.book.Registers().Get(reg)
	if !ok {
		return false, nil
	}
	may := false
	err := d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
		who := d.takers(tx, 0)
		why, err := who.wrong(to, def)
		may = why == ""
		return err
	})
	return may, err
}

// unfinished names everything that could not be moved.
func (d *Desk) unfinished(ctx context.Context, s *stored, failed map[record.Ref]string, out *Outcome) error {
	refusal := &record.Refusal{Code: record.CodeInvalid, Ref: out.Record,
		Text: fmt.Sprintf("还有 %d 件没有交接成，补正后请再办一次", len(failed))}
	planner, err := d.planner(ctx, s)
	if err != nil {
		return err
	}
	err = d.book.View(ctx, planner, func(tx *record.Tx) error {
		for ref, why := range failed {
			r, err := tx.AsOffice().Open(ref)
			if err != nil {
				return err
			}
			if sealedFrom(tx, r) {
				refusal.Problems = append(refusal.Problems, record.Problem{Label: "受限记录", Text: "请另选有相应岗位的接手人"})
				continue
			}
			it := itemOf(tx, r)
			out.Failed = append(out.Failed, Failure{it, why})
			refusal.Problems = append(refusal.Problems, record.Problem{Label: it.Title + " " + it.Number, Text: why,
				Link: "/r/" + ref.Register + "/" + planKey(ref.ID)})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return refusal
}

// close ends the hand-over: nothing may be left in the old hands.
func (d *Desk) close(ctx context.Context, s *stored) error {
	done := *s
	done.Done = true
	err := d.book.Change(ctx, as(s.By, s.ByName), "工作交接："+s.Reason, func(tx *record.Tx) error {
		if s.LastDay != "" {
			last := register.Values{fieldUntil: string(s.LastDay)}
			if _, err := tx.AsOffice().Save(record.Ref{Register: record.Users, ID: s.From}, 0, last); err != nil {
				return err
			}
		}
		ref := record.Ref{Register: handOvers, ID: s.Record}
		if err := finishSheet(tx.AsOffice(), ref); err != nil {
			return err
		}
		facts := map[string]any{"moved": fmt.Sprint(s.Moved), "sheet": ref.String()}
		if err := tx.Event("handover", record.Ref{Register: record.Users, ID: s.From}, facts); err != nil {
			return err
		}
		return tx.ShelfPut(planShelf, planKey(s.From), done)
	})
	if err != nil {
		return fmt.Errorf("closing a hand-over: %w", err)
	}
	*s = done
	if s.LastDay != "" && s.LastDay < d.book.Today() {
		return d.EndAll(ctx, s.From)
	}
	return nil
}

// finishSheet takes the register's closing action, where it has one.
func finishSheet(tx *record.Tx, ref record.Ref) error {
	r, err := tx.Open(ref)
	if err != nil {
		return err
	}
	if _, ok := r.Def.Action(actionFinish); !ok || !r.Open() {
		return nil
	}
	_, err = tx.Do(ref, r.Rev, actionFinish, record.Input{})
	return err
}
