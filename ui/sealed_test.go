package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// TestSealedRegisters puts a record into each sealed register and looks for it
// as every post that may not know of it: pages, lists, search, numbers,
// exports, imports, the journal, the child's own file.
func TestSealedRegisters(t *testing.T) {
	t.Parallel()
	letters := []rune("甲乙丙丁戊己庚辛")
	c := newCourse(t)
	o := c.o
	report := o.create(record.Draft{Register: "child.report", Subject: o.person["free"], Values: register.Values{"found_at": "2026-03-31 10:00", "sector": "school", "unit": "学校", "harm": []string{"9"}, "facts": "情况"}})
	given := map[string]register.Values{
		"child.reporter":   {"report": fmt.Sprint(report.ID), "kind": "duty"},
		"child.mentoring":  {"received_at": "2026-03-01", "source": "police", "grade": "serious"},
		"child.adoption":   {"consulted_at": "2026-03-01", "category": "orphan", "adopter": fmt.Sprint(o.person["grandma"]), "marriage": "single"},
		"child.transition": {"willing_at": "2026-03-01", "family": fmt.Sprint(o.person["grandma"])},
	}
	for _, def := range o.house.Office().Book.Registers().All() {
		if def.Protect != register.ProtectSealed {
			continue
		}
		values, ok := given[def.ID]
		if !ok {
			t.Errorf("%s is sealed and not tried: say what one of its records holds", def.ID)
			continue
		}
		word := "封存暗语" + string(letters[0]) // one for each: a post that may read one register may not read the next
		letters = letters[1:]
		for _, f := range def.Fields {
			if (f.Type == value.KindText || f.Type == value.KindNote) && f.Compute == nil && values[f.ID] == nil {
				values[f.ID] = word
			}
		}
		ref := o.create(record.Draft{Register: def.ID, Subject: subjectOf(o, def), Values: values})
		o.change(func(tx *record.Tx) error {
			_, err := tx.NoteAt(ref, "工作记录", word+"，补记一条", o.clock.now())
			return err
		})
		o.settle()
		for _, role := range o.house.Office().Roles {
			if !slices.Contains(def.Rights.Read, role.ID) {
				c.looks(role.ID, def, ref, word)
			}
		}
		inside := c.as(def.Rights.Read[0])
		if a := inside.get("/r/" + ref.String()); !strings.Contains(a.body, word) {
			t.Errorf("%s: whoever may read it does not: %d", def.ID, a.status)
		}
		if list := inside.get("/r/" + def.ID + "?names=full"); strings.Contains(list.body, "钟离安") || strings.Contains(list.body, word) {
			t.Errorf("%s: the list says more than the number", def.ID)
		}
		if a := inside.get("/export/" + def.ID); a.status == 200 {
			t.Errorf("%s can be exported", def.ID)
		}
	}
}

func subjectOf(o *testOffice, def *register.Definition) uint64 {
	if def.Subject == register.SubjectPerson {
		return o.person["free"]
	}
	return 0
}

// looks everywhere as a post that must not find the record.
func (c *course) looks(role string, def *register.Definition, ref record.Ref, word string) {
	c.t.Helper()
	b := c.as(role)
	for _, path := range []string{"/", "/?scope=all", "/week", "/returns", "/returns/" + def.ID, "/returns/" + def.ID + "/rows?figure=consulted", "/returns/" + def.ID + "/sheet.xlsx", "/people?name=钟离安", "/people.json?q=钟离安", "/nutrition", "/visits", "/visits/sample", "/people/duplicates", "/systems", "/verify?number=P-B12-002-2026-00001", "/r/" + ref.String(), "/r/" + ref.String() + "/assign", "/r/" + ref.String() + "/pause", "/r/" + def.ID + "?names=full", "/r/" + def.ID + "?subject=" + fmt.Sprint(c.o.person["free"]), "/r/" + ref.String() + "/edit", "/r/" + def.ID, "/r/" + def.ID + "/new", "/search?q=暗语", "/insight", "/audit", "/export/" + def.ID, "/import/" + def.ID,
		"/people/" + fmt.Sprint(c.o.person["free"]), "/people/" + fmt.Sprint(c.o.person["grandma"]), "/records.json?register=" + def.ID + "&q=B", "/staff/" + fmt.Sprint(c.o.user["child.officer"]) + "/handover"} {
		a := b.get(path)
		if strings.Contains(a.body, word) || !strings.Contains(path, ref.String()) && strings.Contains(a.body, ref.String()) {
			c.t.Errorf("%s reads of %s on %s", role, ref, path)
		}
		if strings.Contains(path, def.ID) && !strings.HasPrefix(path, "/records.json") && a.status == 200 {
			c.t.Errorf("%s opens %s", role, path)
		}
		if path == "/audit" && strings.Contains(a.body, def.Title) {
			c.t.Errorf("%s reads in the journal of %s", role, def.Title)
		}
	}
	// a record that there is answers no otherwise than one that there is not
	none := record.Ref{Register: ref.Register, ID: ref.ID + 1000}
	for _, tail := range []string{"", "/edit", "/assign", "/pause", "/do/close"} {
		there, not := b.get("/r/"+ref.String()+tail), b.get("/r/"+none.String()+tail)
		if there.status != not.status || len(strings.ReplaceAll(there.body, ref.String(), none.String())) != len(not.body) {
			c.t.Errorf("%s tells %s%s from what is not there: %d and %d, %d and %d bytes", role, ref, tail, there.status, not.status, len(there.body), len(not.body))
		}
	}
	if j := b.json("/r/" + ref.String()); j.status == 200 {
		c.t.Errorf("%s reads %s as JSON", role, ref)
	}
}
