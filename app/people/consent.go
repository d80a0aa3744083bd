package people

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// consentBehaviour: a slip is what somebody signed. It is never edited; a new
// one takes its place from its own day on, and it can be withdrawn once.
func consentBehaviour() record.Behaviour {
	return record.Behaviour{Register: consentRegister, Check: checkConsent}
}

func checkConsent(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	var out []record.Problem
	if from, until := r.Date(consentFrom), r.Date(consentUntil); until != "" && until < from {
		out = append(out, record.Problem{Field: consentUntil, Label: "有效期", Text: "不能早于签署日期"})
	}
	if before == nil {
		return out, nil
	}
	for _, f := range r.Def.Fields {
		if f.ID == consentWithdrawn && before.Text(consentWithdrawn) == "" {
			continue
		}
		if !reflect.DeepEqual(r.Values[f.ID], before.Values[f.ID]) {
			return append(out, record.Problem{Field: f.ID, Label: f.Label, Text: "已签的同意书不能修改，请另立一份，新的自签署之日起代替旧的"}), nil
		}
	}
	return out, nil
}

// Withheld gives the fields of a person's data that may not be passed on for
// a purpose on a day, as the slip in force then says; "" asks for any
// purpose. Without a slip nothing is withheld beyond what rights and masks
// hide: the office's own legal duties need no consent (PIPL art. 13, 34).
func (d *Desk) Withheld(ctx context.Context, person uint64, at value.Date, purpose string) ([]string, error) {
	var out []string
	err := d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
		var err error
		out, err = withheld(tx, person, at, purpose)
		return err
	})
	return out, err
}

// WithheldTx is Withheld inside a transaction, for any purpose.
func (d *Desk) WithheldTx(tx *record.Tx, person uint64, at value.Date) ([]string, error) {
	return withheld(tx, person, at, "")
}

func withheld(tx *record.Tx, person uint64, at value.Date, purpose string) ([]string, error) {
	slip, err := slipInForce(tx.AsOffice(), person, at, purpose)
	if err != nil || slip == nil {
		return nil, err
	}
	fields, _ := slip.Values[consentWithheld].([]string)
	return fields, nil
}

// slipInForce is the newest slip that covers the day and the purpose.
func slipInForce(tx *record.Tx, person uint64, at value.Date, purpose string) (*record.Record, error) {
	if _, ok := tx.Book().Registers().Get(consentRegister); !ok {
		return nil, nil
	}
	rows, err := tx.Find(consentRegister, "person", idText(person))
	if err != nil {
		return nil, fmt.Errorf("reading consent slips: %w", err)
	}
	var best *record.Record
	for _, r := range rows {
		if r.Subject != person || !covers(r, at, purpose) {
			continue
		}
		if best == nil || r.Date(consentFrom) > best.Date(consentFrom) || r.Date(consentFrom) == best.Date(consentFrom) && r.ID > best.ID {
			best = r
		}
	}
	return best, nil
}

// covers reports whether a slip was in force on a day for a purpose, a word of
// the slip's own text such as 转介. One that
// was withdrawn withholds still: what may not be shared was said, and to share
// takes a new slip.
func covers(r *record.Record, at value.Date, purpose string) bool {
	if at != "" && (r.Date(consentFrom) > at || r.Date(consentUntil) != "" && r.Date(consentUntil) < at) {
		return false
	}
	return purpose == "" || strings.Contains(r.Text(consentPurpose), purpose)
}
