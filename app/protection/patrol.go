package protection

import (
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// The registers of patrols around schools and of what they find.
const (
	Patrols = "child.patrol"
	Hazards = "child.hazard"
)

// deriveHazard takes the community over from the patrol.
func deriveHazard(tx *record.Tx, r *record.Record) error {
	if r.RefID("community") != 0 || r.RefID("patrol") == 0 {
		return nil
	}
	p, err := tx.AsOffice().Open(record.Ref{Register: Patrols, ID: r.RefID("patrol")})
	if err != nil {
		return err
	}
	if c := p.Text("community"); c != "" {
		r.Values["community"] = c
	}
	return nil
}

// afterHazard tells the patrol how many hazards have been recorded, and how
// many are mended: it closes only when all are.
func afterHazard(tx *record.Tx, r, _ *record.Record, _ string) error {
	ref := record.Ref{Register: Patrols, ID: r.RefID("patrol")}
	if ref.ID == 0 {
		return nil
	}
	all, err := tx.AsOffice().Children(Hazards, ref)
	if err != nil {
		return err
	}
	seen, mended := map[uint64]bool{}, 0
	for _, h := range all {
		if !seen[h.ID] && h.Step == "closed" {
			mended++
		}
		seen[h.ID] = true
	}
	return tell(tx, ref, register.Values{"hazards": float64(len(seen)), "mended": float64(mended)})
}
