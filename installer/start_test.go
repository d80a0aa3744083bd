package installer

import (
	"os"
	"strings"
	"testing"
)

// TestStartSaysSafeMode starts an office that comes up in safe mode: it is up,
// and its pages say why.
func TestStartSaysSafeMode(t *testing.T) {
	b := newBench(t)
	if err := os.WriteFile(b.exe, []byte(`{"condition":"ready","version":"1.0.0","safe":true}`+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	b.i.cfg.Out = &out
	if err := b.i.Start(t.Context()); err != nil || !strings.Contains(out.String(), "安全模式") {
		t.Errorf("error %v, said %q", err, out.String())
	}
}
