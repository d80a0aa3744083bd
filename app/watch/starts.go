// Package watch judges whether the program and its PC are well: starts that
// keep failing, a disk that fills up, a clock that cannot be right.
//
// It promises to count by sequence and never by the clock, to recover by
// itself where it can (a disk that was cleared), and to leave everything that
// loses or changes an office's data to people. It knows no office, no record
// and no page.
package watch

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"jiezhen/embedstore/disk"
)

// FORMAT of the file of starts, version 1: one JSON object,
// {"format":1,"version":"1.0","failed":n}: so many starts of this version in a
// row, up to now, neither stayed up for HealthyAfter nor were stopped by
// someone. Another version begins anew: it may be the cure, as after going
// back. A file that is absent, unreadable or of another format counts as none:
// it must not keep the office from starting.
type startsFile struct {
	Format  int    `json:"format"`
	Version string `json:"version"`
	Failed  int    `json:"failed"`
}

const startsFormat = 1

// StartsName is the file's name in the data folder.
const StartsName = "starts"

// AllowedStarts is how many starts in a row may fail before the office comes
// up in safe mode.
const AllowedStarts = 3

// HealthyAfter is how long a start must last to count as good. With the pauses
// of a service manager, three that do not are over in ten minutes.
const HealthyAfter = 3 * time.Minute

// Starts counts how the program's starts end. It is safe for use by many.
type Starts struct {
	mu      sync.Mutex
	path    string
	version string
	before  int // failed starts in a row when this one began
	safe    bool
	good    bool
}

// Begin counts a start, before anything of it can fail: whatever ends it from
// now on without Good or Stopped leaves it counted. A folder that takes no
// writing counts nothing.
func Begin(dir, version string) *Starts {
	s := &Starts{path: filepath.Join(dir, StartsName), version: version}
	s.before = s.read()
	s.safe = s.before >= AllowedStarts
	if !s.safe {
		s.write(s.before + 1)
	}
	return s
}

// Safe says that so many starts have failed that this one must be careful.
func (s *Starts) Safe() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.safe
}

// Good tells that the program has stayed up. It does not end safe mode: a
// careful start proves nothing about a full one.
func (s *Starts) Good() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.safe && !s.good {
		s.good = true
		s.write(0)
	}
}

// Stopped tells that someone stops the program: this start did not fail.
func (s *Starts) Stopped() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.safe && !s.good {
		s.write(s.before)
	}
}

// Leave ends safe mode because someone has decided so; the next start is a
// full one.
func (s *Starts) Leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.safe, s.before = false, 0
	s.write(1) // this one: it becomes a full start now
	time.AfterFunc(HealthyAfter, s.Good)
}

func (s *Starts) read() int {
	data, err := os.ReadFile(s.path)
	var f startsFile
	if err != nil || json.Unmarshal(data, &f) != nil || f.Format != startsFormat || f.Version != s.version || f.Failed < 0 {
		return 0
	}
	return f.Failed
}

func (s *Starts) write(failed int) {
	data, err := json.Marshal(startsFile{startsFormat, s.version, failed})
	if err == nil {
		err = disk.Write(s.path, append(data, '\n'))
	}
	_ = err // a folder that takes no writing: the store says so, in the office's words
}

// SafeWords say why the office is in safe mode.
func SafeWords() string {
	return fmt.Sprintf("街镇通连续 %d 次启动后不久就意外停止，现在以安全模式运行：可以查看，不能保存，检索已关闭。数据没有改动。", AllowedStarts)
}
