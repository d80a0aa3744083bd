package protection

import (
	"fmt"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// The registers of foster care (decree 54 of the Ministry of Civil Affairs).
const (
	FosterHomes  = "child.fosterhome"
	Fosters      = "child.foster"
	FosterVisits = "child.fostervisit"
)

// Behaviours are what the registers of child protection do.
func Behaviours() []record.Behaviour {
	return []record.Behaviour{
		{Register: Fosters, Check: checkFoster},
		{Register: FosterVisits, Derive: deriveFrom("foster", Fosters), Check: sameChild("foster", Fosters), After: afterFosterVisit},
		{Register: Guardcares, Derive: deriveGuardcare, Guard: guardGuardcare},
		{Register: Visits, After: afterVisit},
		{Register: Hazards, Derive: deriveHazard, After: afterHazard},
		{Register: Adoptions, Derive: deriveAdoption},
		{Register: "child.transition", Derive: deriveFrom("foster", Fosters), Check: sameChild("foster", Fosters)},
		{Register: Nutritions, Check: checkPacks, After: afterPacks},
		{Register: Stocks, Derive: deriveStock},
		{Register: Tasks, After: afterTask},
		{Register: Insurances, Check: checkInsurance},
		{Register: Leavings, Derive: deriveFrom("file", Files), Check: sameChild("file", Files), After: afterLeaving},
		{Register: Covers, Derive: deriveFrom("orphan", Orphans), Check: sameChild("orphan", Orphans), After: afterCover},
	}
}

// checkFoster asks, when a child is to come to a home, whether the home has
// been approved and trained and has room (decree 54, article 9).
func checkFoster(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	if !r.Open() || before != nil && before.Text("home") == r.Text("home") && before.Open() || r.RefID("home") == 0 {
		return nil, nil
	}
	home, err := tx.AsOffice().Open(record.Ref{Register: FosterHomes, ID: r.RefID("home")})
	if err != nil {
		return nil, err
	}
	refuse := func(text string) ([]record.Problem, error) {
		return []record.Problem{{Field: "home", Label: "寄养家庭", Text: text, Link: "/r/" + home.Ref.String()}}, nil
	}
	if home.Step != "ready" {
		return refuse("这个家庭现在是“" + home.StepLabel() + "”，审核通过并完成培训后才能寄养")
	}
	most, err := tx.Book().Policy().Integer("child.foster.most", tx.Today())
	if err != nil {
		return nil, fmt.Errorf("counting the children of a foster home: %w", err)
	}
	placed, err := tx.AsOffice().Children(Fosters, home.Ref)
	if err != nil {
		return nil, err
	}
	n := int64(0)
	for _, other := range placed {
		if other.ID != r.ID && other.Open() {
			n++
		}
	}
	if n >= most {
		return refuse(fmt.Sprintf("这个家庭已寄养%d名儿童，最多%d名；请另选家庭", n, most))
	}
	return nil, nil
}

// afterFosterVisit counts the visits of the placement anew.
func afterFosterVisit(tx *record.Tx, r, _ *record.Record, _ string) error {
	ref := record.Ref{Register: Fosters, ID: r.RefID("foster")}
	visits, err := tx.AsOffice().Children(FosterVisits, ref)
	if err != nil {
		return err
	}
	seen, last := map[uint64]bool{}, ""
	for _, v := range visits {
		seen[v.ID], last = true, max(last, v.Text("date"))
	}
	return tell(tx, ref, register.Values{"visits": float64(len(seen)), "last_visit": last})
}
