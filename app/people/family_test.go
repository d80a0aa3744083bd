package people

import (
	"testing"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

func nodeOf(g Graph, id uint64) (Node, bool) {
	for _, n := range g.Nodes {
		if n.Person == id {
			return n, true
		}
	}
	return Node{}, false
}

func edgeOf(g Graph, from, to uint64) (Edge, bool) {
	for _, e := range g.Edges {
		if e.From == from && e.To == to {
			return e, true
		}
	}
	return Edge{}, false
}

func TestFamily(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.settle(t)
	g, err := o.desk.Family(t.Context(), o.officer(t), o.id["P06"], "2026-04-01")
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]Node{
		"P06": {Name: "禹宁川", Age: 11, Sex: male}, "P07": {Name: "禹安禾", Age: 7, Sex: female},
		"P08": {Name: "禹长河", Age: 40, Sex: male, Generation: -1}, "P09": {Name: "邢望春", Age: 38, Sex: female, Generation: -1},
		"P10": {Name: "禹德顺", Age: 73, Sex: male, Generation: -2},
	} {
		want.Person, want.Open = o.id[code], true
		if got, _ := nodeOf(g, want.Person); got != want {
			t.Errorf("%s: %+v, want %+v", code, got, want)
		}
	}
	if e, ok := edgeOf(g, o.id["P06"], o.id["P10"]); !ok || e.Word != "祖父" || e.Back != "孙子" || !e.Guardian || !e.Carer || e.Since != "2024-11-08" {
		t.Errorf("grandfather: %+v", e)
	}
	if e, ok := edgeOf(g, o.id["P06"], o.id["P07"]); !ok || !e.Derived || e.Explanation != "同一父亲" {
		t.Errorf("sister: %+v", e)
	}
	if g.Nodes[0].Person != o.id["P06"] {
		t.Errorf("the graph begins with %+v", g.Nodes[0])
	}
}

func TestSiblingsThroughTheFather(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.settle(t)
	// entered from the father's side: the son is his 独生子's brother
	baby := o.person(t, register.Values{fieldName: "禹小满", fieldBirth: "2023-05-06", fieldSex: male})
	o.relate(t, o.id["P08"], baby, "20", nil)
	g, err := o.desk.Family(t.Context(), o.officer(t), o.id["P06"], "2026-04-01")
	if err != nil {
		t.Fatal(err)
	}
	if e, ok := edgeOf(g, o.id["P06"], baby); !ok || !e.Derived {
		t.Errorf("brother: %+v in %+v", e, g.Edges)
	}
	before, err := o.desk.Family(t.Context(), o.officer(t), baby, "2026-04-01")
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := nodeOf(before, o.id["P08"]); n.Generation != -1 {
		t.Errorf("father stands at %+v", n)
	}
}

func TestGuardiansAt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.settle(t)
	for _, row := range []struct {
		at   string
		want int
	}{{"2024-11-07", 0}, {"2024-11-08", 1}, {"2026-04-01", 1}} {
		got, err := o.desk.Guardians(t.Context(), o.officer(t), o.id["P06"], value.Date(row.at))
		if err != nil || len(got) != row.want {
			t.Errorf("on %s: %+v, %v", row.at, got, err)
		}
	}
}

func TestFamilyKeepsProtectedPersonsShut(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.settle(t)
	o.protect(t, o.id["P07"])
	v := o.officer(t)
	g, err := o.desk.Family(t.Context(), v, o.id["P06"], "2026-04-01")
	if err != nil {
		t.Fatal(err)
	}
	n, ok := nodeOf(g, o.id["P07"])
	if !ok || n.Name != "受保护对象" || n.Open || !n.Guarded || n.Age != -1 || n.Sex != "" {
		t.Errorf("node %+v", n)
	}
	_, err = o.desk.Family(t.Context(), v, o.id["P07"], "2026-04-01")
	refused(t, err, record.CodeGuarded)
	_, _, err = o.desk.Timeline(t.Context(), v, o.id["P07"], "")
	refused(t, err, record.CodeGuarded)
	_, err = o.desk.Guardians(t.Context(), v, o.id["P07"], "2026-04-01")
	refused(t, err, record.CodeGuarded)
}

