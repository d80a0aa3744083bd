package record

import (
	"strings"
	"time"
	"unicode/utf8"

	"jiezhen/app/access"
	"jiezhen/app/value"
	"jiezhen/embedstore"
)

// Notes is the collection in which case notes are kept.
const Notes = "note"

// noteBytes is the most that one note may hold; more belongs in a file.
const noteBytes = 1 << 20

// AddNote writes a case note on a record. Notes are never changed; a
// correction is another note.
func (tx *Tx) AddNote(ref Ref, kind, text string) (Note, error) {
	r, err := tx.writable(ref, 0)
	if err != nil {
		return Note{}, err
	}
	if tx.Verdict(r, access.ActEdit) != access.Allowed && !r.target().Mine(tx.viewer) {
		return Note{}, &Refusal{Code: CodeDenied, Ref: ref, Text: access.Explain(access.ActEdit, accessRegister(r.Def))}
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return Note{}, &Refusal{Code: CodeInvalid, Ref: ref, Text: "还有内容要补正",
			Problems: []Problem{{Field: "text", Label: "记录内容", Text: "请填写内容"}}}
	}
	if len(text) > noteBytes {
		return Note{}, &Refusal{Code: CodeInvalid, Ref: ref, Text: "还有内容要补正", Problems: []Problem{{Field: "text", Label: "记录内容",
			Text: "太长（" + idText(uint64(utf8.RuneCountInString(text))) + "字），请分几条记录，或作为附件上传"}}}
	}
	return tx.putNote(r, kind, text, tx.book.Now())
}

// NoteAt is AddNote with a time of its own, for imports and the generator.
func (tx *Tx) NoteAt(ref Ref, kind, text string, at time.Time) (Note, error) {
	if !tx.viewer.Office {
		return Note{}, Refused(CodeDenied, "只有系统可以补记过去的记录")
	}
	r, err := tx.writable(ref, 0)
	if err != nil {
		return Note{}, err
	}
	return tx.putNote(r, kind, text, at)
}

func (tx *Tx) putNote(r *Record, kind, text string, at time.Time) (Note, error) {
	id, err := tx.store.NewID(Notes)
	if err != nil {
		return Note{}, err
	}
	n := Note{ID: id, Parent: r.Ref, Subject: r.person(), Kind: kind, Text: text, By: tx.viewer.User, ByName: tx.viewer.Name, At: at}
	body, err := encodeNote(n)
	if err != nil {
		return Note{}, err
	}
	_, err = tx.store.Put(Notes, id, 0, noteItem(n, body))
	return n, err
}

// noteItem is a note with everything by which it is found.
func noteItem(n Note, body embedstore.Body) embedstore.Item {
	return embedstore.Item{Body: body,
		Index: []embedstore.IndexKey{{Name: "day", Key: u64(dateColumn(value.DateOf(n.At)))}},
		Equal: []embedstore.EqualKey{{Name: "parent", Value: n.Parent.String()}, {Name: "person", Value: idText(n.Subject)}},
		Tally: []string{"all"}}
}

func encodeNote(n Note) (embedstore.Body, error) {
	body := embedstore.Body{}
	for key, v := range map[string]any{"parent": n.Parent.String(), "subject": n.Subject, "kind": n.Kind,
		"text": n.Text, "by": n.By, "byname": n.ByName, "at": n.At.UnixMilli()} {
		b, err := embedstore.Encode(v)
		if err != nil {
			return nil, err
		}
		body[key] = b
	}
	return body, nil
}

func decodeNote(id uint64, body embedstore.Body) (Note, error) {
	n := Note{ID: id}
	var parent string
	var at int64
	for key, into := range map[string]any{"parent": &parent, "subject": &n.Subject, "kind": &n.Kind,
		"text": &n.Text, "by": &n.By, "byname": &n.ByName, "at": &at} {
		if b, ok := body[key]; ok {
			if err := embedstore.Decode(b, into); err != nil {
				return Note{}, err
			}
		}
	}
	n.At = time.UnixMilli(at)
	var err error
	n.Parent, err = ParseRef(parent)
	return n, err
}

// NotesOf gives a record's notes, newest first. The record has been opened.
func (tx *Tx) NotesOf(r *Record) ([]Note, error) {
	ids, err := tx.store.Equal(Notes, "parent", r.Ref.String())
	if err != nil {
		return nil, err
	}
	out := make([]Note, 0, len(ids))
	for i := len(ids) - 1; i >= 0; i-- {
		n, err := tx.note(ids[i])
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

func (tx *Tx) note(id uint64) (Note, error) {
	body, _, err := tx.store.Get(Notes, id)
	if err != nil {
		return Note{}, fromStore(err, Ref{Notes, id})
	}
	return decodeNote(id, body)
}

// OpenNote reads a note for the viewer, whose record decides.
func (tx *Tx) OpenNote(id uint64) (Note, *Record, error) {
	n, err := tx.note(id)
	if err != nil {
		return Note{}, nil, err
	}
	r, err := tx.Open(n.Parent)
	return n, r, err
}

// EachNote reads every note, oldest first, for indexing: the office's own
// right.
func (tx *Tx) EachNote(from uint64, fn func(Note) (bool, error)) error {
	if !tx.viewer.Office {
		return Refused(CodeDenied, "只有系统可以通读记录")
	}
	return tx.store.All(Notes, from, func(id, _ uint64, body embedstore.Body) (bool, error) {
		n, err := decodeNote(id, body)
		if err != nil {
			return false, err
		}
		return fn(n)
	})
}
