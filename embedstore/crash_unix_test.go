//go:build !windows

package embedstore

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// childEnv names the folder for a test that runs in a process of its own,
// because it limits or ends the process.
const childEnv = "EMBEDSTORE_CHILD_DIR"

func child(t *testing.T, test string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$")
	cmd.Env = append(os.Environ(), childEnv+"="+t.TempDir())
	return cmd
}

// TestFullDisk lets the system refuse writes behind every 4 KiB of the file,
// while a store is made and while a record is saved.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	if out, err := child(t, "TestFullDiskChild").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func TestFullDiskChild(t *testing.T) {
	dir := os.Getenv(childEnv)
	if dir == "" {
		t.Skip("run by TestFullDisk")
	}
	signal.Ignore(syscall.SIGXFSZ)
	cfg := Config{Dir: dir, Key: [32]byte{9}}
	o := &office{createFull(t, cfg), t, cfg}
	o.put(1, 0, item("甲"))
	full := 0
	for at := uint64(0); at < 256<<10; at += 4 << 10 {
		want := strings.Repeat(fmt.Sprintf("乙%08d", at), 3000)
		limit(t, at)
		_, err := o.Update(t.Context(), Entry{}, func(tx *Tx) error {
			_, rev, err := tx.Get("case", 1)
			if err != nil {
				return err
			}
			_, err = tx.Put("case", 1, rev, item(want))
			return err
		})
		limit(t, unlimited)
		if err != nil && !errors.Is(err, ErrNoSpace) {
			t.Fatalf("at %d: %v", at, err)
		}
		if err != nil {
			full++
		}
		o.sound()
		o.reopen()
		if got := o.has("idcard", want); got != (err == nil) {
			t.Fatalf("at %d: saved %v, found %v", at, err, got)
		}
	}
	if full == 0 {
		t.Error("the disk was never full")
	}
}

// createFull tries to make a store under growing limits: a failed try leaves
// no store, and the next one is not in its way.
func createFull(t *testing.T, cfg Config) *Store {
	for at := uint64(0); ; at += 4 << 10 {
		limit(t, at)
		s, err := Create(cfg)
		limit(t, unlimited)
		if err == nil {
			return s
		}
		if _, absent := os.Lstat(filepath.Join(cfg.Dir, fileName)); !errors.Is(err, ErrNoSpace) || !errors.Is(absent, fs.ErrNotExist) {
			t.Fatalf("at %d: %v, then %v", at, err, absent)
		}
	}
}

// unlimited is RLIM_INFINITY as Setrlimit takes it.
const unlimited = ^uint64(0)

// limit refuses writes of this process behind a size, as a full disk does.
func limit(t *testing.T, size uint64) {
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: unlimited}); err != nil {
		t.Fatal(err)
	}
}

func (o *office) has(name, value string) (found bool) {
	o.view(func(tx *Tx) (err error) {
		_, _, found, err = tx.Holder(name, value)
		return err
	})
	return found
}

// TestKill ends the process at any moment: what was acknowledged is there.
func TestKill(t *testing.T) {
	t.Parallel()
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			cmd := child(t, "TestKillChild")
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.AfterFunc(time.Duration(100+i*37)*time.Millisecond, func() { _ = cmd.Process.Kill() })
			acked := uint64(0)
			for lines := bufio.NewScanner(out); lines.Scan(); {
				_, _ = fmt.Sscanf(lines.Text(), "acknowledged %d", &acked)
			}
			_ = cmd.Wait() // it was killed
			cfg := Config{Dir: strings.TrimPrefix(cmd.Env[len(cmd.Env)-1], childEnv+"=")}
			s, err := Open(cfg)
			if errors.Is(err, ErrAbsent) && acked == 0 {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			o := &office{s, t, cfg}
			if r := o.sound(); uint64(r.Entries) < acked || r.Records != r.Entries {
				t.Errorf("%d acknowledged, %d entries, %d records", acked, r.Entries, r.Records)
			}
		})
	}
}

func TestKillChild(t *testing.T) {
	dir := os.Getenv(childEnv)
	if dir == "" {
		t.Skip("run by TestKill")
	}
	cfg := Config{Dir: dir}
	s, err := Create(cfg)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{s, t, cfg}
	for id := uint64(1); ; id++ {
		o.put(id, 0, item(fmt.Sprint("人", id)))
		fmt.Println("acknowledged", id)
	}
}
