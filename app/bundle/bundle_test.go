package bundle

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiezhen/embedstore"
)

var suites = []Suite{Classic, National, Hybrid}

func eachSuite(t *testing.T, fn func(t *testing.T, s Suite)) {
	t.Helper()
	for _, s := range suites {
		t.Run(s.Title(), func(t *testing.T) { t.Parallel(); fn(t, s) })
	}
}

// TestRestoreChain restores a full bundle and two increments: records of both
// kinds, attachments, drafts, and not the sessions.
func TestRestoreChain(t *testing.T) {
	t.Parallel()
	eachSuite(t, func(t *testing.T, suite Suite) {
		h := newHouse(t, suite)
		h.work(5)
		h.bundle(true)
		middle := h.now
		for range 2 {
			h.work(3)
			h.bundle(false)
		}
		backwards := h.volumes()
		slices.Reverse(backwards)
		dir, r, err := h.restore(backwards, h.cfg.Key, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		cfg := h.cfg
		cfg.Dir = dir
		s, err := embedstore.Open(cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for _, c := range []string{openCollection, closedCollection} {
			if got, want := texts(t, s, c), texts(t, h.Store, c); !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", c, got, want)
			}
		}
		if seq, hash := s.Head(); seq != h.last.Manifest.To || string(hash[:]) != string(h.last.Manifest.Head) || r.Files != 4 {
			t.Errorf("head %d, files %d", seq, r.Files)
		}
		shelves(t, s)
		_, early, err := h.restore(backwards, h.cfg.Key, middle)
		if err != nil || early.Head != h.links[0].Manifest.To {
			t.Errorf("until the first: head %d, %v", early.Head, err)
		}
	})
}

func shelves(t *testing.T, s *embedstore.Store) {
	t.Helper()
	err := s.View(context.Background(), func(tx *embedstore.Tx) error {
		if _, ok, err := tx.Shelf("session").Get("a"); ok || err != nil {
			t.Error("a session was restored")
		}
		if v, ok, err := tx.Shelf("draft").Get("b"); !ok || err != nil || len(v) == 0 {
			t.Error("a draft was lost")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestEveryBit flips every bit of a small bundle, and cuts it at every length:
// all must be noticed, and nothing may be left behind.
func TestEveryBit(t *testing.T) {
	t.Parallel()
	eachSuite(t, func(t *testing.T, suite Suite) {
		h := newHouse(t, suite)
		h.write(openCollection, openText, "")
		whole := h.bundle(true)
		ctx := context.Background()
		bits := 8
		if suite == Hybrid || testing.Short() {
			bits = 1 // a bundle of 5 KB keys: one bit of each byte
		}
		for at := range whole {
			for bit := range bits {
				bad := bytes.Clone(whole)
				bad[at] ^= 1 << ((bit + at) % 8)
				if _, err := Verify(ctx, bytes.NewReader(bad)); err == nil {
					t.Fatalf("bit %d of byte %d went unnoticed", bit, at)
				}
			}
		}
		for n := range whole {
			if _, err := Verify(ctx, bytes.NewReader(whole[:n])); err == nil {
				t.Fatalf("cut at %d went unnoticed", n)
			}
		}
		if _, err := Verify(ctx, bytes.NewReader(append(bytes.Clone(whole), 0))); err == nil {
			t.Error("a byte more went unnoticed")
		}
		if _, err := Verify(ctx, bytes.NewReader(whole)); err != nil {
			t.Error(err)
		}
	})
}

// damages is how many random damages a larger bundle suffers.
func damages() int {
	if n, err := strconv.Atoi(os.Getenv("JIEZHEN_DAMAGES")); err == nil {
		return n
	}
	return 300
}

// TestRandomDamage damages a larger chain and restores it: an error, and a
// folder as empty as before.
func TestRandomDamage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Classic)
	h.work(40)
	h.bundle(true)
	h.work(5)
	h.bundle(false)
	random := rand.New(rand.NewPCG(3, 4))
	for i := range damages() {
		volumes := h.volumes()
		n := random.IntN(len(volumes))
		r, err := volumes[n].Open()
		if err != nil {
			t.Fatal(err)
		}
		data := damage(random, readAll(t, r))
		volumes[n] = memory(uint64(n), data)
		dir, _, err := h.restore(volumes, h.cfg.Key, time.Time{})
		if err == nil {
			t.Fatalf("damage %d went unnoticed", i)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Fatalf("damage %d left %v", i, left)
		}
	}
}

func damage(random *rand.Rand, data []byte) []byte {
	data = bytes.Clone(data)
	at, n := random.IntN(len(data)), 1+random.IntN(64)
	switch random.IntN(4) {
	case 0: // cut
		return data[:at]
	case 1: // overwrite
		before := bytes.Clone(data)
		for i := at; i < min(at+n, len(data)); i++ {
			data[i] = byte(random.Uint32())
		}
		if bytes.Equal(before, data) {
			data[at] ^= 1
		}
		return data
	case 2: // take out
		return append(data[:at], data[min(at+n, len(data)):]...)
	}
	return slices.Insert(data, at, 0) // put in
}

// TestDamageUnderway damages a medium after the chain was verified and before
// it is restored: no store may come of it.
func TestDamageUnderway(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Classic)
	h.work(10)
	whole := h.bundle(true)
	random := rand.New(rand.NewPCG(8, 8))
	for i := range 60 {
		link := h.links[0]
		link.Volume = memory(1, damage(random, whole))
		dir := t.TempDir()
		if _, err := Restore(context.Background(), []Link{link}, Target{Dir: dir, Master: h.cfg.Key}); err == nil {
			t.Fatalf("damage %d went unnoticed", i)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Fatalf("damage %d left %v", i, left)
		}
	}
}

// TestForgery tries what someone can who holds public keys and old bundles.
func TestForgery(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Classic)
	h.work(3)
	h.bundle(true)
	h.work(3)
	h.bundle(false)
	h.work(3)
	h.bundle(false)
	foreign := newHouse(t, Classic)
	foreign.work(3)
	foreign.bundle(true)
	// signed by another, with the lock of a genuine bundle
	forged := newHouse(t, Classic)
	forged.work(1)
	m := forged.manifest(true)
	m.Office, m.Lock = h.ID(), h.links[0].Manifest.Lock
	var out bytes.Buffer
	sealing := forged.sealing()
	sealing.Open, sealing.Closed = h.sealing().Open, h.sealing().Closed
	if _, err := forged.make(&out, m, sealing); err != nil {
		t.Fatal(err)
	}
	v := h.volumes()
	for _, c := range []struct {
		name    string
		volumes []Volume
		master  [32]byte
		want    error
	}{
		{"another office's key", v, [32]byte{1}, ErrNoKey},
		{"signed by another", []Volume{memory(1, out.Bytes())}, h.cfg.Key, ErrSignature},
		{"an increment is missing", []Volume{v[0], v[2]}, h.cfg.Key, ErrChain},
		{"only increments", v[1:], h.cfg.Key, ErrChain},
		{"another office's bundle", []Volume{v[0], foreign.volumes()[0], v[1]}, h.cfg.Key, ErrChain},
		{"not a bundle", []Volume{memory(1, []byte("PK\x03\x04 something else altogether"))}, h.cfg.Key, ErrNotBundle},
		{"nothing", []Volume{memory(1, nil)}, h.cfg.Key, ErrNotBundle},
		{"a later version", []Volume{memory(1, []byte("JZBUNDLE\x09\x01\x00\x00\x00\x00"))}, h.cfg.Key, ErrNewer},
		{"a later suite", []Volume{memory(1, []byte("JZBUNDLE\x01\x63\x00\x00\x00\x00"))}, h.cfg.Key, ErrNewer},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, _, err := h.restore(c.volumes, c.master, time.Time{}); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

// TestDistrictReads gives the open section to another reader: he must learn
// nothing of the closed one, neither content nor names nor how many.
func TestDistrictReads(t *testing.T) {
	t.Parallel()
	eachSuite(t, func(t *testing.T, suite Suite) {
		secret, public, err := suite.NewReader()
		if err != nil {
			t.Fatal(err)
		}
		h := newHouse(t, suite)
		h.open = []string{public}
		h.work(4)
		whole := h.bundle(true)
		var seen bytes.Buffer
		files, links := 0, 0
		c := &Content{With: []string{secret},
			Piece: func(closed bool, p embedstore.Piece) error {
				if p.Kind == embedstore.PieceLink {
					links++
				}
				seen.Write(p.Key)
				seen.Write(p.Value)
				return nil
			},
			File: func(_ bool, _ string, data []byte) error { files++; seen.Write(data); return nil }}
		if _, err := Read(context.Background(), bytes.NewReader(whole), c); err != nil {
			t.Fatal(err)
		}
		if c.Opened() || files != 1 || links != 5 {
			t.Errorf("opened %v, files %d, links %d", c.Opened(), files, links)
		}
		if !strings.Contains(seen.String(), openText) {
			t.Error("the open section was not read")
		}
		for _, secret := range []string{closedText, closedCollection, "封存"} {
			if strings.Contains(seen.String(), secret) {
				t.Errorf("the open section tells %q", secret)
			}
			if bytes.Contains(whole, []byte(secret)) {
				t.Errorf("the file tells %q", secret)
			}
		}
		_, err = Read(context.Background(), bytes.NewReader(whole), &Content{With: nil})
		if !errors.Is(err, ErrNoKey) {
			t.Errorf("without a key: %v", err)
		}
	})
}

// TestRotation changes keys and suite between bundles: both stay readable.
func TestRotation(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Classic)
	h.work(2)
	h.bundle(true)
	var err error
	if h.keys, err = h.keys.Rotate(National, 9); err != nil {
		t.Fatal(err)
	}
	h.work(2)
	h.bundle(false)
	if _, r, err := h.restore(h.volumes(), h.cfg.Key, time.Time{}); err != nil || r.Head != h.last.Manifest.To {
		t.Errorf("after a rotation: %v", err)
	}
}

// TestFileNames finds names wherever they stand.
func TestFileNames(t *testing.T) {
	t.Parallel()
	a, b := strings.Repeat("a1", 20), strings.Repeat("0f", 20)
	for _, c := range []struct{ name, text, want string }{
		{"alone", a, a},
		{"in text", "附件" + a + "。", a},
		{"two", a + " " + b, a + " " + b},
		{"at the ends", a + "－" + b, a + " " + b},
		{"too short", a[:39], ""},
		{"broken", a[:20] + "g" + a[:30], ""},
		{"longer runs hold every one", a + "a", a + " " + a[1:] + "a"},
		{"none", strings.Repeat("上门走访", 50), ""},
	} {
		var got []string
		fileNames([]byte(c.text), func(n string) { got = append(got, n) })
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %q, want %q", c.name, s, c.want)
		}
	}
}