func TestRelationRules(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.settle(t)
	for _, row := range []struct {
		name          string
		person, other string
		code          string
		more          register.Values
	}{
		{"oneself", "P06", "P06", "51", nil},
		{"twice", "P06", "P08", "51", nil},
		{"begins tomorrow", "P06", "P11", "70", register.Values{relationFrom: "2026-04-02"}},
		{"ends before it begins", "P06", "P11", "70", register.Values{relationFrom: "2025-02-01", relationUntil: "2025-01-01"}},
		{"the child as father", "P10", "P06", "51", nil},
		{"a child as guardian", "P07", "P06", "71", register.Values{relationGuardian: true, relationFrom: "2025-01-01"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			values := register.Values{relationOther: idText(o.id[row.other]), relationCode: row.code}
			for k, v := range row.more {
				values[k] = v
			}
			err := o.book.Change(t.Context(), o.officer(t), "", func(tx *record.Tx) error {
				_, err := tx.Create(record.Draft{Register: relationRegister, Subject: o.id[row.person], Values: values})
				return err
			})
			refused(t, err, record.CodeInvalid)
		})
	}
}

func TestOpenProtected(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.settle(t)
	o.protect(t, o.id["P06"])
	v := o.officer(t)
	ref := record.Ref{Register: record.Persons, ID: o.id["P06"]}
	see := func() error {
		w := v
		var err error
		if w.Opened, err = o.desk.Opened(t.Context(), v.User); err != nil {
			return err
		}
		w.Now = o.clock.now()
		return o.book.View(t.Context(), w, func(tx *record.Tx) error { _, err := tx.Open(ref); return err })
	}
	refused(t, see(), record.CodeGuarded)
	refused(t, o.desk.OpenProtected(t.Context(), v, ref.ID, " 看看呀 "), record.CodeInvalid)
	if err := o.desk.OpenProtected(t.Context(), v, ref.ID, "监护人来电核实"); err != nil {
		t.Fatal(err)
	}
	if err := see(); err != nil {
		t.Errorf("after opening: %v", err)
	}
	if got, err := o.desk.Opened(t.Context(), v.User+1); err != nil || len(got) != 0 {
		t.Errorf("another user has opened %v, %v", got, err)
	}
	entries := 0
	err := o.book.View(t.Context(), access.Office(), func(tx *record.Tx) error {
		return tx.Each(openingRegister, func(r *record.Record) (bool, error) {
			entries++
			if r.Subject != ref.ID || r.Text(openingReason) != "监护人来电核实" {
				t.Errorf("review list has %+v", r.Values)
			}
			return true, nil
		})
	})
	if err != nil || entries != 1 {
		t.Errorf("%d entries for review, %v", entries, err)
	}
	o.clock.add(30 * time.Minute)
	refused(t, see(), record.CodeGuarded)
}

func TestTimeline(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.settle(t)
	child := o.id["P06"]
	c := o.create(t, record.Draft{Register: "test.case", Subject: child, Values: register.Values{"topic": "入学"}})
	hidden := o.create(t, record.Draft{Register: "adoption.secret", Subject: child})
	o.clock.add(time.Hour)
	o.change(t, func(tx *record.Tx) error {
		if _, err := tx.AddNote(hidden.Ref, "", "收养家庭来访"); err != nil {
			return err
		}
		_, err := tx.AddNote(c.Ref, "", "与学校电话联系")
		return err
	})
	page, next, err := o.desk.Timeline(t.Context(), o.officer(t), child, "")
	if err != nil || next != "" || len(page) == 0 || page[0].Text != "与学校电话联系" || page[0].Kind != MomentNote {
		t.Fatalf("timeline begins %+v, %q, %v", page, next, err)
	}
	for i, m := range page {
		if m.Ref.Register == "adoption.secret" {
			t.Errorf("a sealed record shows: %+v", m)
		}
		if i > 0 && m.At.After(page[i-1].At) {
			t.Errorf("line %d is newer than the one above", i)
		}
	}
}

