package app

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"
)

// afterPanic is how long work behind the office rests after it broke.
const afterPanic = time.Minute

// attend runs work until it ends by itself. Work that breaks is begun again
// after a rest: one odd record must not take the office from everybody. The
// log gets the type of the panic and where, never its words.
func attend(ctx context.Context, log *slog.Logger, rest time.Duration, work func(context.Context)) {
	for !attempt(ctx, log, work) && ctx.Err() == nil {
		pause(ctx, rest)
	}
}

// attempt reports whether the work ended by itself.
func attempt(ctx context.Context, log *slog.Logger, work func(context.Context)) (ended bool) {
	defer func() {
		if p := recover(); p != nil && log != nil {
			log.Error("panic behind the office", "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
		}
	}()
	work(ctx)
	return true
}
