package ui

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// A job that breaks ends with words for its owner and leaves the program up;
// the log tells where, not on what.
func TestJobThatPanics(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	s := newJobs(time.Now, slog.New(slog.NewTextHandler(&log, nil)))
	id := s.start(7, "正在导入", func(context.Context, *job) error { panic("沐望舒 110101199001011234") })
	s.wait.Wait()
	j, ok := s.get(id, 7)
	if !ok || !j.over() || j.failed == nil || !strings.Contains(j.failed.Error(), "程序出错") {
		t.Fatalf("the job: %v", j)
	}
	if !strings.Contains(log.String(), "TestJobThatPanics") || strings.Contains(log.String(), "沐望舒") {
		t.Errorf("the log: %s", log.String())
	}
}

// What a job ended on is in the log, unless it was told to the owner as a
// refusal or the owner stopped it.
func TestJobThatFails(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	s := newJobs(time.Now, slog.New(slog.NewTextHandler(&log, nil)))
	s.start(7, "正在备份", func(context.Context, *job) error { return io.ErrUnexpectedEOF })
	s.start(7, "正在备份", func(context.Context, *job) error { return context.Canceled })
	s.wait.Wait()
	if n := strings.Count(log.String(), "ended badly"); n != 1 {
		t.Errorf("%d lines: %s", n, log.String())
	}
}

// A job that the end of the program cuts short is not told as done: whoever
// waits goes on to the program that comes up.
func TestJobCutByTheEnd(t *testing.T) {
	t.Parallel()
	s := newJobs(time.Now, slog.New(slog.DiscardHandler))
	id := s.startFor(7, "正在换版", "/upgrade", func(ctx context.Context, _ *job) error { <-ctx.Done(); return nil })
	s.stop()
	if j, ok := s.get(id, 7); !ok || j.over() || j.next != "/upgrade" {
		t.Errorf("the job: %v %v", j, ok)
	}
}
