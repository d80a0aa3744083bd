package staff

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"
)

// cheap keeps tests fast; the cost is in the hash, so nothing else differs.
func cheap() Cost { return Cost{Memory: 64, Passes: 1, Threads: 1} }

func newTestHasher(t *testing.T, c Cost) *hasher {
	t.Helper()
	h, err := newHasher(c, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHashMatchesOnlyItsPassword(t *testing.T) {
	t.Parallel()
	h := newTestHasher(t, cheap())
	stored, err := h.make("正确的Mima2026")
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]bool{"正确的Mima2026": true, "正确的mima2026": false, "": false, "正确的Mima2026 ": false} {
		if got, err := h.matches(stored, password); err != nil || got != want {
			t.Errorf("matches(%q) = %v, %v, want %v", password, got, err, want)
		}
	}
	if again, _ := h.make("正确的Mima2026"); again == stored {
		t.Error("two hashes of one password are the same: no salt")
	}
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("hash does not carry its parameters: %s", stored)
	}
}

func TestComposedAndDecomposedLettersAreOnePassword(t *testing.T) {
	t.Parallel()
	h := newTestHasher(t, cheap())
	stored, _ := h.make("caf\u00e9-Mima26")
	if ok, _ := h.matches(stored, "cafe\u0301-Mima26"); !ok {
		t.Error("the same password typed decomposed is refused")
	}
}

func TestEmptyHashIsComparedWithDecoy(t *testing.T) {
	t.Parallel()
	h := newTestHasher(t, cheap())
	decoys := 0
	h.ran = func(decoy bool) {
		if decoy {
			decoys++
		}
	}
	if ok, err := h.matches("", "anything"); ok || err != nil || decoys != 1 {
		t.Errorf("matches = %v, %v after %d decoy runs; want false and one run", ok, err, decoys)
	}
}

func TestWeakerHashIsSeen(t *testing.T) {
	t.Parallel()
	old := newTestHasher(t, cheap())
	stored, _ := old.make("x")
	for name, c := range map[string]struct {
		cost Cost
		want bool
	}{
		"same":        {cheap(), false},
		"more memory": {Cost{128, 1, 1}, true},
		"more passes": {Cost{64, 2, 1}, true},
		"less":        {Cost{32, 1, 1}, false},
	} {
		if got := newTestHasher(t, c.cost).weaker(stored); got != c.want {
			t.Errorf("%s: weaker = %v, want %v", name, got, c.want)
		}
	}
}

func TestMalformedHashIsRefused(t *testing.T) {
	t.Parallel()
	good := phc(cheap(), make([]byte, saltSize), make([]byte, hashSize))
	for name, s := range map[string]string{
		"empty":          "",
		"other kind":     strings.Replace(good, "argon2id", "argon2i", 1),
		"other version":  strings.Replace(good, "v=19", "v=16", 1),
		"huge memory":    strings.Replace(good, "m=64", "m=4294967295", 1),
		"no memory":      strings.Replace(good, "m=64", "m=0", 1),
		"no threads":     strings.Replace(good, "p=1", "p=0", 1),
		"trailing words": strings.Replace(good, "p=1", "p=1x", 1),
		"short hash":     good[:len(good)-4],
		"bad base64":     good[:len(good)-1] + "*",
	} {
		if _, _, _, err := parsePHC(s); !errors.Is(err, errHash) {
			t.Errorf("%s: parsed %q without complaint (%v)", name, s, err)
		}
	}
	if _, _, _, err := parsePHC(good); err != nil {
		t.Errorf("a good hash is refused: %v", err)
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add(phc(cheap(), make([]byte, saltSize), make([]byte, hashSize)))
	f.Add("$argon2id$v=19$m=64,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, s string) {
		c, salt, hash, err := parsePHC(s)
		if err == nil && phc(c, salt, hash) != s {
			t.Errorf("%q reads back as %q", s, phc(c, salt, hash))
		}
	})
}

func BenchmarkPasswordAtStandardCost(b *testing.B) {
	h, err := newHasher(StandardCost(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := h.matches("", "Jiezhen-2026"); err != nil {
			b.Fatal(err)
		}
	}
}
