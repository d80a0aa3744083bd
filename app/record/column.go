package record

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
	"strconv"

	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/embedstore"
)

// FORMAT of the list index, version 1. Every indexed attribute of a record is
// one 8-byte big-endian number, a "column", zero for empty:
//
//	dates        days since 1900-01-01, plus one
//	months       12·year + month
//	ids          the id
//	codes, steps the first 8 bytes of a keyed hash: a category or a danger
//	             grade is a fact about a child and never stands in clear
//	money        fen + 2^63; numbers: the ordered bits of the float
//	yes/no       2 and 1
//
// A record's cover is all its columns in the order of layout. It rides on
// every index entry, so that a list is narrowed without opening records.

// column is one indexed attribute.
type column struct {
	name    string
	field   *register.Field // nil for a standard attribute
	indexed bool            // has an index of its own
}

// standard columns, first in every cover. due is filled per clock.
var standard = []string{"step", "owner", "community", "subject", "due", "created", "changed", "author"}

// layout lists the columns of a register's cover, in order.
func layout(d *register.Definition) []column {
	out := make([]column, 0, len(standard)+4)
	for _, name := range standard {
		out = append(out, column{name: name, indexed: indexed(d, name)})
	}
	for _, f := range d.Columns() {
		if !slices.Contains(standard, f.ID) {
			out = append(out, column{f.ID, f, indexed(d, f.ID)})
		}
	}
	return out
}

// columnKey keys the hashes of codes and steps in the index.
type columnKey [32]byte

func (k columnKey) code(name, code string) uint64 {
	if code == "" {
		return 0
	}
	mac := hmac.New(sha256.New, k[:])
	mac.Write([]byte(name + "\x00" + code))
	return binary.BigEndian.Uint64(mac.Sum(nil))
}

func dateColumn(d value.Date) uint64 {
	if d == "" {
		return 0
	}
	return uint64(value.DaysBetween("1900-01-01", d)) + 1
}

// fieldColumn gives the column value of a field's canonical value.
func (k columnKey) fieldColumn(f *register.Field, v any) uint64 {
	switch v := v.(type) {
	case nil:
		return 0
	case string:
		return k.textColumn(f, v)
	case int64:
		return uint64(v) ^ 1<<63
	case float64:
		return orderedBits(v)
	case bool:
		if v {
			return 2
		}
		return 1
	}
	return 0
}

func (k columnKey) textColumn(f *register.Field, v string) uint64 {
	switch f.Type {
	case value.KindDate:
		return dateColumn(value.Date(v))
	case value.KindMonth:
		if len(v) < 7 {
			return 0
		}
		return 12*atoi(v[:4]) + atoi(v[5:7])
	case value.KindPerson, value.KindParty, value.KindPlace, value.KindRecord:
		return atoi(v)
	}
	return k.code(f.ID, v)
}

func orderedBits(v float64) uint64 {
	b := math.Float64bits(v)
	if b>>63 == 1 {
		return ^b
	}
	return b | 1<<63
}

func atoi(s string) uint64 {
	n, _ := strconv.ParseUint(s, 10, 64)
	return n
}

// columnValue gives the value of one column of the record.
func (k columnKey) columnValue(r *Record, c column, due value.Date) uint64 {
	if c.field != nil {
		return k.fieldColumn(c.field, r.Values[c.name])
	}
	switch c.name {
	case "step":
		return k.code("step", r.Step)
	case "owner":
		return r.Owner
	case "community":
		return r.Community
	case "subject":
		return r.Subject
	case "due":
		return dateColumn(due)
	case "created":
		return dateColumn(r.Created)
	case "changed":
		return dateColumn(r.Changed)
	case "author":
		return r.Author
	}
	return 0
}

// parseColumn turns what a list's filter says into a column value.
func (k columnKey) parseColumn(c column, typed string) uint64 {
	if c.field != nil {
		switch c.field.Type {
		case value.KindYesNo:
			return map[string]uint64{"true": 2, "是": 2, "false": 1, "否": 1}[typed]
		case value.KindMoney:
			n, _ := strconv.ParseInt(typed, 10, 64)
			return uint64(n) ^ 1<<63
		case value.KindNumber:
			n, _ := strconv.ParseFloat(typed, 64)
			return orderedBits(n)
		}
		return k.textColumn(c.field, typed)
	}
	switch c.name {
	case "step":
		return k.code("step", typed)
	case "due", "created", "changed":
		return dateColumn(value.Date(typed))
	}
	return atoi(typed)
}

