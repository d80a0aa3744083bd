package ui

import (
	"context"
	"strings"
	"sync"
	"time"

	"jiezhen/app/sheet"
)

// tryHere is how many rows a page tries while it is waited for; more are tried
// beside it, with a bar that shows how far it is.
const tryHere = 500

// keepTried is how long a try is shown as it was: the office goes on working,
// and writing checks every row again in any case.
const keepTried = 10 * time.Minute

// tries are the last trial run of each user, so that the page and the reply
// file of a long list are not computed twice. They end with the program.
type tries struct {
	mu    sync.Mutex
	last  map[uint64]*tried
	clock func() time.Time
}

// tried is one trial run, done or under way.
type tried struct {
	key  string // file and columns
	job  string // while it runs
	at   time.Time
	done bool
	dry  sheet.Dry
}

func newTries(clock func() time.Time) *tries {
	return &tries{last: map[uint64]*tried{}, clock: clock}
}

func (s *tries) of(user uint64, key string) (tried, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.last[user]
	if !ok || t.key != key || t.done && s.clock().Sub(t.at) > keepTried {
		return tried{}, false
	}
	return *t, true
}

func (s *tries) put(user uint64, t tried) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.at = s.clock()
	s.last[user] = &t
}

// drop forgets a trial run, so that the next look begins anew.
func (s *tries) drop(user uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.last, user)
}

func triedKey(s *sheet.Staged) string { return s.ID + "\x00" + strings.Join(s.Columns, "\x00") }

// dryRun is the trial run of a file. A long one is done beside the page: then
// wait is the job to wait for, and to is where it leads.
func (v *visit) dryRun(s *sheet.Staged, to string) (dry sheet.Dry, wait string, err error) {
	key := triedKey(s)
	if t, ok := v.tries.of(v.viewer.User, key); ok && t.done {
		return t.dry, "", nil
	} else if ok {
		if j, running := v.jobs.get(t.job, v.viewer.User); running && !j.over() {
			return sheet.Dry{}, t.job, nil
		}
	}
	if len(s.Lines) <= tryHere {
		dry, err = v.office.Sheets.DryRun(v.ctx, v.viewer, s, nil)
		return dry, "", err
	}
	office, viewer, tries := v.office, v.viewer, v.tries
	// entered before it starts, or a quick run would be overwritten by its
	// own beginning
	begun := make(chan struct{})
	id := v.jobs.start(viewer.User, "正在试算 "+s.Name, func(ctx context.Context, j *job) error {
		<-begun
		j.progress(0, len(s.Lines))
		dry, err := office.Sheets.DryRun(ctx, viewer, s, j.progress)
		if err == nil {
			tries.put(viewer.User, tried{key: key, done: true, dry: dry})
		}
		j.leadTo(to)
		return err
	})
	v.tries.put(viewer.User, tried{key: key, job: id})
	close(begun)
	return sheet.Dry{}, id, nil
}
