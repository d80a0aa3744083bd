package bundle

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"crypto/ed25519"

	"github.com/klauspost/compress/zstd"
)

// takeApart cuts a bundle into its sealed sections, what the signature covers
// and the signature, with nothing but what format.go says.
func takeApart(t *testing.T, data []byte, a algorithms) (sections map[byte][]byte, covered, signature []byte) {
	t.Helper()
	r := bytes.NewReader(data)
	if _, _, err := readHead(r); err != nil {
		t.Fatal(err)
	}
	sections = map[byte][]byte{}
	for {
		at := len(data) - r.Len()
		kind, block, err := readBlock(r)
		if err != nil {
			t.Fatal(err)
		}
		switch kind {
		case 0:
			return sections, covered, signature
		case blockSignature:
			sum := a.hash()
			sum.Write(data[:at])
			covered, signature = message(sum), block
		default:
			sections[kind] = append(sections[kind], block...)
		}
	}
}

// TestOpensWithAge opens both sections with the age command of the version in
// go.mod and unpacks them.
func TestOpensWithAge(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tool := filepath.Join(dir, "age")
	if out, err := exec.Command("go", "build", "-o", tool, "filippo.io/age/cmd/age").CombinedOutput(); err != nil {
		t.Skipf("跳过：造不出 age 命令：%v %s", err, out)
	}
	for _, suite := range []Suite{Classic, Hybrid} {
		h := newHouse(t, suite)
		h.work(2)
		sections, _, _ := takeApart(t, h.bundle(true), classic{})
		key := filepath.Join(dir, "key")
		if err := os.WriteFile(key, []byte(h.keys.Readers[0].Secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		for kind, want := range map[byte]string{blockOpen: openText, blockClosed: closedText} {
			c := exec.Command(tool, "-d", "-i", key)
			c.Stdin = bytes.NewReader(sections[kind])
			packed, err := c.Output()
			if err != nil {
				t.Fatalf("age -d: %v", err)
			}
			d, err := zstd.NewReader(nil)
			if err != nil {
				t.Fatal(err)
			}
			plain, err := d.DecodeAll(packed, nil)
			d.Close()
			if err != nil || !strings.Contains(string(plain), want) {
				t.Errorf("%s: %v, %d bytes", suite.Title(), err, len(plain))
			}
		}
	}
}

// TestVerifiesWithOpenSSL verifies signatures with openssl, as the manual says:
//
//	openssl pkeyutl -verify -pubin -inkey pub.pem -rawin -in covered -sigfile signature
func TestVerifiesWithOpenSSL(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("跳过：没有 openssl")
	}
	for _, c := range []struct {
		suite Suite
		a     algorithms
		more  []string
		der   func(t *testing.T, public string) []byte
	}{
		{Classic, classic{}, nil, func(t *testing.T, public string) []byte {
			raw, err := decoded(public, edPublic)
			if err != nil {
				t.Fatal(err)
			}
			der, err := x509.MarshalPKIXPublicKey(ed25519.PublicKey(raw))
			if err != nil {
				t.Fatal(err)
			}
			return der
		}},
		{National, national{}, []string{"-digest", "sm3", "-pkeyopt", "distid:1234567812345678"}, func(t *testing.T, public string) []byte {
			der, err := decoded(public, smVerify)
			if err != nil {
				t.Fatal(err)
			}
			return der
		}},
	} {
		h := newHouse(t, c.suite)
		h.work(1)
		_, covered, signature := takeApart(t, h.bundle(true), c.a)
		dir := t.TempDir()
		put := func(name string, data []byte) string {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}
		verify := func(message []byte) error {
			args := append([]string{"pkeyutl", "-verify", "-pubin", "-inkey", put("pub.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: c.der(t, h.keys.Signers[0].Public)})),
				"-rawin", "-in", put("covered", message), "-sigfile", put("signature", signature)}, c.more...)
			out, err := exec.Command("openssl", args...).CombinedOutput()
			if err != nil {
				t.Logf("%s: %s", c.suite.Title(), out)
			}
			return err
		}
		if err := verify(covered); err != nil {
			t.Errorf("%s: openssl does not verify it", c.suite.Title())
		}
		if err := verify(append(covered, 'x')); err == nil {
			t.Errorf("%s: openssl verifies something else too", c.suite.Title())
		}
	}
}

// vectorKey is the master key of the vectors in testdata.
var vectorKey = [32]byte{7, 7}

// TestVectors restores bundles of every version and suite that was ever
// written: these files stay as they are for ever. -update writes those that
// are not there yet.
func TestVectors(t *testing.T) {
	t.Parallel()
	for name, suite := range map[string]Suite{"v1-classic": Classic, "v1-national": National, "v1-hybrid": Hybrid} {
		t.Run(name, func(t *testing.T) {
			var volumes []Volume
			for _, part := range []string{"full", "step"} {
				path := filepath.Join("testdata", name+"-"+part+Extension)
				if _, err := os.Stat(path); err != nil && os.Getenv("JIEZHEN_UPDATE") != "" {
					makeVector(t, name, suite)
				}
				volumes = append(volumes, FileVolume(path))
			}
			h := newHouse(t, suite)
			_, r, err := h.restore(volumes, vectorKey, time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			if r.Records != 6 || r.Files != 3 {
				t.Errorf("%d records, %d files", r.Records, r.Files)
			}
		})
	}
}

func makeVector(t *testing.T, name string, suite Suite) {
	t.Helper()
	h := newHouse(t, suite)
	h.work(1)
	for _, part := range []string{"full", "step"} {
		if err := os.WriteFile(filepath.Join("testdata", name+"-"+part+Extension), h.bundle(part == "full"), 0o600); err != nil {
			t.Fatal(err)
		}
		h.write(openCollection, "增量", "附件三")
		h.write(closedCollection, "增量", "")
	}
}

// FuzzVerify reads what is no bundle, or was one: never a panic, and nothing
// that verifies but what was written.
func FuzzVerify(f *testing.F) {
	known := map[string]bool{}
	for _, name := range []string{"v1-classic", "v1-national", "v1-hybrid"} {
		data, err := os.ReadFile(filepath.Join("testdata", name+"-full"+Extension))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		known[string(data)] = true
	}
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := Verify(context.Background(), bytes.NewReader(data)); err == nil && !known[string(data)] {
			t.Error("bytes that nobody wrote verify")
		}
	})
}

// FuzzContent opens sections of arbitrary bytes: an error, never a panic.
func FuzzContent(f *testing.F) {
	f.Add([]byte("age-encryption.org/v1\n"), byte(1))
	f.Add([]byte{0, 0, 0, 1, 2}, byte(2))
	f.Fuzz(func(t *testing.T, data []byte, suite byte) {
		a, err := Suite(suite).algorithms()
		if err != nil {
			return
		}
		secret, _, err := Suite(suite).NewReader()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.open(bytes.NewReader(data), []string{secret}); err == nil {
			t.Error("opened what was never sealed to this key")
		}
	})
}

// FuzzPackAndReceipt reads what a district might have sent.
func FuzzPackAndReceipt(f *testing.F) {
	f.Add([]byte(`{"office":"x","sign":"aa"}`))
	f.Add([]byte(`{"kind":"district","signer":"ed25519:x","readers":{"1":"age1"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := ReadPack(data); err == nil {
			t.Error("a pack that nobody signed")
		}
		for _, kind := range []string{OfficeCard, DistrictCard} {
			if c, err := ReadCard(data, kind); err == nil && c.Kind != kind {
				t.Errorf("a card of kind %q was taken for %q", c.Kind, kind)
			}
		}
		if _, err := ReadReceipt(data); err == nil {
			t.Error("a receipt that nobody signed")
		}
	})
}