func u64(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// cover packs all columns of the record.
func (k columnKey) cover(r *Record, columns []column, due value.Date) []byte {
	out := make([]byte, 0, 8*len(columns))
	for _, c := range columns {
		out = binary.BigEndian.AppendUint64(out, k.columnValue(r, c, due))
	}
	return out
}

// coverAt reads one column out of a cover; 0 when the cover is older than the
// column.
func coverAt(cover []byte, i int) uint64 {
	if len(cover) < 8*(i+1) {
		return 0
	}
	return binary.BigEndian.Uint64(cover[8*i:])
}

// indexed reports whether a column has an index of its own: those a list is
// filtered or sorted by.
func indexed(d *register.Definition, name string) bool {
	switch name {
	case "step", "owner", "community", "subject":
		return true
	case "due", "created", "changed", "author":
		return false
	}
	return slices.Contains(d.List.Filters, name) || d.List.Sort == name || d.List.Sort == "-"+name
}

// indexKeys are all list-index entries of the record.
func (b *Book) indexKeys(r *Record, clocks []Clock, cover []byte) []embedstore.IndexKey {
	keys := []embedstore.IndexKey{{Name: "all", Cover: cover}}
	for i, c := range b.layouts[r.Register] {
		if v := coverAt(cover, i); v != 0 && c.indexed {
			keys = append(keys, embedstore.IndexKey{Name: c.name, Key: u64(v), Cover: cover})
		}
	}
	for i, c := range clocks {
		if c.Due != "" {
			key := append(u64(dateColumn(c.Due)), byte(i))
			keys = append(keys, embedstore.IndexKey{Name: "due", Key: key, Cover: cover})
		}
	}
	return keys
}

func firstDue(clocks []Clock) value.Date {
	var first value.Date
	for _, c := range clocks {
		if c.Due != "" && (first == "" || c.Due < first) {
			first = c.Due
		}
	}
	return first
}

// cover is what the record's index entries carry.
func (b *Book) cover(r *Record, columns []column) []byte {
	return b.columns.cover(r, columns, firstDue(b.Clocks(r)))
}

// Derivation numbers what the code makes of a record for finding it: columns
// and keys. A store of an older number is computed anew when it is opened.
const Derivation = 2

// keyProtected finds the persons under protection.
const keyProtected = "protected"

// equalKeys are the values by which the record is found exactly.
func (b *Book) equalKeys(r *Record) (equal, unique []embedstore.EqualKey) {
	if r.Number != "" {
		unique = append(unique, embedstore.EqualKey{Name: "number", Value: r.Number})
	}
	for _, p := range r.Papers {
		unique = append(unique, embedstore.EqualKey{Name: "paper", Value: p.Number})
	}
	for _, l := range r.Links {
		equal = append(equal, embedstore.EqualKey{Name: "link", Value: l.To.String()})
	}
	for _, f := range r.Def.Fields {
		equal, unique = fieldKeys(r, f, equal, unique)
	}
	if r.Register == Persons && isProtected(r) {
		equal = append(equal, embedstore.EqualKey{Name: keyProtected, Value: "yes"})
	}
	if p := r.person(); p != 0 && r.Register != Persons {
		equal = append(equal, embedstore.EqualKey{Name: "person", Value: strconv.FormatUint(p, 10)})
	}
	for _, t := range r.Transfers {
		if t.State == "pending" && t.To != 0 {
			equal = append(equal, embedstore.EqualKey{Name: "transfer", Value: strconv.FormatUint(t.To, 10)})
		}
	}
	for _, behave := range b.behaviours[r.Register] {
		if behave.Keys != nil {
			e, u := behave.Keys(r)
			equal, unique = append(equal, e...), append(unique, u...)
		}
	}
	return dedupe(equal), dedupe(unique)
}

func fieldKeys(r *Record, f *register.Field, equal, unique []embedstore.EqualKey) (e, u []embedstore.EqualKey) {
	text := r.Text(f.ID)
	switch {
	case f.Type == value.KindPerson && text != "":
		equal = append(equal, embedstore.EqualKey{Name: "person", Value: text})
	case f.Type == value.KindTable:
		for _, id := range personsInRows(r, f) {
			equal = append(equal, embedstore.EqualKey{Name: "person", Value: id})
		}
	case f.Type == value.KindRecord && text != "":
		equal = append(equal, embedstore.EqualKey{Name: "ref", Value: f.Register + "/" + text})
	}
	if text == "" {
		return equal, unique
	}
	if f.Equal || f.Unique || f.Type == value.KindPerson || f.Type == value.KindParty || f.Type == value.KindPlace {
		equal = append(equal, embedstore.EqualKey{Name: f.ID, Value: text})
	}
	if f.Unique {
		unique = append(unique, embedstore.EqualKey{Name: r.Register + "." + f.ID, Value: text})
	}
	return equal, unique
}

func personsInRows(r *Record, f *register.Field) []string {
	rows, _ := r.Values[f.ID].([]map[string]any)
	var ids []string
	for _, sub := range f.Fields {
		if sub.Type != value.KindPerson {
			continue
		}
		for _, row := range rows {
			if id, ok := row[sub.ID].(string); ok && id != "" {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

func dedupe(keys []embedstore.EqualKey) []embedstore.EqualKey {
	seen := map[embedstore.EqualKey]bool{}
	out := keys[:0]
	for _, k := range keys {
		if !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	return out
}
