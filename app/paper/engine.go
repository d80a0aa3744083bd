package paper

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
)

// ErrBroken is returned for a document whose drawing failed; the cause is
// wrapped. It says nothing about other documents.
var ErrBroken = errors.New("paper: document could not be drawn")

// Config is what an engine works with.
type Config struct {
	// Fonts holds the embedded fonts: fonts.Files of assets/fonts.
	Fonts fs.FS
	// FontDirs are folders of the PC searched for simfang, simkai, simhei and
	// for fonts with rarer characters. Empty: embedded fonts only.
	FontDirs []string
	// Workers is how many documents are made at once; 0 is 2.
	Workers int
	Log     *slog.Logger
}

// Engine prints papers. It is safe for use by many goroutines.
type Engine struct{ cfg Config }

// New reads the fonts.
func New(cfg Config) (*Engine, error) { return &Engine{cfg: cfg}, nil }

// Print makes one paper.
func (e *Engine) Print(ctx context.Context, l *Layout, s Source, st Stamp) (Result, error) {
	return e.Merge(ctx, []Job{{l, s, st}})
}

// Merge makes one document of many papers; each keeps its own page numbers.
func (e *Engine) Merge(ctx context.Context, jobs []Job) (Result, error) {
	return Result{}, ErrBroken
}

// Each makes a document of its own for every job and hands it to fn, in order.
// fn returning an error ends the run with it.
func (e *Engine) Each(ctx context.Context, jobs []Job, fn func(i int, r Result, err error) error) error {
	return ErrBroken
}

// Unprintable lists the characters of texts that no font of the engine holds.
func (e *Engine) Unprintable(texts ...string) []rune { return nil }

// Load reads every *.yaml below fsys; the error names file and line.
func Load(fsys fs.FS) (map[string]*Layout, error) { return nil, nil }

// Parse reads one layout; file is used in errors.
func Parse(file string, data []byte) (*Layout, error) { return nil, nil }

// Paths lists every path the layout reads, each once, in the order of the paper.
func (l *Layout) Paths() []string { return nil }

// Missing lists the needed cells that s leaves empty, in the order of the paper.
func Missing(l *Layout, s Source) []MissingField { return nil }
