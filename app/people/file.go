package people

import (
	"strconv"
	"strings"

	"jiezhen/app/record"
	"jiezhen/app/value"
)

func fileBehaviour() record.Behaviour {
	return record.Behaviour{Register: record.Persons, Derive: deriveFile, Check: checkFile, Keys: fileKeys}
}

// deriveFile brings the name into its stored form, fills what an identity
// number says and is still empty, and gives a child without a document a
// temporary number.
func deriveFile(tx *record.Tx, r *record.Record) error {
	if name, err := value.ParseName(r.Text(fieldName)); err == nil {
		r.Values[fieldName] = name
	}
	if card, ok := cardOf(tx, r); ok {
		fill(r, fieldBirth, string(card.Birth))
		fill(r, fieldSex, card.Sex)
	}
	return giveTemporary(tx, r)
}

// cardOf reads the identity number where the document is one that carries
// birth and sex.
func cardOf(tx *record.Tx, r *record.Record) (value.IDCard, bool) {
	number := documentNumber(r)
	if number == "" || !value.CarriesBirth(r.Text(fieldDocument)) {
		return value.IDCard{}, false
	}
	card, err := value.ParseIDCard(number, tx.Today())
	return card, err == nil // what is no such number has been refused where it was typed
}

func fill(r *record.Record, field, v string) {
	if r.Text(field) == "" && has(r.Def, field) && v != "" {
		r.Values[field] = v
	}
}

// temporary numbers: L, town, year, serial.
const temporaryDigits = 5

func giveTemporary(tx *record.Tx, r *record.Record) error {
	if documentNumber(r) != "" || r.Text(fieldTemporary) != "" || !has(r.Def, fieldTemporary) {
		return nil
	}
	town, year := "000", strconv.Itoa(tx.Today().Year())
	if len(r.Town) >= 3 {
		town = r.Town[len(r.Town)-3:]
	}
	head := "L-" + town + "-" + year
	n, err := tx.NextSerial("temporary " + head)
	if err != nil {
		return err
	}
	serial := strconv.FormatUint(n, 10)
	r.Values[fieldTemporary] = head + "-" + strings.Repeat("0", max(temporaryDigits-len(serial), 0)) + serial
	return nil
}

func checkFile(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	out := documentProblems(r.Text(fieldDocument), documentNumber(r), tx.Today())
	out = append(out, mismatches(tx, r)...)
	out = append(out, lifeProblems(tx, r)...)
	if yes(r, fieldProtected) && len([]rune(strings.TrimSpace(r.Text(fieldWhy)))) < leastReason && has(r.Def, fieldWhy) {
		out = append(out, record.Problem{Field: fieldWhy, Label: "保护理由", Text: "列为受保护对象要写明理由，至少4个字"})
	}
	if before == nil || !minor(tx.Book(), r, tx.Today()) {
		return out, nil
	}
	guardians, err := GuardiansTx(tx, r.ID, tx.Today())
	if err == nil && len(guardians) == 0 {
		out = append(out, record.Problem{Field: fieldBirth, Label: "监护人", Text: "未成年人还没有登记监护人，请在“家庭关系”里登记", Warn: true})
	}
	return out, err
}

// documentProblems judges a number by the kind of document that it stands on;
// a kind not given is taken for an identity card.
func documentProblems(kind, number string, today value.Date) []record.Problem {
	if number == "" {
		return nil
	}
	if kind == documentNone {
		return []record.Problem{{Field: fieldNumber, Label: "证件号码", Text: "证件类型选了“无证件”，不能再填号码；有证件的请改选证件类型"}}
	}
	if kind == "" {
		kind = documentIdentity
	}
	if _, _, err := value.ParseDocument(kind, number, today); err != nil {
		return []record.Problem{{Field: fieldNumber, Label: "证件号码", Text: err.Error() + "；不是这种证件的，请改选证件类型"}}
	}
	return nil
}

// mismatches are where the identity number says otherwise than the form. It
// warns, and refuses only while nobody has written why (facts 0.4, D1).
func mismatches(tx *record.Tx, r *record.Record) []record.Problem {
	card, ok := cardOf(tx, r)
	if !ok {
		return nil
	}
	var out []record.Problem
	explained := !has(r.Def, fieldExplained) || strings.TrimSpace(r.Text(fieldExplained)) != ""
	if birth := r.Text(fieldBirth); birth != "" && birth != string(card.Birth) {
		out = append(out, record.Problem{Field: fieldBirth, Label: "出生日期", Warn: explained,
			Text: "与证件号码里的" + card.Birth.Chinese() + "不一致，请核对；属实的请在“证件说明”里写明原因"})
	}
	if sex := r.Text(fieldSex); (sex == male || sex == female) && sex != card.Sex {
		out = append(out, record.Problem{Field: fieldSex, Label: "性别", Warn: explained,
			Text: "与证件号码第17位不一致，请核对；属实的请在“证件说明”里写明原因"})
	}
	return out
}

func lifeProblems(tx *record.Tx, r *record.Record) []record.Problem {
	var out []record.Problem
	birth, died := r.Date(fieldBirth), r.Date(fieldDied)
	if birth > tx.Today() {
		out = append(out, record.Problem{Field: fieldBirth, Label: "出生日期", Text: "不能晚于今天"})
	}
	if died != "" && (died > tx.Today() || died < birth) {
		out = append(out, record.Problem{Field: fieldDied, Label: "死亡日期", Text: "不能晚于今天，也不能早于出生日期"})
	}
	return out
}

// gone reports whether someone is dead or declared missing on a day.
func gone(r *record.Record, at value.Date) bool {
	if died := r.Date(fieldDied); died != "" && at != "" {
		return died <= at
	}
	switch r.Text(fieldLife) {
	case lifeDead, lifeDeclared, lifeMissing:
		return true
	}
	return false
}