func TestTimelineKeepsProtectedPersonsShut(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.settle(t)
	father := o.id["P08"]
	o.create(t, record.Draft{Register: "test.case", Subject: o.id["P06"], Values: register.Values{"worker": idText(father)}})
	lines := func(v access.Viewer) int {
		page, _, err := o.desk.Timeline(t.Context(), v, father, "")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, m := range page {
			if m.Ref.Register == "test.case" {
				n++
			}
		}
		return n
	}
	if lines(o.officer(t)) == 0 {
		t.Fatal("the child's case is not on the father's timeline")
	}
	o.protect(t, o.id["P06"])
	if n := lines(o.officer(t)); n != 0 {
		t.Errorf("%d lines of a protected child's case on the father's timeline", n)
	}
}

func TestTimelinePages(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	child := o.person(t, register.Values{fieldName: "沐晨"})
	o.change(t, func(tx *record.Tx) error {
		for range 2 * timelineLimit {
			if _, err := tx.AddNote(record.Ref{Register: record.Persons, ID: child}, "", "走访"); err != nil {
				return err
			}
		}
		return nil
	})
	total, pages := 0, 0
	for after := ""; ; pages++ {
		page, next, err := o.desk.Timeline(t.Context(), o.officer(t), child, after)
		if err != nil {
			t.Fatal(err)
		}
		total += len(page)
		if after = next; after == "" {
			break
		}
	}
	if total != 2*timelineLimit+1 || pages != 2 {
		t.Errorf("%d moments on %d pages and one", total, pages)
	}
}

func TestConsent(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.settle(t)
	child := o.id["P06"]
	slip := func(from, until, withheld string) record.Ref {
		values := register.Values{consentFrom: from, consentWithheld: []string{withheld}, consentPurpose: "个案帮扶", "kinds": "基本信息",
			"signer": "禹德顺", "signer_relation": "61"}
		if until != "" {
			values[consentUntil] = until
		}
		return o.create(t, record.Draft{Register: consentRegister, Subject: child, Values: values}).Ref
	}
	first := slip("2025-01-01", "", "phone")
	slip("2026-01-01", "2026-02-28", "address")
	for at, want := range map[string]string{"2024-12-31": "", "2025-06-01": "phone", "2026-01-01": "address", "2026-03-01": "phone"} {
		got, err := o.desk.Withheld(t.Context(), child, value.Date(at), "")
		if err != nil || want == "" && len(got) != 0 || want != "" && (len(got) != 1 || got[0] != want) {
			t.Errorf("on %s %v is withheld, %v; want %s", at, got, err, want)
		}
	}
	for purpose, want := range map[string]int{"帮扶": 1, "转介": 0} {
		if got, err := o.desk.Withheld(t.Context(), child, "2025-06-01", purpose); err != nil || len(got) != want {
			t.Errorf("for %s %v is withheld, %v", purpose, got, err)
		}
	}
	withdraw := func(day string) error {
		return o.book.Change(t.Context(), o.officer(t), "", func(tx *record.Tx) error {
			_, err := tx.Save(first, 0, register.Values{consentWithdrawn: day})
			return err
		})
	}
	if err := withdraw("2026-03-31"); err != nil {
		t.Errorf("withdrawing: %v", err)
	}
	refused(t, withdraw("2026-04-01"), record.CodeInvalid)
	err := o.book.Change(t.Context(), o.officer(t), "", func(tx *record.Tx) error {
		_, err := tx.Save(first, 0, register.Values{consentWithheld: []string{"birth"}})
		return err
	})
	refused(t, err, record.CodeInvalid)
}
