package protection

import (
	"fmt"
	"strconv"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// The registers that tell another that something has been begun.
const (
	Files    = "child.file"
	Leavings = "child.leaving"
	Orphans  = "child.orphan"
	Covers   = "child.cover"
)

// deriveFrom fills the field that names the record which this one follows,
// when nobody has: the child's open one.
func deriveFrom(field, reg string) func(*record.Tx, *record.Record) error {
	return func(tx *record.Tx, r *record.Record) error {
		if r.Text(field) != "" || r.Subject == 0 {
			return nil
		}
		list, err := tx.AsOffice().Find(reg, "person", strconv.FormatUint(r.Subject, 10))
		if err != nil {
			return err
		}
		for _, o := range list {
			if o.Subject == r.Subject && o.Open() {
				r.Values[field] = strconv.FormatUint(o.ID, 10)
				return nil
			}
		}
		return nil
	}
}

// sameChild keeps a record to the child of the record that it names.
func sameChild(field, reg string) func(*record.Tx, *record.Record, *record.Record) ([]record.Problem, error) {
	return func(tx *record.Tx, r, _ *record.Record) ([]record.Problem, error) {
		id := r.RefID(field)
		if id == 0 {
			return nil, nil
		}
		other, err := tx.AsOffice().Open(record.Ref{Register: reg, ID: id})
		if err != nil {
			return nil, err
		}
		if other.Subject == r.Subject {
			return nil, nil
		}
		f, _ := r.Def.Field(field)
		return []record.Problem{{Field: field, Label: f.Label, Text: "这是另一名儿童的记录，请重新选择"}}, nil
	}
}

// afterLeaving tells the child's file that its way into adult life is being
// prepared, so that its duty is done.
func afterLeaving(tx *record.Tx, r, _ *record.Record, _ string) error {
	return tell(tx, record.Ref{Register: Files, ID: r.RefID("file")}, register.Values{"leaving_at": r.Text("started_at")})
}

// afterCover tells the recognition what the child's last year of cover holds.
func afterCover(tx *record.Tx, r, _ *record.Record, _ string) error {
	ref := record.Ref{Register: Orphans, ID: r.RefID("orphan")}
	if ref.ID == 0 {
		return nil
	}
	years, err := tx.AsOffice().Children(Covers, ref)
	if err != nil {
		return err
	}
	last := r
	for _, y := range years {
		if number(y, "year") > number(last, "year") {
			last = y
		}
	}
	return tell(tx, ref, register.Values{"cover": covered(last), "cover_year": number(last, "year")})
}

// covered is what a year of cover holds: medical once insured, education once
// it has come or is not needed.
func covered(r *record.Record) string {
	medical := r.Text("insurance") == "insured" || r.Text("insurance") == "subsidised"
	education := r.Text("grant") == "paid" || r.Text("grant") == "na"
	switch {
	case medical && education:
		return "both"
	case medical:
		return "medical"
	case education:
		return "education"
	}
	return "none"
}

func number(r *record.Record, field string) float64 { n, _ := r.Values[field].(float64); return n }

// tell writes what follows into another record while work on it goes on.
func tell(tx *record.Tx, ref record.Ref, values register.Values) error {
	if ref.ID == 0 {
		return nil
	}
	o, err := tx.AsOffice().Open(ref)
	if err != nil || !o.Open() {
		return err
	}
	if err := tx.AsOffice().Imply(ref, values); err != nil {
		return fmt.Errorf("telling %s: %w", ref, err)
	}
	return nil
}
