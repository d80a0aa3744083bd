package embedstore

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// guarded runs work on the mapped file. A broken page makes bbolt panic, or
// the mapping fault; both come back as ErrDamaged. A panic of the caller's own
// code goes on: it must not be told to the office as damage.
func guarded(work func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		p := recover()
		switch {
		case p == nil:
		case ofTheFile(p):
			err = fmt.Errorf("%w: %v", ErrDamaged, p)
		default:
			panic(p)
		}
	}()
	return work()
}

// ofTheFile says whether a panic came out of bbolt or from a fault in the
// mapping. It must be called while panicking.
func ofTheFile(p any) bool {
	if _, fault := p.(interface{ Addr() uintptr }); fault {
		return true
	}
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for panicking := false; ; {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			panicking = true
		case panicking && strings.HasPrefix(f.Function, "go.etcd.io/bbolt"):
			return true
		case panicking && strings.HasPrefix(f.Function, "jiezhen/"), !more:
			return false
		}
	}
}
