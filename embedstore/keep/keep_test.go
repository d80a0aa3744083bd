package keep

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func made(t *testing.T) (Config, [32]byte, Recovery) {
	t.Helper()
	c := Config{Dir: t.TempDir(), KeyDir: filepath.Join(t.TempDir(), "account")}
	key, paper, err := Create(c)
	if err != nil {
		t.Fatal(err)
	}
	return c, key, paper
}

func TestOpenGivesTheSameKey(t *testing.T) {
	t.Parallel()
	c, key, _ := made(t)
	if got, err := Open(c); err != nil || got != key {
		t.Fatalf("another key, %v", err)
	}
}

func TestDataFolderAloneIsLocked(t *testing.T) {
	t.Parallel()
	c, _, _ := made(t)
	c.KeyDir = t.TempDir()
	if key, err := Open(c); !errors.Is(err, ErrLocked) || key != [32]byte{} {
		t.Fatalf("got %v", err)
	}
}

func TestForeignAccountIsLocked(t *testing.T) {
	t.Parallel()
	c, _, _ := made(t)
	if err := os.WriteFile(accountFile(t, c), make([]byte, 32), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(c); !errors.Is(err, ErrLocked) {
		t.Fatalf("got %v", err)
	}
}

func accountFile(t *testing.T, c Config) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(c.KeyDir, "*.kek"))
	if err != nil || len(found) != 1 {
		t.Fatalf("account files %v, %v", found, err)
	}
	return found[0]
}

func TestExposedAccountKeyIsRefused(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has DPAPI")
	}
	c, _, _ := made(t)
	if err := os.Chmod(accountFile(t, c), 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(c); !errors.Is(err, ErrExposed) {
		t.Fatalf("got %v", err)
	}
}

func TestRecoverBindsTheNewAccount(t *testing.T) {
	t.Parallel()
	c, key, paper := made(t)
	c.KeyDir = filepath.Join(t.TempDir(), "new")
	typed := strings.ToLower(strings.Join(paper.Groups(), " "))
	if got, err := Recover(c, typed); err != nil || got != key {
		t.Fatalf("recovering: %v", err)
	}
	if got, err := Open(c); err != nil || got != key {
		t.Fatalf("opening after: %v", err)
	}
}

func TestRenewEndsTheOldPaper(t *testing.T) {
	t.Parallel()
	c, key, old := made(t)
	fresh, err := Renew(c, key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Recover(c, strings.Join(old.Groups(), "-")); !errors.Is(err, ErrPaper) {
		t.Errorf("old paper: %v", err)
	}
	if got, err := Recover(c, strings.Join(fresh.Groups(), "-")); err != nil || got != key {
		t.Errorf("new paper: %v", err)
	}
}

// A key that is not the office's must not be closed in the paper slot: the
// paper would open nothing.
func TestRenewRefusesAnotherKey(t *testing.T) {
	t.Parallel()
	c, key, paper := made(t)
	key[0]++
	if _, err := Renew(c, key); err == nil {
		t.Fatal("renewed with a foreign key")
	}
	if _, err := Recover(c, strings.Join(paper.Groups(), " ")); err != nil {
		t.Fatalf("the paper in hand: %v", err)
	}
}

func TestCreateTwice(t *testing.T) {
	t.Parallel()
	c, _, _ := made(t)
	if _, _, err := Create(c); !errors.Is(err, ErrExists) {
		t.Fatalf("got %v", err)
	}
}

func TestNewerKeysAreRefused(t *testing.T) {
	t.Parallel()
	c, _, _ := made(t)
	path := filepath.Join(c.Dir, fileName)
	f, err := read(path)
	if err != nil {
		t.Fatal(err)
	}
	f.Version++
	if err := write(path, f); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(c); !errors.Is(err, ErrNewerFormat) {
		t.Fatalf("got %v", err)
	}
}

// TestGroupsCatchSlips tries every wrong character and every swap of
// neighbours at every place.
func TestGroupsCatchSlips(t *testing.T) {
	t.Parallel()
	r := Recovery{}
	for i := range r.secret {
		r.secret[i] = byte(i * 37)
	}
	for place, g := range r.Groups() {
		if err := CheckGroup(place, g); err != nil {
			t.Fatal(err)
		}
		if CheckGroup((place+1)%groups, g) == nil {
			t.Errorf("group %d passes at another place", place)
		}
		for i := range g {
			for _, c := range alphabet {
				if byte(c) != g[i] && CheckGroup(place, g[:i]+string(c)+g[i+1:]) == nil {
					t.Errorf("group %d passes with %c at %d", place, c, i)
				}
			}
			if i > 0 && g[i] != g[i-1] && CheckGroup(place, g[:i-1]+string([]byte{g[i], g[i-1]})+g[i+1:]) == nil {
				t.Errorf("group %d passes with a swap at %d", place, i)
			}
		}
	}
}

func TestTypedForms(t *testing.T) {
	t.Parallel()
	_, _, paper := made(t)
	g := paper.Groups()
	for name, typed := range map[string]string{
		"printed":    strings.Join(g, " "),
		"lower":      strings.ToLower(strings.Join(g, "-")),
		"no gaps":    strings.Join(g, ""),
		"look-alike": strings.NewReplacer("0", "o", "1", "l").Replace(strings.Join(g, " ")),
	} {
		if r, err := ParseRecovery(typed); err != nil || r != paper {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, typed := range map[string]string{"empty": "", "short": g[0], "Chinese": "恢复密钥", "long": strings.Join(g, "") + "0"} {
		if _, err := ParseRecovery(typed); err == nil {
			t.Errorf("%s passes", name)
		}
	}
}

func TestPaperStaysOutOfLogs(t *testing.T) {
	t.Parallel()
	_, _, paper := made(t)
	plain := fmt.Sprintf("%d", paper.secret)
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%s", "%d"} {
		if got := fmt.Sprintf(verb, paper); got != "恢复密钥（不显示）" || strings.Contains(got, plain) {
			t.Errorf("%s shows %s", verb, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte{0xa1, 0x01, 0x01})
	f.Fuzz(func(t *testing.T, data []byte) {
		var k file
		if parse(data, &k) == nil {
			if _, err := k.get(kindAccount, [32]byte{}); err == nil {
				t.Error("opened with a key of zeros")
			}
		}
	})
}

func FuzzParseRecovery(f *testing.F) {
	f.Add("000001 000001")
	f.Fuzz(func(t *testing.T, typed string) {
		r, err := ParseRecovery(typed)
		if err != nil {
			return
		}
		if again, err := ParseRecovery(strings.Join(r.Groups(), " ")); err != nil || again != r {
			t.Errorf("does not come back: %v", err)
		}
	})
}
