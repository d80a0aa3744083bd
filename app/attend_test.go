package app

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// Work that breaks is begun again until it ends by itself; the log says where
// it broke and not on whom.
func TestWorkThatBreaksIsBegunAgain(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	times := 0
	attend(t.Context(), slog.New(slog.NewTextHandler(&log, nil)), time.Nanosecond, func(context.Context) {
		if times++; times < 3 {
			panic("沐望舒")
		}
	})
	if times != 3 {
		t.Errorf("begun %d times, want 3", times)
	}
	if text := log.String(); strings.Count(text, "panic behind") != 2 || strings.Contains(text, "沐望舒") {
		t.Errorf("the log: %s", text)
	}
}

// An office that closes does not wait for the rest to be over.
func TestWorkThatBreaksEndsWithTheOffice(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	attend(ctx, nil, time.Hour, func(context.Context) { stop(); panic("at the end") })
}
