package command

import (
	"context"
	"errors"
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

// TestOfficeEndsWhileItAnswers: an office that is ended by the change it was
// asked for need not have said its last word, whether its end is seen or not;
// one that fails before has failed.
func TestOfficeEndsWhileItAnswers(t *testing.T) {
	t.Parallel()
	here := installer.PlacesIn(t.TempDir())
	if err := os.MkdirAll(here.Desk, 0o755); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the answer broke off")
	begin := func() {
		if err := os.WriteFile(here.StateFile(), []byte(`{"format":1,"version":"1.0.0","change":{"id":"x","phase":"trying"}}`), 0o600); err != nil {
			t.Error(err)
		}
	}
	if _, err := untilBegun(t.Context(), here, nil, func(context.Context) (bool, error) { return true, broken }); !errors.Is(err, broken) {
		t.Errorf("an office that failed: %v", err)
	}
	for name, how := range map[string]func(context.Context) (bool, error){
		"breaks off":   func(context.Context) (bool, error) { begin(); return true, broken },
		"says nothing": func(ctx context.Context) (bool, error) { begin(); <-ctx.Done(); return true, ctx.Err() },
	} {
		if err := os.RemoveAll(here.StateFile()); err != nil {
			t.Fatal(err)
		}
		if asked, err := untilBegun(t.Context(), here, nil, how); err != nil || !asked {
			t.Errorf("one that %s: %v %v", name, asked, err)
		}
	}
}
