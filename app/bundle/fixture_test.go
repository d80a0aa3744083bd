package bundle

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"jiezhen/embedstore"
)

// house is a small office with open and closed records.
type house struct {
	*embedstore.Store
	t     testing.TB
	cfg   embedstore.Config
	now   time.Time
	keys  Keyring
	last  *Summary
	links []Link
	open  []string // further readers of the open section
}

const (
	openCollection   = "visit"
	closedCollection = "adoption"
	openText         = "上门走访看望老人"
	closedText       = "收养家庭评估内容"
)

func newHouse(t testing.TB, suite Suite) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC)}
	h.cfg = embedstore.Config{Dir: t.TempDir(), Key: [32]byte{7, 7}, Clock: func() time.Time { return h.now }}
	var err error
	if h.Store, err = embedstore.Create(h.cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() }) // some tests close it themselves
	if h.keys, err = NewKeyring(suite, h.now.Unix()); err != nil {
		t.Fatal(err)
	}
	return h
}

func text(s string) []byte {
	b, err := embedstore.Encode(s)
	if err != nil {
		panic(err) // a string always encodes
	}
	return b
}

// write makes one record, with an attachment when there is content for one.
func (h *house) write(collection, body, attachment string) {
	h.t.Helper()
	h.now = h.now.Add(time.Minute)
	ctx := context.Background()
	var f embedstore.File
	if attachment != "" {
		var err error
		if f, err = h.StageFile(ctx, strings.NewReader(attachment)); err != nil {
			h.t.Fatal(err)
		}
	}
	_, err := h.Update(ctx, embedstore.Entry{Actor: 3, Kind: "save", Reason: body}, func(tx *embedstore.Tx) error {
		id, err := tx.NewID(collection)
		if err != nil {
			return err
		}
		it := embedstore.Item{Body: embedstore.Body{"text": text(body)}, Tally: []string{"all"},
			Index: []embedstore.IndexKey{{Name: "date", Key: []byte("2026-04-01")}}}
		if attachment != "" {
			if err := tx.KeepFile(f); err != nil {
				return err
			}
			it.Body["file"] = text(f.Hash)
		}
		_, err = tx.Put(collection, id, 0, it)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// work leaves both kinds of records behind.
func (h *house) work(n int) {
	h.t.Helper()
	for i := range n {
		h.write(openCollection, fmt.Sprint(openText, i), "")
		h.write(closedCollection, fmt.Sprint(closedText, i), "")
	}
	h.write(openCollection, openText, "公开附件的内容"+fmt.Sprint(n))
	h.write(closedCollection, closedText, "封存附件的内容"+fmt.Sprint(n))
	err := h.Aside(context.Background(), func(tx *embedstore.Tx) error {
		if err := tx.Shelf("session").Put("a", []byte("会话")); err != nil {
			return err
		}
		return tx.Shelf("draft").Put("b", []byte("草稿里的封存内容"))
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// make writes a bundle of the store as it stands.
func (h *house) make(w io.Writer, m Manifest, s Sealing) (out Summary, err error) {
	err = h.View(context.Background(), func(tx *embedstore.Tx) (err error) {
		out, err = Write(context.Background(), w, m, s, Source{Tx: tx, Closed: func(c string) bool { return c == closedCollection },
			Shelf: func(n string) bool { return n != "session" }})
		return err
	})
	return out, err
}

// manifest of the next bundle; full begins a new chain.
func (h *house) manifest(full bool) Manifest {
	h.t.Helper()
	seq, hash := h.Head()
	lock, err := h.keys.Lock(h.cfg.Key, h.ID())
	if err != nil {
		h.t.Fatal(err)
	}
	m := Manifest{Office: h.ID(), Name: "示例街道", Sequence: 1, Kind: Full, Base: 1, To: seq, Head: hash[:], Made: h.now.Unix(),
		Signer: h.keys.Signers[0].Public, Lock: lock}
	if h.last != nil {
		m.Sequence, m.Base, m.Previous = h.last.Manifest.Sequence+1, h.last.Manifest.Sequence+1, h.last.Digest
	}
	if !full {
		m.Kind, m.Base, m.From, m.Start = Incremental, h.last.Manifest.Base, h.last.Manifest.To, h.last.Manifest.Head
	}
	return m
}

func (h *house) sealing() Sealing {
	return Sealing{h.keys.Suite, append([]string{h.keys.Readers[0].Public}, h.open...), []string{h.keys.Readers[0].Public}, h.keys.Signers[0].Secret, nil}
}

// bundle makes the next bundle and keeps it in the chain.
func (h *house) bundle(full bool) []byte {
	h.t.Helper()
	var out bytes.Buffer
	s, err := h.make(&out, h.manifest(full), h.sealing())
	if err != nil {
		h.t.Fatal(err)
	}
	h.last = &s
	h.links = append(h.links, Link{memory(s.Manifest.Sequence, out.Bytes()), s})
	return out.Bytes()
}

func memory(n uint64, data []byte) Volume {
	return Volume{fmt.Sprint("第", n, "号"), func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
}

func (h *house) volumes() (out []Volume) {
	for _, l := range h.links {
		out = append(out, l.Volume)
	}
	return out
}

// restore puts volumes together in a fresh folder.
func (h *house) restore(volumes []Volume, master [32]byte, until time.Time) (dir string, r Restored, err error) {
	h.t.Helper()
	dir = h.t.TempDir()
	chain, err := Chain(context.Background(), volumes)
	if err != nil {
		return dir, r, err
	}
	r, err = Restore(context.Background(), chain, Target{Dir: dir, Master: master, Clock: h.cfg.Clock, Until: until})
	return dir, r, err
}

// texts are the texts of a collection in a store.
func texts(t testing.TB, s *embedstore.Store, collection string) (out []string) {
	t.Helper()
	err := s.View(context.Background(), func(tx *embedstore.Tx) error {
		return tx.All(collection, 0, func(_, _ uint64, b embedstore.Body) (bool, error) {
			var text string
			err := embedstore.Decode(b["text"], &text)
			out = append(out, text)
			return true, err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func readAll(t testing.TB, r io.ReadCloser) []byte {
	t.Helper()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return data
}
