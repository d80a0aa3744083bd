package find

import (
	"strconv"
	"strings"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/search"
)

// recordDoc makes the search document of a record, or false when the record
// is not indexed: a sealed one, or one that nobody may read.
func recordDoc(tx *record.Tx, r *record.Record) (search.Doc, bool) {
	readers := r.Tokens()
	if len(readers) == 0 || r.Def.Protect == register.ProtectSealed {
		return search.Doc{}, false
	}
	doc := search.Doc{ID: r.Ref.String(), Date: minutes(r.Changed), Texts: Texts(r), Names: names(tx, r),
		Readers: readers, Filters: filters(r, r.Register)}
	return doc, true
}

// noteDoc makes the document of a case note; its record decides who may read.
func noteDoc(tx *record.Tx, n record.Note, parent *record.Record) (search.Doc, bool) {
	readers := parent.Tokens()
	if len(readers) == 0 || parent.Def.Protect == register.ProtectSealed {
		return search.Doc{}, false
	}
	f := filters(parent, parent.Register)
	f["worker"] = append(f["worker"], strconv.FormatUint(n.By, 10))
	f["kind"] = []string{"note"}
	return search.Doc{ID: noteID(n.ID), Date: n.At.Unix() / 60, Texts: []string{n.Text},
		Names: subjectNames(tx, parent), Readers: readers, Filters: f}, true
}

func noteID(id uint64) string { return record.Notes + "/" + strconv.FormatUint(id, 10) }

func minutes(d value.Date) int64 {
	if d == "" {
		return 0
	}
	return int64(value.DaysBetween("1970-01-01", d)) * 24 * 60
}

func filters(r *record.Record, reg string) map[string][]string {
	f := map[string][]string{"register": {reg}, "kind": {"record"}}
	add := func(name string, id uint64) {
		if id != 0 {
			f[name] = append(f[name], strconv.FormatUint(id, 10))
		}
	}
	if r.Register == record.Persons {
		add("person", r.ID)
	} else if r.Def.Subject == register.SubjectPerson {
		add("person", r.Subject)
	}
	add("community", r.Community)
	add("worker", r.Owner)
	return f
}

// Texts are the words of a record that search finds, each a text of its own
// so that no match runs across two fields.
func Texts(r *record.Record) []string {
	out := []string{}
	if r.Number != "" {
		out = append(out, r.Number)
	}
	for _, f := range r.Def.Fields {
		out = append(out, fieldTexts(f, r.Values[f.ID])...)
	}
	for _, m := range r.Log {
		if m.Note != "" {
			out = append(out, m.Note)
		}
	}
	return out
}

func fieldTexts(f *register.Field, v any) []string {
	switch v := v.(type) {
	case string:
		if f.Search && v != "" {
			return []string{v}
		}
	case []map[string]any:
		var out []string
		for _, row := range v {
			for _, sub := range f.Fields {
				out = append(out, fieldTexts(sub, row[sub.ID])...)
			}
		}
		return out
	}
	return nil
}

// names are the person names under which the record is found, by characters,
// pinyin and initials.
func names(tx *record.Tx, r *record.Record) []string {
	if r.Register == record.Persons {
		out := []string{}
		for _, f := range []string{"name", "former_name"} {
			if s := r.Text(f); s != "" {
				out = append(out, strings.Split(s, "、")...)
			}
		}
		return out
	}
	return subjectNames(tx, r)
}

func subjectNames(tx *record.Tx, r *record.Record) []string {
	if r.Register == record.Persons {
		return names(tx, r)
	}
	if name := tx.SubjectName(r, false); name != "" {
		return []string{name}
	}
	return nil
}
