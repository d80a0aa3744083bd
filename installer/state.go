package installer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// State is the record of an installation and of the last change of versions.
// Administrators alone write it; the office reads it.
//
// FORMAT of state.json, format 1: one JSON object with the keys below. Keys
// may be added; a program passes over those it does not know. A higher format
// is refused. Written aside, synced and renamed.
type State struct {
	Format   int       `json:"format"`
	Version  string    `json:"version"`            // installed and known to be good
	Exe      string    `json:"exe"`                // its executable
	Previous *Past     `json:"previous,omitempty"` // what can be gone back to
	Change   *Change   `json:"change,omitempty"`   // the last change of versions, or the one under way
	At       time.Time `json:"at"`                 // when it was installed
}

// Past is a version that was in use before.
type Past struct {
	Version string    `json:"version"`
	Exe     string    `json:"exe"`
	Copy    string    `json:"copy"` // id of the data's copy made before the change
	At      time.Time `json:"at"`   // when it was changed for the present one
}

// Kind says what a change is.
type Kind string

// The kinds of changes.
const (
	Upgrade  Kind = "upgrade"
	Rollback Kind = "rollback"
)

// Phase says how far a change is.
type Phase string

// The phases of a change.
const (
	Trying    Phase = "trying"    // the other version has been started and is watched
	Done      Phase = "done"      // it is healthy
	Returning Phase = "returning" // it was not: the version before is coming back, with its data
	Returned  Phase = "returned"
	Refused   Phase = "refused" // nothing was changed
)

// Change is one change of versions.
type Change struct {
	ID    string `json:"id"` // names the copy of the data made before it
	Kind  Kind   `json:"kind"`
	From  string `json:"from"`
	To    string `json:"to"`
	Phase Phase  `json:"phase"`
	Data  string `json:"data,omitempty"` // rollback: id of the copy to put back; "": the data stay
	Exe   string `json:"exe,omitempty"`  // executable that is being tried
	Why   string `json:"why,omitempty"`  // for the page, when it did not go well
	// Within is how long the version may take to come up
	Within time.Duration `json:"within,omitempty"`
	Began  time.Time     `json:"began"`
	Ended  time.Time     `json:"ended,omitzero"`
}

// Task is what a version that starts must do with the data before it opens
// them, as the change under way says.
type Task struct {
	Keep string // make a copy under this name, unless there is one
	Put  string // put the copy of this name back, if it is still there …
	As   string // … and keep what was there under this name
}

// TaskFor is what a version must do when it starts.
func (s State) TaskFor(version string) Task {
	c := s.Change
	switch {
	case !c.Open():
		return Task{}
	case c.Phase == Trying && version == c.To && c.Kind == Upgrade:
		return Task{Keep: c.ID}
	case c.Phase == Trying && version == c.To && c.Data != "":
		return Task{Put: c.Data, As: c.ID}
	case c.Phase == Returning && version == c.From && (c.Kind == Upgrade || c.Data != ""):
		return Task{Put: c.ID, As: "unfit-" + c.ID}
	}
	return Task{}
}

// Open says whether the change is still under way.
func (c *Change) Open() bool { return c != nil && (c.Phase == Trying || c.Phase == Returning) }

const stateFormat = 1

// ReadState reads the record of the installation.
func ReadState(p Places) (State, error) {
	var s State
	var data []byte
	err := patient(func() (err error) { data, err = os.ReadFile(p.StateFile()); return err })
	if errors.Is(err, fs.ErrNotExist) {
		return s, ErrNotInstalled
	}
	if err != nil {
		return s, fmt.Errorf("读不到安装记录：%w", err)
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return s, fmt.Errorf("安装记录 %s 已损坏，请重新安装一次（数据不受影响）：%w", p.StateFile(), err)
	}
	if s.Format > stateFormat {
		return s, errors.New("安装记录是更新版本的程序写的，请使用新版程序")
	}
	return s, nil
}

func writeState(p Places, s State) error {
	s.Format = stateFormat
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the state: %w", err)
	}
	return writeFile(p.StateFile(), append(data, '\n'), 0o644)
}

// writeFile puts a file in place whole or not at all.
func writeFile(path string, data []byte, mode fs.FileMode) error {
	aside := path + ".new"
	f, err := os.OpenFile(aside, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return fmt.Errorf("写不了 %s：%w", path, err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("写不了 %s：%w", path, err), os.Remove(aside))
	}
	if err := rename(aside, path); err != nil {
		return fmt.Errorf("写不了 %s：%w", path, err)
	}
	return syncDir(filepath.Dir(path))
}

// rename puts a file in another's place.
func rename(from, to string) error {
	return patient(func() error { return os.Rename(from, to) })
}
