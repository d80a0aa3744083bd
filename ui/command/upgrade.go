package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"jiezhen/app"
	"jiezhen/app/demo"
	"jiezhen/embedstore/disk"
	"jiezhen/installer"
	"jiezhen/ui"
)

// desk is the office's side of changing versions; nil where the office is no
// service.
func (c *caller) desk() *installer.Desk {
	if c.post == nil {
		return nil
	}
	manager, err := installer.FindManager()
	return &installer.Desk{Places: c.post.places, Version: c.env.Version, Trusted: installer.TrustedKeys(), ByHand: err != nil || !installer.Triggered(manager)}
}

// settleData does with the data what the change of versions under way asks of
// this version, before the data are opened.
func (c *caller) settleData(ctx context.Context, places installer.Places) error {
	state, err := installer.ReadState(places)
	if errors.Is(err, installer.ErrNotInstalled) {
		return nil
	}
	if err != nil {
		return err
	}
	task := state.TaskFor(c.env.Version)
	if task == (installer.Task{}) {
		return nil
	}
	held, err := disk.Hold(filepath.Join(places.Data, lockName))
	if errors.Is(err, os.ErrNotExist) {
		return nil // no data yet
	}
	if err != nil {
		return fmt.Errorf("数据文件夹被占用：%w", err)
	}
	if task.Keep != "" {
		err = app.KeepCopy(ctx, places.Data, task.Keep)
	}
	if task.Put != "" {
		err = app.PutBack(places.Data, task.Put, task.As)
	}
	return errors.Join(err, held.Release())
}

// trial opens a copy of the data with this version, brings it up to date and
// checks it. Another version of the program calls it: see
// installer.TrialCommand.
func (c *caller) trial(ctx context.Context) error {
	cfg := c.config(demo.Marked(c.opt.data))
	cfg.Safe = "试用" // nothing runs behind a copy
	house, err := app.Enter(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { _ = house.Leave() }() // it is a copy
	office := house.Office()
	if office == nil {
		return shut(house)
	}
	report, err := office.Check(ctx, func(int, int) {})
	if err != nil {
		return err
	}
	if !report.Sound() {
		return fmt.Errorf("试用中发现 %d 处问题，第一处：%s", len(report.Findings), report.Findings[0].What)
	}
	c.say("试用通过：记录 %d 条，日志 %d 条", report.Records, report.Entries)
	return nil
}

// change carries out upgrade and rollback for whoever calls.
func (c *caller) change(ctx context.Context, name string) error {
	if name == "upgrade" && len(c.args) != 1 || name == "rollback" && len(c.args) > 0 {
		return errUsage{"写法：jiezhen upgrade 升级文件；jiezhen rollback [--with-data]"}
	}
	i, here, err := c.installation()
	if err != nil {
		return err
	}
	if _, err := installer.ReadState(here); err != nil {
		return err
	}
	if !installer.Admin() {
		return installer.ErrNotAdmin
	}
	if name == "upgrade" {
		return c.upgrade(ctx, i, here, c.args[0])
	}
	return c.ask(ctx, i, here, request{Op: "rollback", Fix: c.opt.withData})
}

// upgrade hands a file to the office, which tries it and asks for the change.
func (c *caller) upgrade(ctx context.Context, i *installer.Installer, here installer.Places, path string) error {
	state, err := installer.ReadState(here)
	if err != nil {
		return err
	}
	look := installer.Desk{Places: here, Version: state.Version, Trusted: installer.TrustedKeys()}
	if _, err := look.Look(path); err != nil {
		return err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("读不到升级文件：%w", err)
	}
	return c.ask(ctx, i, here, request{Op: "upgrade", File: data})
}

// ask has the running office prepare a change, and sees it through. An office
// that does not run cannot try anything: the change is made at once, with the
// copy of the data that every change makes.
func (c *caller) ask(ctx context.Context, i *installer.Installer, here installer.Places, req request) error {
	before, err := installer.ReadState(here)
	if err != nil {
		return err
	}
	asked, err := untilBegun(ctx, here, before.Change, func(ctx context.Context) (bool, error) {
		_, asked, err := ask(ctx, here.Data, req, c.env.Out)
		return asked, err
	})
	if err != nil {
		return err
	}
	manager, err := installer.FindManager()
	if err != nil {
		return err
	}
	if !asked {
		c.say("服务没有运行，不能先试；换版时会原样留一份数据副本")
		if err := c.askAlone(ctx, here, req); err != nil {
			return err
		}
	}
	if !installer.Triggered(manager) {
		if err := i.Switch(ctx); err != nil {
			return err
		}
	}
	change, err := installer.Await(ctx, here, before.Change)
	if err != nil {
		return err
	}
	c.say("%s", change.Tell())
	if change.Phase != installer.Done {
		return errors.New("版本没有换成，原来的版本和数据照常可用")
	}
	return nil
}

// untilBegun asks the office until the change has begun: then the office is
// ended, may be in the middle of its answer, and what it has not said is told by
// the record.
func untilBegun(ctx context.Context, here installer.Places, last *installer.Change, ask func(context.Context) (bool, error)) (asked bool, err error) {
	asking, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		if installer.Begun(asking, here, last) {
			select { // for its last words
			case <-asking.Done():
			case <-time.After(time.Second):
			}
			stop()
		}
	}()
	asked, err = ask(asking)
	if err != nil && ctx.Err() == nil {
		looking, end := context.WithTimeout(ctx, time.Second)
		defer end()
		if installer.Begun(looking, here, last) {
			return true, nil
		}
	}
	return asked, err
}

func (c *caller) askAlone(ctx context.Context, here installer.Places, req request) error {
	state, err := installer.ReadState(here)
	if err != nil {
		return err
	}
	desk := installer.Desk{Places: here, Version: state.Version, Trusted: installer.TrustedKeys()}
	if req.Op == "rollback" {
		return desk.Ask(installer.Request{Kind: installer.Rollback, Data: req.Fix})
	}
	if _, err := desk.Take(ctx, bytes.NewReader(req.File)); err != nil {
		return err
	}
	return desk.Ask(installer.Request{Kind: installer.Upgrade})
}

// carryChange is what the running office does when the command asks.
func (c *caller) carryChange(house *app.House) func(context.Context, request, func(string)) (bool, error) {
	desk := c.desk()
	if desk == nil {
		return nil
	}
	changer := ui.Changer{House: house, Desk: desk}
	return func(ctx context.Context, req request, say func(string)) (bool, error) {
		switch req.Op {
		case "upgrade":
			if _, err := desk.Take(ctx, bytes.NewReader(req.File)); err != nil {
				return true, err
			}
			return true, changer.Upgrade(ctx, say)
		case "rollback":
			err := changer.Rollback(ctx, req.Fix, say)
			if errors.Is(err, ui.ErrUnreadable) {
				err = fmt.Errorf("%w。确定要这样退回，请用 jiezhen rollback --with-data", err)
			}
			return true, err
		}
		return false, nil
	}
}

// switchVersion is the privileged half.
func (c *caller) switchVersion(ctx context.Context) error {
	i, _, err := c.installation()
	if err != nil {
		return err
	}
	return installer.RunSwitch(ctx, func(ctx context.Context) error {
		ctx, stop := context.WithTimeout(ctx, 2*time.Hour)
		defer stop()
		return i.Switch(ctx)
	})
}
