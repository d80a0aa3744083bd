package protection

import "jiezhen/app/record"

// Adoptions is the sealed register of help with adoption.
const Adoptions = "child.adoption"

// deriveAdoption takes birth and sex of the adopters over from their files.
func deriveAdoption(tx *record.Tx, r *record.Record) error {
	for field, into := range map[string][2]string{"adopter": {"adopter_birth", "adopter_sex"}, "spouse": {"spouse_birth", ""}} {
		id := r.RefID(field)
		if id == 0 {
			continue
		}
		p, err := tx.Person(id)
		if err != nil {
			return err
		}
		take(r, into[0], p.Text("birth"))
		take(r, into[1], p.Text("sex"))
	}
	return nil
}

func take(r *record.Record, field, text string) {
	if field != "" && text != "" {
		r.Values[field] = text
	}
}
