package bundle

import (
	"bytes"
	"io"
	"testing"

	"filippo.io/age"
)

// TestLocked opens what was locked with the passphrase, and with no other.
func TestLocked(t *testing.T) {
	t.Parallel()
	sealed, err := Locked([]byte("参保名册"), "四句口令-2026-abc")
	if err != nil || bytes.Contains(sealed, []byte("参保名册")) {
		t.Fatalf("%v, %d bytes", err, len(sealed))
	}
	for pass, want := range map[string]bool{"四句口令-2026-abc": true, "四句口令-2026-abd": false} {
		id, err := age.NewScryptIdentity(pass)
		if err != nil {
			t.Fatal(err)
		}
		r, err := age.Decrypt(bytes.NewReader(sealed), id)
		if (err == nil) != want {
			t.Errorf("%s opens: %v", pass, err)
			continue
		}
		if !want {
			continue
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != "参保名册" {
			t.Errorf("reads %q, %v", got, err)
		}
	}
}
