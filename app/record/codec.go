package record

import (
	"fmt"
	"strings"

	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/embedstore"
)

// FORMAT of a record's body, version 1. Each attribute and each field is a
// top-level key of its own, so that the journal carries only what changed:
//
//	number step entered subject community town owner assist author created
//	changed single demo pauses log transfers files papers links secrets
//	f:<field id>   the canonical value of the field (package value)
//
// Absent keys mean empty. New keys may be added; none is ever given another
// meaning.

const fieldPrefix = "f:"

// attributeKeys are the keys of the stored attributes.
var attributeKeys = strings.Fields("number step entered subject community town owner assist author created changed single demo pauses log transfers files papers links secrets")

// attribute is the stored attribute of a record by its key, nil for a key that
// is none. A switch, because every record read asks for all of its keys.
func attribute(r *Record, key string) any {
	switch key {
	case "number":
		return &r.Number
	case "step":
		return &r.Step
	case "entered":
		return &r.Entered
	case "subject":
		return &r.Subject
	case "community":
		return &r.Community
	case "town":
		return &r.Town
	case "owner":
		return &r.Owner
	case "assist":
		return &r.Assist
	case "author":
		return &r.Author
	case "created":
		return &r.Created
	case "changed":
		return &r.Changed
	case "single":
		return &r.Single
	case "demo":
		return &r.Demo
	case "pauses":
		return &r.Pauses
	case "log":
		return &r.Log
	case "transfers":
		return &r.Transfers
	case "files":
		return &r.Files
	case "papers":
		return &r.Papers
	case "links":
		return &r.Links
	case "secrets":
		return &r.Secrets
	}
	return nil
}

// encode writes the record's body.
func encode(r *Record) (embedstore.Body, error) {
	body := embedstore.Body{}
	for _, key := range attributeKeys {
		attr := attribute(r, key)
		if empty(attr) {
			continue
		}
		b, err := embedstore.Encode(attr)
		if err != nil {
			return nil, fmt.Errorf("writing %s of %s: %w", key, r.Ref, err)
		}
		body[key] = b
	}
	for id, v := range r.Values {
		if v == nil {
			continue
		}
		b, err := embedstore.Encode(v)
		if err != nil {
			return nil, fmt.Errorf("writing field %s of %s: %w", id, r.Ref, err)
		}
		body[fieldPrefix+id] = b
	}
	return body, nil
}

func empty(attr any) bool {
	switch v := attr.(type) {
	case *string:
		return *v == ""
	case *value.Date:
		return *v == ""
	case *uint64:
		return *v == 0
	case *bool:
		return !*v
	case *map[string]value.Date:
		return len(*v) == 0
	case *[]uint64:
		return len(*v) == 0
	case *[]Pause:
		return len(*v) == 0
	case *[]Move:
		return len(*v) == 0
	case *[]Transfer:
		return len(*v) == 0
	case *[]Attachment:
		return len(*v) == 0
	case *[]Issue:
		return len(*v) == 0
	case *[]Link:
		return len(*v) == 0
	case *map[string]string:
		return len(*v) == 0
	}
	return false
}

// decode reads a body that encode wrote. Fields that the definition no longer
// has are kept as they are, so that nothing is lost when a form changes.
func decode(def *register.Definition, id, rev uint64, body embedstore.Body) (*Record, error) {
	r := &Record{Ref: Ref{def.ID, id}, Rev: rev, Def: def, Values: register.Values{}, Entered: map[string]value.Date{}}
	for key, b := range body {
		if fieldID, ok := strings.CutPrefix(key, fieldPrefix); ok {
			v, err := decodeField(def, fieldID, b)
			if err != nil {
				return nil, fmt.Errorf("reading field %s of %s: %w", fieldID, r.Ref, err)
			}
			r.Values[fieldID] = v
			continue
		}
		if attr := attribute(r, key); attr != nil {
			if err := embedstore.Decode(b, attr); err != nil {
				return nil, fmt.Errorf("reading %s of %s: %w", key, r.Ref, err)
			}
		}
	}
	return r, nil
}

// Decode reads a record's body as another office wrote it: for a district's
// replica. Whoever shows it answers for who may see it.
func Decode(def *register.Definition, id, rev uint64, body embedstore.Body) (*Record, error) {
	return decode(def, id, rev, body)
}

// PersonOf is the person that a record is about, or 0.
func PersonOf(r *Record) uint64 { return r.person() }

func decodeField(def *register.Definition, id string, b []byte) (any, error) {
	f, ok := def.Field(id)
	if !ok {
		var v any
		err := embedstore.Decode(b, &v)
		return v, err
	}
	return decodeKind(f, b)
}

func decodeKind(f *register.Field, b []byte) (any, error) {
	switch f.Type {
	case value.KindMoney:
		return decodeAs[int64](b)
	case value.KindNumber:
		return decodeAs[float64](b)
	case value.KindYesNo:
		return decodeAs[bool](b)
	case value.KindCodes, value.KindFile:
		return decodeAs[[]string](b)
	case value.KindTable:
		return decodeRows(f, b)
	}
	return decodeAs[string](b)
}

func decodeAs[T any](b []byte) (any, error) {
	var v T
	if err := embedstore.Decode(b, &v); err != nil {
		return nil, err
	}
	return v, nil
}

func decodeRows(f *register.Field, b []byte) (any, error) {
	var raw []map[string]any
	if err := embedstore.Decode(b, &raw); err != nil {
		return nil, err
	}
	for _, row := range raw {
		for _, sub := range f.Fields {
			if v, ok := row[sub.ID]; ok {
				row[sub.ID] = canonical(sub.Type, v)
			}
		}
	}
	return raw, nil
}

// canonical undoes what a generic decode does to the types of a row's cells.
func canonical(kind register.Kind, v any) any {
	switch n := v.(type) {
	case uint64:
		if kind == value.KindNumber {
			return float64(n)
		}
		return int64(n)
	case int64:
		if kind == value.KindNumber {
			return float64(n)
		}
	case []any:
		words := make([]string, 0, len(n))
		for _, w := range n {
			if s, ok := w.(string); ok {
				words = append(words, s)
			}
		}
		return words
	}
	return v
}
