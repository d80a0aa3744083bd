package installer

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// requestFile is what the office lays into the inbox to have a version
// changed; it is removed as soon as it is taken up.
const requestFile = "request.json"

// incomingFile is the new version's executable, beside the request.
const incomingFile = "incoming" + exeSuffix

// Request asks the privileged half for a change of versions. Nothing in it is
// believed: what it names is verified again.
//
// FORMAT of request.json, format 1: one JSON object with the keys below.
type Request struct {
	Format int           `json:"format"`
	Kind   Kind          `json:"kind"`
	Data   bool          `json:"data"` // rollback: the data of before the change too
	Took   time.Duration `json:"took"` // how long the other version took on a copy of the data
}

// Desk is the office's side of changing versions: it takes in a file, has it
// tried on a copy of the data, and asks for the change.
type Desk struct {
	Places  Places
	Version string
	Trusted []string
	// ByHand says that nothing takes up a request by itself here, so that only
	// the command changes versions.
	ByHand bool
	// Wake calls the privileged half; nil: as this system does.
	Wake func() error
}

// State is how the installation stands.
func (d *Desk) State() (State, error) { return ReadState(d.Places) }

// Incoming is where the new version's executable lies.
func (d *Desk) Incoming() string { return filepath.Join(d.Places.Inbox, incomingFile) }

// Take takes in a new version's file. A file that is none leaves nothing.
func (d *Desk) Take(ctx context.Context, in io.Reader) (Manifest, error) {
	path := d.Incoming()
	if err := d.free(); err != nil {
		return Manifest{}, err
	}
	if err := remove(path); err != nil {
		return Manifest{}, err
	}
	_, err := copyTo(ctx, in, path)
	var m Manifest
	if err == nil {
		m, err = d.Look(path)
	}
	if err != nil {
		return m, errors.Join(err, remove(path))
	}
	return m, nil
}

// Look says what a file is, and refuses one that is no step forward.
func (d *Desk) Look(path string) (Manifest, error) {
	m, err := Verify(path, d.Trusted)
	switch {
	case err != nil:
		return m, err
	case m.Version == d.Version:
		return m, fmt.Errorf("这就是现在的版本 %s，不用升级", m.Version)
	case !Newer(m.Version, d.Version):
		return m, fmt.Errorf("这个文件是 %s，比现在的 %s 旧。升级不会换成旧版；要退回上一版请用“回退”", m.Version, d.Version)
	}
	return m, nil
}

// free refuses while a change is under way.
func (d *Desk) free() error {
	s, err := d.State()
	if err != nil {
		return err
	}
	if s.Change.Open() {
		return ErrBusy
	}
	return nil
}

// mostTrial is how long a version may take on a copy of the data.
const mostTrial = 2 * time.Hour

// TrialCommand is the command by which a version opens a copy of the data,
// brings it up to date and checks it. Its name and its exit code (0 for sound)
// hold between versions.
const TrialCommand = "trial"

// ErrUnfit says that a version does not open a copy of the data.
var ErrUnfit = errors.New("那个版本打不开现在的数据")

// Try has an executable try a copy of the data; say gets its lines.
func (d *Desk) Try(ctx context.Context, exe, data string, say func(string)) error {
	ctx, stop := context.WithTimeout(ctx, mostTrial)
	defer stop()
	var cmd *exec.Cmd
	var out io.Reader
	var complaint strings.Builder
	err := patient(func() (err error) { // a scanner looks at what was just written
		cmd = exec.CommandContext(ctx, exe, TrialCommand, "--data", data)
		cmd.WaitDelay, cmd.Env, cmd.Stderr = time.Second, childEnv(os.Environ(), d.Places.Keys), &complaint
		if out, err = cmd.StdoutPipe(); err != nil {
			return err
		}
		return cmd.Start()
	})
	if err != nil {
		return fmt.Errorf("那个版本在这台电脑上运行不起来：%w", err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		say(lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%w：%s", ErrUnfit, lastLine(complaint.String(), err))
	}
	return nil
}

func lastLine(text string, err error) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if last := strings.TrimPrefix(strings.TrimSpace(lines[len(lines)-1]), "没有完成："); last != "" {
		return last
	}
	return err.Error()
}

// childEnv is this service's surroundings without what speaks for it to the
// service manager.
func childEnv(env []string, keys string) []string {
	var out []string
	for _, e := range env {
		if !strings.HasPrefix(e, "NOTIFY_SOCKET=") && !strings.HasPrefix(e, "WATCHDOG_") && !strings.HasPrefix(e, "JIEZHEN_DATA=") && !strings.HasPrefix(e, "JIEZHEN_KEYS=") {
			out = append(out, e)
		}
	}
	return append(out, "JIEZHEN_KEYS="+keys)
}

// Ask has the privileged half change versions.
func (d *Desk) Ask(r Request) error {
	if err := d.free(); err != nil {
		return err
	}
	r.Format = stateFormat
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("writing the request: %w", err)
	}
	if err := writeFile(requestIn(d.Places), data, 0o600); err != nil {
		return err
	}
	wake := d.Wake
	if wake == nil {
		wake = trigger
	}
	if err := wake(); err != nil { // else it would be carried out at a start of the PC when nobody expects it
		_, failed := withdrawRequest(d.Places)
		return errors.Join(fmt.Errorf("换版服务叫不起来，没有开始：%w", err), failed)
	}
	return nil
}

// takeRequest takes the request out of the inbox. The inbox is the office's:
// links in it lead nowhere.
func takeRequest(p Places) (r Request, found bool, err error) {
	inbox, err := os.OpenRoot(p.Inbox)
	if err != nil {
		return r, false, fmt.Errorf("opening the inbox: %w", err)
	}
	defer inbox.Close()
	f, err := inbox.Open(requestFile)
	if errors.Is(err, fs.ErrNotExist) {
		return r, false, nil
	}
	if err == nil {
		err = json.NewDecoder(io.LimitReader(f, 4096)).Decode(&r)
		_ = f.Close() // only read
	}
	gone := removeIn(inbox, requestFile)
	if errors.Is(gone, fs.ErrNotExist) {
		return r, false, nil // withdrawn meanwhile
	}
	if gone != nil {
		return r, false, fmt.Errorf("taking the request: %w", gone)
	}
	if err != nil || r.Format != stateFormat {
		return r, false, errors.New("换版请求看不懂，已丢弃")
	}
	return r, true, nil
}
