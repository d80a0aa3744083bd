package installer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Switch is the privileged half: it carries out the request in the inbox, if
// there is one, and before it whatever a power failure cut short.
func (i *Installer) Switch(ctx context.Context) error {
	if !Admin() {
		return ErrNotAdmin
	}
	free, err := i.hold(ctx)
	if err != nil {
		return err
	}
	defer free()
	state, err := ReadState(i.cfg.Places)
	if err != nil {
		return err
	}
	if state.Change.Open() {
		return i.carry(ctx, state)
	}
	r, found, err := takeRequest(i.cfg.Places)
	if !found && err == nil {
		return i.align(ctx, state)
	}
	change := Change{}
	if err == nil {
		change, err = i.prepare(ctx, state, r)
	}
	change.Began = i.cfg.Clock()
	if err != nil { // told in the state: whoever asked waits for it
		change.Kind, change.From, change.Phase, change.Why, change.Ended = r.Kind, state.Version, Refused, err.Error(), i.cfg.Clock()
		state.Change = &change
		return errors.Join(err, writeState(i.cfg.Places, state))
	}
	change.ID = fmt.Sprintf("%s-%d", SafeVersion(state.Version), change.Began.Unix())
	state.Change = &change
	if err := writeState(i.cfg.Places, state); err != nil {
		return err
	}
	return i.carry(ctx, state)
}

// mostWait bounds how long a version may take to come up, whatever a request
// says.
const mostWait = 30 * time.Minute

// prepare verifies a request and lays the executable in place. Nothing that
// runs is touched.
func (i *Installer) prepare(ctx context.Context, state State, r Request) (Change, error) {
	c := Change{Kind: r.Kind, From: state.Version, Phase: Trying, Within: min(i.cfg.Within+4*max(r.Took, 0), mostWait)}
	switch r.Kind {
	case Upgrade:
		return c, i.receive(ctx, state, &c)
	case Rollback:
		if state.Previous == nil {
			return c, errors.New("没有可以退回的上一版")
		}
		if _, err := os.Stat(state.Previous.Exe); err != nil {
			return c, fmt.Errorf("上一版的程序文件不在了：%w", err)
		}
		c.To, c.Exe = state.Previous.Version, state.Previous.Exe
		if r.Data {
			c.Data = state.Previous.Copy
		}
		return c, nil
	}
	return c, errors.New("换版请求看不懂，已丢弃")
}

// receive copies the incoming executable to where only administrators write,
// and verifies the copy: what lies in the inbox may change under the eyes.
func (i *Installer) receive(ctx context.Context, state State, c *Change) error {
	inbox, err := os.OpenRoot(i.cfg.Places.Inbox)
	if err != nil {
		return fmt.Errorf("opening the inbox: %w", err)
	}
	defer inbox.Close()
	in, err := inbox.Open(incomingFile)
	if err != nil {
		return fmt.Errorf("升级文件不在收件箱里：%w", err)
	}
	defer in.Close()
	aside := filepath.Join(i.cfg.Places.Programs, incomingFile+".new")
	if _, err := copyTo(ctx, in, aside); err != nil {
		return errors.Join(fmt.Errorf("复制升级文件：%w", err), remove(aside))
	}
	desk := Desk{Places: i.cfg.Places, Version: state.Version, Trusted: i.cfg.Trusted}
	m, err := desk.Look(aside)
	if err != nil {
		return errors.Join(err, remove(aside))
	}
	c.To, c.Exe = m.Version, i.cfg.Places.ExeFor(m.Version)
	return errors.Join(i.swap(aside, c.Exe), removeIn(inbox, incomingFile))
}

