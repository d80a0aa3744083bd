package casework_test

import (
	"fmt"
	"testing"

	"jiezhen/app/access"
	"jiezhen/app/casework"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// A child with a file and no case, not seen twice running, stands on the work
// list of whoever has the file, until it is seen.
func TestUnseenTwiceWithoutACase(t *testing.T) {
	d := open(t)
	of := d.served("岳未见", "blue")
	child := d.read(of).Subject
	for _, day := range []string{"2026-03-20", "2026-04-01"} {
		d.visit(child, day, false, false)
	}
	if r := d.read(of); r.Text("escalated_at") != "2026-04-01" {
		t.Fatalf("not raised: %q", r.Text("escalated_at"))
	}
	due := func() bool {
		for _, c := range d.house.Office().Book.Clocks(d.read(of)) {
			if c.ID == "duty:unseen" {
				return true
			}
		}
		return false
	}
	if !due() {
		t.Error("nothing is due")
	}
	d.visit(child, "2026-04-01", true, false)
	if due() {
		t.Error("still due after the child was seen")
	}
}

// Of 21 children two at high risk are all drawn, and of the others at least a
// tenth; the same again whenever it is asked for, others in another quarter.
func TestQuarterlySample(t *testing.T) {
	d := open(t)
	for i := range 20 {
		grade := "blue"
		if i < 2 {
			grade = "red"
		}
		d.served(fmt.Sprintf("岳%c", '甲'+rune(i)), grade)
	}
	sample := func(day string) casework.Draw {
		t.Helper()
		s, err := d.house.Office().Cases.Sample(t.Context(), d.users["child.supervisor"], value.Date(day))
		d.must(err)
		return s
	}
	s := sample("2026-04-01")
	if s.First != "2026-04-01" || s.Last != "2026-06-30" || s.Children != 21 || s.High != 2 || s.Wanted != 4 || s.Visited != 0 {
		t.Fatalf("%+v", s)
	}
	if !s.List[0].High || !s.List[1].High || s.List[2].High || s.List[0].Name == "" {
		t.Errorf("%+v", s.List)
	}
	again, other := sample("2026-06-30"), sample("2026-07-01")
	differs := false
	for i := range s.List {
		if again.List[i].Child != s.List[i].Child {
			t.Error("drawn otherwise on another day of the quarter")
		}
		differs = differs || other.List[i].Child != s.List[i].Child
	}
	if !differs {
		t.Error("the same children in the next quarter")
	}
	d.visit(s.List[2].Child, "2026-04-01", true, true)
	d.visit(s.List[3].Child, "2026-04-01", true, false) // a director's visit is no sample
	if s = sample("2026-04-01"); s.Visited != 1 || !s.List[2].Seen || s.List[3].On != "" {
		t.Errorf("visited %d: %+v", s.Visited, s.List)
	}
}

// served is a child with a file that is being acted on.
func (d *desk) served(name, grade string) record.Ref {
	d.t.Helper()
	child := d.create(access.Office(), record.Draft{Register: record.Persons, Values: register.Values{"name": name, "sex": "2", "birth": "2015-05-06", "life": "1"}}).ID
	of := d.create(access.Office(), record.Draft{Register: casework.Files, Subject: child, Values: register.Values{"found_at": "2026-03-01", "source": "visit", "category": "10", "guardian_kind": "parents", "grade": grade,
		"verified_at": "2026-03-01", "need_note": "需要", "assessed_at": "2026-03-01", "measures": []map[string]any{{"guarantee": "living", "measure": "措施"}}}})
	for _, a := range []string{"verify", "open", "assess", "serve"} {
		d.must(d.house.Office().Book.Change(d.t.Context(), access.Office(), "测试", func(tx *record.Tx) error {
			_, err := tx.Do(of, 0, a, record.Input{})
			return err
		}))
	}
	return of
}

// visit pays a visit on a day.
func (d *desk) visit(child uint64, day string, seen, sample bool) {
	d.t.Helper()
	d.must(d.house.Office().Book.Change(d.t.Context(), access.Office(), "测试", func(tx *record.Tx) error {
		r, err := tx.Create(record.Draft{Register: casework.Visits, Subject: child, Values: register.Values{"planned": day, "kind": "home", "visitor": "甲", "actual": day,
			"child_seen": seen, "unseen_reason": "nobody", "finding": "情况", "sample": sample}})
		if err != nil {
			return err
		}
		action := "unseen"
		if seen {
			action = "done"
		}
		_, err = tx.Do(r.Ref, 0, action, record.Input{})
		return err
	}))
}
