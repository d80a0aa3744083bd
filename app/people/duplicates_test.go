package people

import (
	"testing"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

func TestAlike(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	file := func(v register.Values) *record.Record {
		def, _ := o.book.Registers().Get(record.Persons)
		return &record.Record{Def: def, Values: v}
	}
	for _, row := range []struct {
		name   string
		a, b   register.Values
		likely bool
	}{
		{"nothing known", register.Values{}, register.Values{}, false},
		{"same name alone", register.Values{"name": "王芳"}, register.Values{"name": "王芳"}, false},
		{"both births missing", register.Values{"name": "王芳", "phone": "010-00000001"}, register.Values{"name": "王芳"}, false},
		{"name and birth", register.Values{"name": "王芳", "birth": "1980-01-02"}, register.Values{"name": "王芳", "birth": "1980-01-02"}, true},
		{"name and birth, sexes differ", register.Values{"name": "王芳", "birth": "1980-01-02", "sex": "1"},
			register.Values{"name": "王芳", "birth": "1980-01-02", "sex": "2"}, false},
		{"name and phone, births differ", register.Values{"name": "王芳", "birth": "1980-01-02", "phone": "010-00000001"},
			register.Values{"name": "王芳", "birth": "2010-01-02", "phone": "010-00000001"}, false},
		{"name and phone", register.Values{"name": "王芳", "phone": "010-00000001"}, register.Values{"name": "王芳", "phone": "010-00000001"}, true},
		{"sound and birth", register.Values{"name": "王芳", "birth": "1980-01-02"}, register.Values{"name": "王方", "birth": "1980-01-02"}, true},
		{"sound alone", register.Values{"name": "王芳"}, register.Values{"name": "王方"}, false},
		{"birth and phone, names differ", register.Values{"name": "王芳", "birth": "1980-01-02", "phone": "010-00000001"},
			register.Values{"name": "李强", "birth": "1980-01-02", "phone": "010-00000001"}, true},
		{"same document, all else differs", register.Values{"name": "王芳", "id_number": "110109201409069214"},
			register.Values{"name": "李强", "id_number": "110109201409069214"}, true},
		{"a former name", register.Values{"name": "王芳", "birth": "1980-01-02"},
			register.Values{"name": "李芳", "former_name": "王芳", "birth": "1980-01-02"}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if got, back := Alike(file(row.a), file(row.b)), Alike(file(row.b), file(row.a)); got.Likely() != row.likely || back.Score != got.Score {
				t.Errorf("%+v, the other way %+v; want likely %v", got, back, row.likely)
			}
		})
	}
}

func TestDuplicatesDesk(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.person(t, register.Values{fieldName: "王芳", fieldBirth: "1980-01-02"})
	o.person(t, register.Values{fieldName: "王芳"})
	v := o.officer(t)
	want := func(n int) []Pair {
		t.Helper()
		pairs, _, err := o.allPairs(t, v)
		if err != nil || len(pairs) != n {
			t.Fatalf("%d pairs, %v; want %d", len(pairs), err, n)
		}
		return pairs
	}
	want(0)
	b := o.person(t, register.Values{fieldName: "王方", fieldBirth: "1980-01-02"})
	if pairs := want(1); pairs[0].A.ID != a || pairs[0].B.ID != b {
		t.Errorf("the pair is %s and %s", pairs[0].A.Ref, pairs[0].B.Ref)
	}
	// what no longer agrees goes off the desk, and comes back with it
	rename := func(name string) {
		o.change(t, func(tx *record.Tx) error {
			_, err := tx.Save(record.Ref{Register: record.Persons, ID: b}, 0, register.Values{fieldName: name})
			return err
		})
	}
	rename("李强")
	want(0)
	rename("王方")
	want(1)
	if err := o.desk.Differ(t.Context(), v, b, a, "户口簿上是姐妹"); err != nil {
		t.Fatal(err)
	}
	want(0)
	rename("王芳")
	want(0)
}

func TestDuplicatesOfProtectedPersons(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	a := o.person(t, register.Values{fieldName: "沐晨", fieldBirth: "2016-08-15"})
	o.person(t, register.Values{fieldName: "沐晨", fieldBirth: "2016-08-15"})
	o.protect(t, a)
	if pairs, _, err := o.allPairs(t, o.officer(t)); err != nil || len(pairs) != 0 {
		t.Errorf("a handler sees %d pairs, %v", len(pairs), err)
	}
	if pairs, _, err := o.allPairs(t, o.leader(t)); err != nil || len(pairs) != 1 {
		t.Errorf("the leader sees %d pairs, %v", len(pairs), err)
	}
}

func TestDuplicatesFindQuietImports(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if _, err := o.desk.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		o.create(t, record.Draft{Register: record.Persons, Quiet: true, Values: register.Values{fieldName: "沐晨", fieldBirth: "2016-08-15"}})
	}
	if pairs, _, err := o.allPairs(t, o.officer(t)); err != nil || len(pairs) != 1 {
		t.Errorf("%d pairs, %v", len(pairs), err)
	}
}
