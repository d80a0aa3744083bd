package people

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// bodies are all records and notes of the office as they stand, but for those
// that a merge itself writes.
func (o *office) bodies(t testing.TB) map[record.Ref]map[string][]byte {
	t.Helper()
	out := map[record.Ref]map[string][]byte{}
	err := o.book.View(t.Context(), access.Office(), func(tx *record.Tx) error {
		for _, d := range o.book.Registers().All() {
			if d.ID == mergeRegister {
				continue
			}
			err := tx.Each(d.ID, func(r *record.Record) (bool, error) {
				s, err := tx.Snapshot(r.Ref)
				out[r.Ref] = s.Body
				return true, err
			})
			if err != nil {
				return err
			}
		}
		return tx.EachNote(0, func(n record.Note) (bool, error) {
			if n.Parent.Register == mergeRegister {
				return true, nil
			}
			s, err := tx.Snapshot(record.Ref{Register: record.Notes, ID: n.ID})
			out[s.Ref] = s.Body
			return true, err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func sameBodies(t testing.TB, got, want map[record.Ref]map[string][]byte) {
	t.Helper()
	for ref, body := range want {
		for key := range keysOf(body, got[ref]) {
			if !bytes.Equal(body[key], got[ref][key]) {
				t.Errorf("%s: %s is %x, was %x", ref, key, got[ref][key], body[key])
			}
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d records, were %d", len(got), len(want))
	}
}

// merge asks for a merge and has it approved.
func (o *office) merge(t testing.TB, m MergeOrder) record.Ref {
	t.Helper()
	if m.Reason == "" {
		m.Reason = "核对户口簿为同一人"
	}
	order, err := o.desk.Merge(t.Context(), o.officer(t), m)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.desk.ApproveMerge(t.Context(), o.officer2(t), order.Ref, ""); err != nil {
		t.Fatal(err)
	}
	return order.Ref
}

func (o *office) undo(t testing.TB, order record.Ref) []string {
	t.Helper()
	left, err := o.desk.Undo(t.Context(), o.officer(t), order, "合并有误，予以撤销")
	if err != nil {
		t.Fatal(err)
	}
	return left
}

// twoFiles are two files of one person, each with what names it.
func twoFiles(t testing.TB, o *office) (keep, drop uint64) {
	t.Helper()
	o.settle(t)
	keep = o.person(t, register.Values{fieldName: "禹宁川", fieldBirth: "2014-09-06"})
	drop = o.id["P06"]
	c := o.create(t, record.Draft{Register: "test.case", Subject: drop, Values: register.Values{"worker": idText(drop),
		"people": []map[string]any{{"who": idText(keep), "role": "本人"}, {"who": idText(drop), "role": "另一份"}}}})
	o.create(t, record.Draft{Register: "adoption.secret", Subject: drop})
	o.change(t, func(tx *record.Tx) error { _, err := tx.AddNote(c.Ref, "", "家访"); return err })
	return keep, drop
}

func TestMergeMovesEverything(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	keep, drop := twoFiles(t, o)
	before := o.bodies(t)
	order := o.merge(t, MergeOrder{Keep: keep, Drop: drop, Take: []string{fieldNumber, fieldDocument}})
	err := o.book.View(t.Context(), access.Office(), func(tx *record.Tx) error {
		left, err := tx.Pointings(drop, mergeRegister)
		if err == nil && len(left) != 0 {
			t.Errorf("still named: %v", left)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := o.file(t, keep).Text(fieldNumber); got != "110109201409069214" {
		t.Errorf("number of the kept file is %q", got)
	}
	gone := o.file(t, drop)
	if keeper(gone) != keep || gone.Step != stepMerged || gone.Open() {
		t.Errorf("the dropped file stands at %s, linked %v", gone.Step, gone.Links)
	}
	found, err := o.desk.Search(t.Context(), o.officer(t), Query{Name: "禹宁川"})
	if err != nil || len(found) != 1 || found[0].Person != keep {
		t.Errorf("search finds %+v, %v", found, err)
	}
	if pairs, _, err := o.allPairs(t, o.officer(t)); err != nil || len(pairs) != 0 {
		t.Errorf("the desk still shows %d pairs, %v", len(pairs), err)
	}
	if left := o.undo(t, order); len(left) != 0 {
		t.Errorf("undo left %v", left)
	}
	sameBodies(t, o.bodies(t), before)
}

func TestMergeTakesTwoPersons(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	keep, drop := twoFiles(t, o)
	order, err := o.desk.Merge(t.Context(), o.officer(t), MergeOrder{Keep: keep, Drop: drop, Reason: "核对为同一人"})
	if err != nil {
		t.Fatal(err)
	}
	refused(t, o.desk.ApproveMerge(t.Context(), o.officer(t), order.Ref, ""), record.CodeDenied)
	if merged(o.file(t, drop)) {
		t.Error("merged before anybody approved")
	}
}

func TestMergeIsRefused(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	keep, drop := twoFiles(t, o)
	v := o.officer(t)
	_, err := o.desk.Merge(t.Context(), v, MergeOrder{Keep: keep, Drop: drop, Reason: "是"})
	refused(t, err, record.CodeInvalid)
	_, err = o.desk.Merge(t.Context(), v, MergeOrder{Keep: keep, Drop: keep, Reason: "核对为同一人"})
	refused(t, err, record.CodeInvalid)
	_, err = o.desk.Merge(t.Context(), v, MergeOrder{Keep: drop, Drop: o.id["P07"], Take: []string{fieldNumber}, Reason: "只换证件号码"})
	refused(t, err, record.CodeInvalid)
	if err := o.desk.Differ(t.Context(), v, keep, drop, "不是同一个孩子"); err != nil {
		t.Fatal(err)
	}
	_, err = o.desk.Merge(t.Context(), v, MergeOrder{Keep: keep, Drop: drop, Reason: "核对为同一人"})
	refused(t, err, record.CodeInvalid)
	o.protect(t, drop)
	_, err = o.desk.Merge(t.Context(), v, MergeOrder{Keep: keep, Drop: drop, Reason: "核对为同一人"})
	refused(t, err, record.CodeGuarded)
}

func TestUndoNamesWhatChangedSince(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	keep, drop := twoFiles(t, o)
	order := o.merge(t, MergeOrder{Keep: keep, Drop: drop, Take: []string{"phone", fieldSex}})
	other := o.person(t, register.Values{fieldName: "别人"})
	o.change(t, func(tx *record.Tx) error {
		if _, err := tx.Save(record.Ref{Register: record.Persons, ID: keep}, 0, register.Values{fieldSex: female, "address": "石门营"}); err != nil {
			return err
		}
		_, err := tx.Save(record.Ref{Register: "test.case", ID: 1}, 0, register.Values{"worker": idText(other)})
		return err
	})
	left := o.undo(t, order)
	if len(left) != 2 || !strings.Contains(strings.Join(left, "\n"), "“性别”") || !strings.Contains(strings.Join(left, "\n"), "C-000001 个案“联系人”") {
		t.Errorf("left: %q", left)
	}
	kept := o.file(t, keep)
	if kept.Text(fieldSex) != female || kept.Text("address") != "石门营" {
		t.Errorf("what was changed since is lost: %v", kept.Values)
	}
	if c := o.open(t, record.Ref{Register: "test.case", ID: 1}); c.Subject != drop || c.RefID("worker") != other {
		t.Errorf("the case names %d and %d", c.Subject, c.RefID("worker"))
	}
}

func TestUndoInOrder(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.person(t, register.Values{fieldName: "沐晨"})
	b := o.person(t, register.Values{fieldName: "沐辰"})
	c := o.person(t, register.Values{fieldName: "沐尘"})
	before := o.bodies(t)
	first := o.merge(t, MergeOrder{Keep: b, Drop: a})
	second := o.merge(t, MergeOrder{Keep: c, Drop: b})
	_, err := o.desk.Undo(t.Context(), o.officer(t), first, "合并有误，予以撤销")
	refused(t, err, record.CodeInvalid)
	found, err := o.desk.Search(t.Context(), o.officer(t), Query{Name: "沐晨"})
	if err != nil || len(found) == 0 || found[0].Person != c {
		t.Errorf("search finds %+v, %v", found, err)
	}
	o.undo(t, second)
	o.undo(t, first)
	sameBodies(t, o.bodies(t), before)
}

// Whatever an office holds, undoing a merge restores every body.
func TestUndoRestores(t *testing.T) {
	t.Parallel()
	for seed := range int64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			r := rand.New(rand.NewSource(seed))
			persons := o.history(t, r)
			r.Shuffle(len(persons), func(i, k int) { persons[i], persons[k] = persons[k], persons[i] })
			before := o.bodies(t)
			take := slices.DeleteFunc([]string{"phone", "address"}, func(string) bool { return r.Intn(2) == 0 })
			if r.Intn(2) == 0 { // these go together
				take = append(take, fieldNumber, fieldSex, fieldBirth)
			}
			order := o.merge(t, MergeOrder{Keep: persons[0], Drop: persons[1], Take: take})
			if maps.EqualFunc(before, o.bodies(t), func(a, b map[string][]byte) bool { return maps.EqualFunc(a, b, bytes.Equal) }) {
				t.Error("the merge changed nothing")
			}
			if left := o.undo(t, order); len(left) != 0 {
				t.Errorf("undo left %v", left)
			}
			sameBodies(t, o.bodies(t), before)
		})
	}
}

// history makes a few persons and records that name them at random.
func (o *office) history(t testing.TB, r *rand.Rand) []uint64 {
	t.Helper()
	numbers := []string{"110109201409069214", "110109198504179273", "110109195302069339", "11010920160815936X"}
	var persons []uint64
	for i := range numbers {
		values := register.Values{"address": fmt.Sprintf("石门营%d号", i)}
		values[fieldName] = "禹" + string([]rune("宁长德安")[i])
		if r.Intn(2) == 0 {
			values[fieldNumber] = numbers[i]
		}
		if r.Intn(2) == 0 {
			values["phone"] = fmt.Sprintf("010-0000000%d", i)
		}
		persons = append(persons, o.person(t, values))
	}
	anyone := func() uint64 { return persons[r.Intn(len(persons))] }
	for i := range 12 {
		d := record.Draft{Register: "test.case", Subject: anyone(), Values: register.Values{"topic": fmt.Sprint(i)}}
		if r.Intn(2) == 0 {
			d.Values["worker"] = idText(anyone())
		}
		for range r.Intn(3) {
			rows, _ := d.Values["people"].([]map[string]any)
			d.Values["people"] = append(rows, map[string]any{"who": idText(anyone()), "role": "亲属"})
		}
		if r.Intn(4) == 0 {
			d = record.Draft{Register: "adoption.secret", Subject: anyone(), Values: register.Values{"adopter": idText(anyone())}}
		}
		made := o.create(t, d)
		if r.Intn(3) == 0 {
			o.change(t, func(tx *record.Tx) error { _, err := tx.AddNote(made.Ref, "", "记事"); return err })
		}
	}
	return persons
}
