package demo

import (
	"context"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// writeRest puts the office into the state of a working day: work offered to
// colleagues, clocks that stand still, orders that wait, papers issued, last month kept.
func (f *filler) writeRest(ctx context.Context) error {
	officer := f.users["child.officer"]
	err := f.office.Book.Change(ctx, officer, "在办事项", func(tx *record.Tx) error {
		for _, w := range f.wards {
			if err := f.unsettle(tx, w); err != nil {
				return err
			}
		}
		return f.order(tx)
	})
	if err != nil {
		return err
	}
	if err := f.issue(ctx); err != nil {
		return err
	}
	return f.writeReturns(ctx)
}

func (f *filler) unsettle(tx *record.Tx, w *ward) error {
	ref := record.Ref{Register: "child.case", ID: w.cas}
	switch w.scene {
	case handing:
		to := f.users["child.supervisor"]
		if f.handler(w).User == to.User {
			to = f.users["child.officer"]
		}
		_, err := tx.Transfer(ref, 0, to.User, "本人休假两周，请代为跟进")
		return err
	case paused:
		_, err := tx.Pause(ref, 0, record.Pause{From: f.today.AddDays(-6), Reason: "随祖父回原籍探亲，预计一个月后返回", By: f.handler(w).User})
		return err
	}
	return nil
}

// order leaves a change order that waits for a second person, and a consent
// slip.
func (f *filler) order(tx *record.Tx) error {
	child, guardian := f.cast["P11"], f.people.all[f.cast["aunt"]]
	_, err := tx.Create(record.Draft{Register: "person.change", Subject: guardian.id, Quiet: true, Values: register.Values{"field": "bank_account",
		"new": "6222000000000000012", "reason": "原卡丢失，已补办", "proof": "新银行卡原件"}})
	if err != nil {
		return err
	}
	_, err = tx.Create(record.Draft{Register: "person.consent", Subject: f.people.all[child].id, Created: "2026-01-13", Quiet: true, Values: register.Values{
		"purpose": "困境儿童保障与个案帮扶", "kinds": "身份、就学、健康信息", "withheld": []string{"health_note"}, "signer": guardian.name,
		"signer_relation": "90", "signer_tail": guardian.number[14:], "from": "2026-01-13"}})
	return err
}

// papersIssued is how many cases and files get a paper.
const papersIssued = 4

// issue prints a few papers under numbers; a record that a paper finds
// incomplete is passed over.
func (f *filler) issue(ctx context.Context) error {
	done := 0
	for _, w := range f.wards {
		if done >= papersIssued {
			return nil
		}
		if w.file == 0 || w.served == "" {
			continue
		}
		def, _ := f.office.Book.Registers().Get("child.file")
		for _, id := range def.Papers {
			_, _, err := f.office.Papers.Issue(ctx, f.handler(w), record.Ref{Register: def.ID, ID: w.file}, id)
			if _, refused := record.AsRefusal(err); err != nil && !refused {
				return err
			}
			if err == nil {
				done++
			}
		}
		f.opt.Progress("出具文书", done, papersIssued)
	}
	return nil
}
