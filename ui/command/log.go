package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"

	"jiezhen/embedstore/disk"
)

// The log tells what the program did and met, never whom it was about: no
// names, no numbers of people, no text of records. Long numbers are struck out
// in any case, should an error carry one.

// logSize and logFiles bound the log: the one being written and four older.
const (
	logSize  = 10 << 20
	logFiles = 5
)

const (
	logFolder = "logs"
	logName   = "jiezhen.log"
)

// log is the program's log: everything to the file, warnings to the console
// too.
func (c *caller) log() *slog.Logger {
	if c.logger != nil {
		return c.logger
	}
	console := slog.NewTextHandler(c.env.Err, &slog.HandlerOptions{Level: slog.LevelWarn, ReplaceAttr: strike})
	if c.held == nil { // a command: what runs the office writes the log
		return slog.New(console)
	}
	file, err := openLog(filepath.Join(c.opt.data, logFolder), logSize)
	if err != nil {
		c.logger = slog.New(console)
		c.logger.Warn("opening the log", "error", err)
		return c.logger
	}
	c.file = file
	c.logger = slog.New(both{console, slog.NewTextHandler(file, &slog.HandlerOptions{ReplaceAttr: strike})})
	return c.logger
}

// longNumber is what may be a person's: phone, identity card, bank card.
var longNumber = regexp.MustCompile(`[0-9][0-9 -]{5,}[0-9][Xx]?`)

// strike takes long numbers out of what is logged. Times and stacks are the
// program's own.
func strike(_ []string, a slog.Attr) slog.Attr {
	if a.Key == "stack" || a.Value.Kind() != slog.KindString && a.Value.Kind() != slog.KindAny {
		return a
	}
	return slog.String(a.Key, longNumber.ReplaceAllString(a.Value.String(), "〔数字〕"))
}

// both hands every line to two handlers.
type both struct{ one, two slog.Handler }

// Enabled says whether either takes lines of a level.
func (b both) Enabled(ctx context.Context, l slog.Level) bool {
	return b.one.Enabled(ctx, l) || b.two.Enabled(ctx, l)
}

// Handle hands a line on.
func (b both) Handle(ctx context.Context, r slog.Record) error {
	var err error
	for _, h := range []slog.Handler{b.one, b.two} {
		if h.Enabled(ctx, r.Level) {
			err = errors.Join(err, h.Handle(ctx, r.Clone()))
		}
	}
	return err
}

// WithAttrs gives a handler with attributes.
func (b both) WithAttrs(attrs []slog.Attr) slog.Handler {
	return both{b.one.WithAttrs(attrs), b.two.WithAttrs(attrs)}
}

// WithGroup gives a handler with a group.
func (b both) WithGroup(name string) slog.Handler {
	return both{b.one.WithGroup(name), b.two.WithGroup(name)}
}

// logFile is a file that begins anew when it is full, keeping a few older ones
// beside it as name.1 (the youngest) to name.4.
type logFile struct {
	mu   sync.Mutex
	path string
	most int64
	f    *os.File
	size int64
}

func openLog(dir string, most int64) (*logFile, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the log folder: %w", err)
	}
	l := &logFile{path: filepath.Join(dir, logName), most: most}
	return l, l.open()
}

func (l *logFile) open() error {
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("opening the log: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(fmt.Errorf("opening the log: %w", err), f.Close())
	}
	l.f, l.size = f, info.Size()
	return nil
}

// Write adds a line. A log that cannot be written must not stop the office:
// the line is lost, and the next is tried.
func (l *logFile) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f != nil && l.size+int64(len(line)) > l.most && l.size > 0 {
		l.turn()
	}
	if l.f == nil && l.open() != nil {
		return len(line), nil
	}
	n, err := l.f.Write(line)
	l.size += int64(n)
	if err != nil {
		return len(line), nil
	}
	return n, nil
}

// turn closes the full file first: Windows renames no open one.
func (l *logFile) turn() {
	_ = l.f.Close() // what it holds is written
	l.f = nil
	for n := logFiles - 1; n > 0; n-- {
		from := l.path
		if n > 1 {
			from += "." + strconv.Itoa(n-1)
		}
		_ = disk.Rename(from, l.path+"."+strconv.Itoa(n)) // the oldest is written over; a gap is no harm
	}
}

// Close ends the log.
func (l *logFile) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil {
		return nil
	}
	err := l.f.Close()
	l.f = nil
	if err != nil {
		return fmt.Errorf("closing the log: %w", err)
	}
	return nil
}