// carry goes on with a change from wherever it stands. A PC that is shut down
// meanwhile leaves it there for the next start: that a version did not come up
// then says nothing of it.
func (i *Installer) carry(ctx context.Context, state State) error {
	c := state.Change
	if c.Phase == Trying {
		i.say("换成 %s……", c.To)
		why, err := i.bring(ctx, c.Exe, c.To, c.Within)
		if why == "" && err == nil {
			return i.accept(ctx, state)
		}
		if ctx.Err() != nil {
			return fmt.Errorf("换版停在半路，下次开机接着办：%w", ctx.Err())
		}
		c.Phase, c.Why = Returning, why
		if err != nil {
			c.Why = err.Error()
		}
		i.say("没有成功（%s），换回 %s……", c.Why, c.From)
		if err := writeState(i.cfg.Places, state); err != nil {
			return err
		}
	}
	why, err := i.bring(ctx, state.Exe, state.Version, c.Within)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil { // it stays open: a version that starts now or later must put the data back first
		return fmt.Errorf("换回停在半路，下次开机接着办：%w", err)
	}
	c.Phase, c.Ended = Returned, i.cfg.Clock()
	if why != "" {
		c.Why += "；换回后也还没有起来：" + why
	}
	return errors.Join(writeState(i.cfg.Places, state), i.prune(state))
}

// align has the manager start what the record says. Windows writes its own list
// of services to disk when it likes: a power failure soon after a change may
// bring back the executable of before.
func (i *Installer) align(ctx context.Context, state State) error {
	for _, point := range []func(context.Context, Places, string) error{i.cfg.Manager.Point, i.cfg.Manager.PointKeeper} {
		if err := point(ctx, i.cfg.Places, state.Exe); err != nil {
			return err
		}
	}
	a, err := Ask(ctx, i.cfg.Places)
	if err != nil || a.Version == state.Version {
		return nil // it does not run, or it is the one
	}
	i.say("运行的是 %s，应当是 %s，换回来……", a.Version, state.Version)
	why, err := i.bring(ctx, state.Exe, state.Version, i.cfg.Within)
	if err == nil && why != "" {
		err = errors.New(why)
	}
	return err
}

// bring has the service run an executable; why says what is wrong when it does
// not come up. The manager is told of the executable first: it may start a
// service that failed anew by itself, at any moment.
func (i *Installer) bring(ctx context.Context, exe, version string, within time.Duration) (why string, err error) {
	if err := i.cfg.Manager.Point(ctx, i.cfg.Places, exe); err != nil {
		return "", err
	}
	if err := i.stop(ctx); err != nil {
		return "", err
	}
	if err := i.cfg.Manager.Start(ctx); err != nil {
		return "", err
	}
	if ok, why := i.awaitHealthy(ctx, version, max(within, i.cfg.Within)); !ok {
		return why, nil
	}
	return "", nil
}

// accept makes the version that came up the installed one.
func (i *Installer) accept(ctx context.Context, state State) error {
	c := state.Change
	past := &Past{Version: state.Version, Exe: state.Exe, Copy: c.ID, At: c.Began}
	if c.Kind == Rollback {
		past = nil // there is no way back from the way back: the newer file can be brought again
	}
	state.Version, state.Exe, state.Previous = c.To, c.Exe, past
	c.Phase, c.Ended = Done, i.cfg.Clock()
	if err := writeState(i.cfg.Places, state); err != nil {
		return err
	}
	i.say("已换成 %s。", c.To)
	if err := i.cfg.Manager.PointKeeper(ctx, i.cfg.Places, state.Exe); err != nil {
		return err
	}
	if err := offer(i.cfg.Places); err != nil { // entries of the desktop lead to the version in use
		return err
	}
	return i.prune(state)
}

// leftovers are what executables of other versions and copying that was cut
// short leave among the programs.
func leftovers(p Places) (out []string, err error) {
	for _, pattern := range []string{"jiezhen-*" + exeSuffix, "*" + exeSuffix + ".old", "*" + exeSuffix + ".new"} {
		found, failed := filepath.Glob(filepath.Join(p.Programs, pattern))
		out, err = append(out, found...), errors.Join(err, failed)
	}
	return out, err
}

// prune removes executables that are neither in use nor gone back to.
func (i *Installer) prune(state State) error {
	exes, err := leftovers(i.cfg.Places)
	for _, exe := range exes {
		if exe == state.Exe || state.Previous != nil && exe == state.Previous.Exe || i.runs(exe) {
			continue
		}
		err = errors.Join(err, remove(exe))
	}
	return err
}
