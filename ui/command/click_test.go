package command

import (
	"os"
	"testing"

	"jiezhen/installer"
)

// TestClickOnANewerFile: a double-click on the file of a newer version is an
// upgrade; on that of the same or an older one it leads to the office.
func TestClickOnANewerFile(t *testing.T) {
	t.Parallel()
	here := installer.PlacesIn(t.TempDir())
	if newerThan(here, "2.0.0") {
		t.Error("newer than what is not installed")
	}
	if err := os.MkdirAll(here.Desk, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(here.StateFile(), []byte(`{"format":1,"version":"1.9.0"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for version, want := range map[string]bool{"1.10.0": true, "1.9.0": false, "1.8.9": false, "开发版": false} {
		if got := newerThan(here, version); got != want {
			t.Errorf("%s over 1.9.0: %v", version, got)
		}
	}
}
