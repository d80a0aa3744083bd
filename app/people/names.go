package people

import (
	"slices"
	"strings"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/embedstore"
	"jiezhen/search"
)

// Names of the equality keys of a person's file. They are stored as keyed
// hashes, so the store alone tells nobody's name.
const (
	keyName     = "name"     // the name and the former names
	keyPinyin   = "pinyin"   // full pinyin, every reading
	keyHead     = "spelled"  // pinyin without the last syllable
	keyInitials = "initials" // initials, every reading
	keyID       = "document" // number of the identity document
	keyTail     = "idtail"   // last four and last six of it
	keyPhone    = "phone"
	keyPair     = "alike" // two facts together, see alikeKeys
	uniqueID    = "person document"
	uniqueTemp  = "person temporary number"
)

// fileKeys are the keys by which a person is found. A file that was merged
// into another keeps its keys but gives up what may exist only once.
func fileKeys(r *record.Record) (equal, unique []embedstore.EqualKey) {
	equal = append(equal, nameKeys(r)...)
	number := documentNumber(r)
	equal = append(equal, tailKeys(number)...)
	for _, phone := range phonesOf(r) {
		equal = append(equal, embedstore.EqualKey{Name: keyPhone, Value: phone})
	}
	for _, v := range alikeKeys(r) {
		equal = append(equal, embedstore.EqualKey{Name: keyPair, Value: v})
	}
	if number != "" {
		equal = append(equal, embedstore.EqualKey{Name: keyID, Value: number})
	}
	if temp := r.Text(fieldTemporary); temp != "" {
		equal = append(equal, embedstore.EqualKey{Name: keyID, Value: temp})
	}
	if merged(r) {
		return equal, nil
	}
	if number != "" {
		unique = append(unique, embedstore.EqualKey{Name: uniqueID, Value: number})
	}
	if temp := r.Text(fieldTemporary); temp != "" {
		unique = append(unique, embedstore.EqualKey{Name: uniqueTemp, Value: temp})
	}
	return equal, unique
}

func nameKeys(r *record.Record) []embedstore.EqualKey {
	var keys []embedstore.EqualKey
	for _, name := range namesOf(r) {
		keys = append(keys, embedstore.EqualKey{Name: keyName, Value: name})
		for _, s := range search.Spellings(name) {
			keys = append(keys, embedstore.EqualKey{Name: keyPinyin, Value: s.Full},
				embedstore.EqualKey{Name: keyInitials, Value: s.Initials})
			if s.Head != "" {
				keys = append(keys, embedstore.EqualKey{Name: keyHead, Value: s.Head})
			}
		}
	}
	return keys
}

// namesOf are all names of a person: the present one and former ones.
func namesOf(r *record.Record) []string {
	var out []string
	for _, text := range []string{r.Text(fieldName), r.Text(fieldFormer)} {
		for _, name := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune("、,，;； ", c) }) {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// documentNumber is the number of the identity document in its one form.
func documentNumber(r *record.Record) string {
	return strings.ToUpper(strings.Join(strings.Fields(r.Text(fieldNumber)), ""))
}

func tailKeys(number string) []embedstore.EqualKey {
	var keys []embedstore.EqualKey
	for _, n := range []int{4, 6} {
		if len(number) > n {
			keys = append(keys, embedstore.EqualKey{Name: keyTail, Value: number[len(number)-n:]})
		}
	}
	return keys
}

// phonesOf are all telephone numbers on the file, whatever their field.
func phonesOf(r *record.Record) []string {
	var out []string
	for _, f := range r.Def.Fields {
		if phone := r.Text(f.ID); f.Type == value.KindPhone && phone != "" && !slices.Contains(out, phone) {
			out = append(out, phone)
		}
	}
	return out
}

// alikeKeys are pairs of facts that two files of one person are likely to
// share. A missing fact makes no key, so that it never counts as equal.
func alikeKeys(r *record.Record) []string {
	var out []string
	add := func(kind, a, b string) {
		if a != "" && b != "" {
			out = append(out, kind+"\x00"+a+"\x00"+b)
		}
	}
	birth, number := r.Text(fieldBirth), documentNumber(r)
	for _, name := range namesOf(r) {
		add("name birth", name, birth)
		if len(number) > 4 {
			add("name tail", name, number[len(number)-4:])
		}
		for _, phone := range phonesOf(r) {
			add("name phone", name, phone)
		}
		for _, s := range search.Spellings(name) {
			add("pinyin birth", s.Full, birth)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sameReading reports whether two names can be read alike.
func sameReading(a, b string) bool {
	for _, x := range search.Spellings(a) {
		for _, y := range search.Spellings(b) {
			if x.Full == y.Full {
				return true
			}
		}
	}
	return false
}

// has reports whether the register has a field: an office may use a form that
// leaves some out.
func has(d *register.Definition, field string) bool { _, ok := d.Field(field); return ok }
