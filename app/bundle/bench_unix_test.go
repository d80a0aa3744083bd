//go:build unix

package bundle

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// used is the processor time that the process has spent.
func used(b *testing.B) time.Duration {
	b.Helper()
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
