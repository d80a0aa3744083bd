package paper

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
)

// ErrBroken is wrapped by the error of a document whose drawing failed. It
// says nothing about other documents.
var ErrBroken = errors.New("document could not be drawn")

// ErrCopy is wrapped when Stamp.Copy names a copy the layout does not have.
var ErrCopy = errors.New("layout has no such copy")

// Config is what an engine works with.
type Config struct {
	// Fonts holds the embedded fonts: fonts.Files of assets/fonts.
	Fonts fs.FS
	// FontDirs are font folders of the PC, searched by name for 仿宋, 楷体,
	// 黑体, 小标宋 (simfang.ttf …) and for 宋体-ExtB. Empty: none is read.
	FontDirs []string
	// OfficeFonts is the folder where the office puts fonts with rarer
	// characters; every .ttf and .ttc in it is asked, after the embedded ones.
	OfficeFonts string
	// Workers is how many documents are made at once; 0 is 2.
	Workers int
	// Log hears of fonts that cannot be used; nil is silence.
	Log *slog.Logger
}

// Engine prints papers. It is safe for use by many goroutines; no more than
// Config.Workers documents are in the making at once, the others wait.
type Engine struct {
	fonts *fontSet
	slots chan struct{}
}

// New reads the fonts.
func New(cfg Config) (*Engine, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Workers <= 0 {
		cfg.Workers = 2
	}
	fonts, err := newFontSet(cfg)
	if err != nil {
		return nil, fmt.Errorf("starting the printing of papers: %w", err)
	}
	return &Engine{fonts: fonts, slots: make(chan struct{}, cfg.Workers)}, nil
}

// Print makes one paper.
func (e *Engine) Print(ctx context.Context, l *Layout, s Source, st Stamp) (Result, error) {
	return e.Merge(ctx, []Job{{Layout: l, Source: s, Stamp: st}})
}

// Merge makes one document of many papers; each keeps its own page numbers.
// The document is dated by the first.
func (e *Engine) Merge(ctx context.Context, jobs []Job) (Result, error) {
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return Result{}, fmt.Errorf("waiting to print: %w", ctx.Err())
	}
	return e.merge(ctx, jobs)
}

// merge turns a panic of the drawing library into an error of this document.
func (e *Engine) merge(ctx context.Context, jobs []Job) (r Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			r, err = Result{}, fmt.Errorf("%w: %v", ErrBroken, p)
		}
	}()
	if len(jobs) == 0 {
		return Result{}, fmt.Errorf("%w: no papers", ErrBroken)
	}
	clean := newCleaner(e.fonts)
	var pages []Page
	for _, job := range jobs {
		if err := ctx.Err(); err != nil {
			return Result{}, fmt.Errorf("setting papers: %w", err)
		}
		set, err := e.set(job, clean)
		if err != nil {
			return Result{}, fmt.Errorf("setting paper %s: %w", job.Layout.ID, err)
		}
		pages = append(pages, set...)
	}
	title := fill(jobs[0].Layout.Title, jobs[0].Source, 0)
	pdf, err := render(ctx, e.fonts, pages, title, jobs[0].Stamp.At)
	switch {
	case err != nil && ctx.Err() != nil: // the caller gave up; nothing is wrong with the papers
		return Result{}, err
	case err != nil:
		return Result{}, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	hash := sha256.Sum256(pdf)
	return Result{PDF: pdf, Pages: len(pages), Unprintable: clean.lost, SHA256: hex.EncodeToString(hash[:])}, nil
}

// set makes the pages of one paper, all its copies.
func (e *Engine) set(job Job, clean *cleaner) ([]Page, error) {
	l := job.Layout
	names := l.Copies
	if job.Stamp.Copy > 0 {
		if job.Stamp.Copy > max(len(names), 1) {
			return nil, fmt.Errorf("%w: copy %d of %d", ErrCopy, job.Stamp.Copy, len(names))
		}
		names = names[min(job.Stamp.Copy-1, len(names)):min(job.Stamp.Copy, len(names))]
	}
	if len(names) == 0 {
		names = []string{""}
	}
	c, err := compose(job, setter{fonts: e.fonts, clean: clean})
	if err != nil {
		return nil, err
	}
	var pages []Page
	for _, name := range names {
		framed, err := c.frame(c.pages, name)
		if err != nil {
			return nil, err
		}
		pages = append(pages, framed...)
	}
	return pages, nil
}

// Each makes a document of its own for every job and hands it to fn, in order,
// on the caller's goroutine. An error of fn ends the run and is returned.
func (e *Engine) Each(ctx context.Context, jobs []Job, fn func(i int, r Result, err error) error) error {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	type done struct {
		r   Result
		err error
	}
	// One place ahead for each slot keeps the workers busy and memory bounded.
	ahead := make(chan chan done, cap(e.slots))
	running.Go(func() {
		defer close(ahead)
		for _, job := range jobs {
			out := make(chan done, 1)
			select {
			case ahead <- out:
			case <-ctx.Done():
				return
			}
			running.Go(func() {
				r, err := e.Merge(ctx, []Job{job})
				out <- done{r, err}
			})
		}
	})
	i := 0
	for out := range ahead {
		d := <-out
		if err := fn(i, d.r, d.err); err != nil {
			return err
		}
		i++
	}
	if i < len(jobs) {
		return ctx.Err()
	}
	return nil
}

// Unprintable lists, once each, the characters of texts that no font of the
// engine holds. Printing would write them 〔U+xxxxx〕.
func (e *Engine) Unprintable(texts ...string) []rune {
	c := newCleaner(e.fonts)
	for _, t := range texts {
		c.text(Fang, t)
	}
	return c.lost
}
