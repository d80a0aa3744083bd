package command

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiezhen/installer"
)

// TestServiceTellsWhyItEnded has a service fail before its office is open: the
// log has the reason, and so has whoever asks the installation.
func TestServiceTellsWhyItEnded(t *testing.T) {
	t.Parallel()
	places := installer.PlacesIn(t.TempDir())
	if err := os.MkdirAll(places.Inbox, 0o700); err != nil {
		t.Fatal(err)
	}
	c := &caller{opt: options{data: places.Data}, env: Env{Version: "1.2.3", Err: os.Stderr}, post: &post{places: places}}
	c.fell(errors.New("端口 8650 至 8654 都被占用，13800138000"))
	for _, path := range []string{filepath.Join(places.Data, logFolder, logName), filepath.Join(places.Inbox, "failure.txt")} {
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(text), "都被占用") || strings.Contains(string(text), "13800138000") {
			t.Errorf("%s: %v %q", path, err, text)
		}
	}
}
