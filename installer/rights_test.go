package installer

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var ace = regexp.MustCompile(`\(A;([A-Z]*);([0-9a-zA-Z]+);;;([A-Z]{2}|S-1-[0-9-]+)\)`)

// Bits of an access mask by which a file or folder, or its rights, change.
const writing = 0x2 | 0x4 | 0x10 | 0x40 | 0x100 | 0x10000 | 0x40000 | 0x80000 | 0x40000000 | 0x10000000

// may is what a description of rights lets each do; "FA" is everything.
func may(t *testing.T, rights string) map[string]uint64 {
	t.Helper()
	text := strings.ReplaceAll(rights, "%s", serviceSID(Name))
	if !strings.HasPrefix(text, "D:P(") {
		t.Errorf("%s inherits from the folder above", rights)
	}
	if rest := ace.ReplaceAllString(text, ""); rest != "D:P" {
		t.Fatalf("not understood: %s", rest)
	}
	out := map[string]uint64{}
	for _, m := range ace.FindAllStringSubmatch(text, -1) {
		mask := uint64(0x1f01ff)
		if m[2] != "FA" {
			var err error
			if mask, err = strconv.ParseUint(m[2], 0, 32); err != nil {
				t.Fatal(err)
			}
		}
		out[m[3]] |= mask
	}
	return out
}

// TestRightsOfFolders: users of the PC write nowhere, and read neither data,
// keys nor the inbox; the office's account writes neither the state of the
// installation nor the folder above its own.
func TestRightsOfFolders(t *testing.T) {
	t.Parallel()
	office := serviceSID(Name)
	for _, row := range []struct {
		name, rights                        string
		usersRead, officeWrites, adminsRead bool
	}{
		{"home", rightsHome, true, false, true},
		{"data and keys", rightsData, false, true, false},
		{"desk", rightsDesk, true, false, true},
		{"inbox", rightsInbox, false, true, true},
		{"run", rightsRun, true, true, true},
	} {
		got := may(t, row.rights)
		if got["BU"]&writing != 0 {
			t.Errorf("%s: users may write (%#x)", row.name, got["BU"])
		}
		if reads := got["BU"]&1 != 0; reads != row.usersRead {
			t.Errorf("%s: users read: %v", row.name, reads)
		}
		if writes := got[office]&writing != 0; writes != row.officeWrites || got[office]&1 == 0 {
			t.Errorf("%s: the office writes: %v (%#x)", row.name, writes, got[office])
		}
		if reads := got["BA"]&1 != 0; reads != row.adminsRead {
			t.Errorf("%s: administrators read: %v", row.name, reads)
		}
		for who := range got {
			if who != "SY" && who != "BA" && who != "BU" && who != office {
				t.Errorf("%s: %s has rights", row.name, who)
			}
		}
	}
	if granted := serviceBits(t, "LCRP"); calling&^granted != 0 {
		t.Errorf("the office asks for %#x of the privileged half, and has %#x", calling, granted)
	}
	if text := fmt.Sprintf(letStartText, office); !strings.HasSuffix(text, "(A;;LCRP;;;"+office+")") || strings.Contains(text, "BU") {
		t.Errorf("who starts the privileged half: %s", text)
	}
}

// serviceBits are the rights to a service that letters of a description give.
func serviceBits(t *testing.T, letters string) (bits int) {
	t.Helper()
	for i := 0; i+1 < len(letters); i += 2 {
		bit, ok := map[string]int{"CC": serviceConfig, "DC": serviceChange, "LC": serviceStatus, "RP": serviceStart, "WP": serviceStop}[letters[i:i+2]]
		if !ok {
			t.Fatalf("not understood: %s", letters[i:i+2])
		}
		bits |= bit
	}
	return bits
}
