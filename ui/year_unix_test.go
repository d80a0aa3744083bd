//go:build unix

package ui

import (
	"syscall"
	"time"
)

// processorTime is how much processor time the tests have used.
func processorTime() time.Duration {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r) // fails only for an unknown constant
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
