package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"jiezhen/installer"
)

// TestReleaseIsReproducible makes a release for this system twice.
func TestReleaseIsReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: no release is built")
	}
	dir := t.TempDir()
	key := filepath.Join(dir, "publisher.key")
	if err := run([]string{"--new-key", key}); err != nil {
		t.Fatal(err)
	}
	if err := run([]string{"--new-key", key}); err == nil {
		t.Error("a key was written over")
	}
	here := runtime.GOOS + "/" + runtime.GOARCH
	for _, out := range []string{"a", "b"} {
		if err := run([]string{"--version", "1.2.3", "--key", key, "--out", filepath.Join(dir, out), "--targets", here}); err != nil {
			t.Fatal(err)
		}
	}
	name := "jiezhen-1.2.3-" + runtime.GOOS + "-" + runtime.GOARCH
	for _, f := range []string{name, "release.json", "release.json.sig", "SHA256SUMS"} {
		a, errA := os.ReadFile(filepath.Join(dir, "a", f))
		b, errB := os.ReadFile(filepath.Join(dir, "b", f))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs: %v %v", f, errA, errB)
		}
	}
	file := filepath.Join(dir, "a", name)
	data, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := installer.ReadKey(data)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := installer.Verify(file, []string{installer.Public(private)}); err != nil || m.Version != "1.2.3" {
		t.Errorf("%+v %v", m, err)
	}
	if out, err := exec.Command(file, "version").Output(); err != nil || !strings.Contains(string(out), "1.2.3") {
		t.Errorf("the program says %s %v", out, err)
	}
	verifiedByOthers(t, filepath.Join(dir, "a"), key+".pub")
}

// verifiedByOthers has openssl and sha256sum say the same.
func verifiedByOthers(t *testing.T, dir, public string) {
	t.Helper()
	for _, args := range [][]string{
		{"openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-in", "release.json", "-sigfile", "release.json.sig"},
		{"sha256sum", "--check", "--quiet", "SHA256SUMS"},
	} {
		if _, err := exec.LookPath(args[0]); err != nil {
			t.Logf("%s is not installed", args[0])
			continue
		}
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %v %s", args, err, out)
		}
	}
}

// TestResources makes what Windows reads of the program, twice the same.
func TestResources(t *testing.T) {
	j := job{version: "1.2.3"}
	var seen []byte
	for range 2 {
		path, err := j.resources()
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if len(data) < 2 || data[0] != 0x64 || data[1] != 0x86 { // IMAGE_FILE_MACHINE_AMD64
			t.Errorf("no object file for amd64: % x", data[:2])
		}
		if seen != nil && !bytes.Equal(seen, data) {
			t.Error("the resources differ")
		}
		seen = data
	}
}
