package ui

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"jiezhen/app/record"
)

// job is something that takes longer than a page should: an import, a batch
// of papers. It runs beside the page, which asks how far it is.
type job struct {
	mu       sync.Mutex
	owner    uint64 // user; nobody else sees it
	text     string
	done     int
	total    int
	finished bool
	failed   error
	next     string // where the result is
	file     []byte // a result to download
	name     string
	made     time.Time
	stop     context.CancelFunc
	mayStop  bool // stopping it half-way leaves nothing half done
}

func (j *job) progress(done, total int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.done, j.total = done, total
}

// say changes what the job is said to be at.
func (j *job) say(text string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.text = text
}

// offerStop lets whoever waits stop the job.
func (j *job) offerStop() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.mayStop = true
}

// leadTo says where the result is.
func (j *job) leadTo(at string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.next = at
}

func (j *job) over() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.finished
}

// jobs are those of the running program; they end with it.
type jobs struct {
	mu    sync.Mutex
	all   map[string]*job
	clock func() time.Time
	log   *slog.Logger
	ctx   context.Context
	end   context.CancelFunc
	wait  sync.WaitGroup
}

func newJobs(clock func() time.Time, log *slog.Logger) *jobs {
	ctx, end := context.WithCancel(context.Background())
	return &jobs{all: map[string]*job{}, clock: clock, log: log, ctx: ctx, end: end}
}

// keepJobs is how long a finished job's result can be fetched.
const keepJobs = time.Hour

// start runs work beside the page and gives the id to ask by.
func (s *jobs) start(owner uint64, text string, work func(ctx context.Context, j *job) error) string {
	return s.startFor(owner, text, "", work)
}

// startFor does so for a page where the result is: the page that waits goes
// there even when another program answers by then.
func (s *jobs) startFor(owner uint64, text, next string, work func(ctx context.Context, j *job) error) string {
	var raw [12]byte
	_, _ = rand.Read(raw[:]) // never fails (crypto/rand ends the program instead)
	id := hex.EncodeToString(raw[:])
	ctx, stop := context.WithCancel(s.ctx)
	j := &job{owner: owner, text: text, next: next, made: s.clock(), stop: stop}
	s.mu.Lock()
	for old, other := range s.all {
		if s.clock().Sub(other.made) > keepJobs {
			delete(s.all, old)
		}
	}
	s.all[id] = j
	s.mu.Unlock()
	s.wait.Add(1)
	go func() {
		defer s.wait.Done()
		err := s.attempt(ctx, j, work)
		j.mu.Lock()
		defer j.mu.Unlock()
		if s.ctx.Err() == nil { // else the program ends: whoever waits goes on waiting for the one that comes up
			j.finished, j.failed = true, err
		}
	}()
	return id
}

// attempt does the work; a panic in it ends the job, not the office. What is no
// refusal goes to the log, of a panic only its type and where.
func (s *jobs) attempt(ctx context.Context, j *job, work func(ctx context.Context, j *job) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("panic in a job", "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			err = errJobBroke
		}
	}()
	err = work(ctx, j)
	if _, refused := record.AsRefusal(err); err != nil && !refused && !errors.Is(err, context.Canceled) {
		s.log.Error("a job ended badly", "error", err)
	}
	return err
}

// errJobBroke says that a job met a fault of the program.
var errJobBroke = errors.New("程序出错了，已完成的部分都已保存，请再试一次；仍不行请做一次体检")

func (s *jobs) get(id string, owner uint64) (*job, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j, ok := s.all[id]
	return j, ok && j.owner == owner
}

// stop ends the jobs; one that does not end in time is left behind.
func (s *jobs) stop() {
	s.end()
	done := make(chan struct{})
	go func() { s.wait.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(shutdownWithin / 2):
	}
}
