package command

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"jiezhen/app"
	"jiezhen/app/watch"
	"jiezhen/embedstore/disk"
)

// keeping is what a running office holds beside its data: the folder itself,
// the count of its starts, and the log.
type keeping struct {
	held   *disk.Held
	starts *watch.Starts
	file   *logFile
	logger *slog.Logger
}

const lockName = "lock"

// begin takes the data folder for this process and counts the start, before
// anything can fail. When the office runs already it is shown instead.
func (c *caller) begin() (shown bool, err error) {
	if err := os.MkdirAll(c.opt.data, 0o700); err != nil {
		return false, fmt.Errorf("建不了数据文件夹 %s：%w", c.opt.data, err)
	}
	path := filepath.Join(c.opt.data, lockName)
	c.held, err = disk.Hold(path)
	switch {
	case errors.Is(err, disk.ErrHeld):
		return true, c.showRunning(path)
	case err != nil && !unwritable(err):
		return false, err
	}
	// a folder that takes no writing: the store says so on a page of its own
	c.starts = watch.Begin(c.opt.data, c.env.Version)
	c.log().Info("start", "version", c.env.Version, "safe", c.starts.Safe())
	return false, nil
}

// unwritable says that a folder takes no writing, for want of rights or because
// its disk is locked: the office then opens as far as to say so.
func unwritable(err error) bool { return errors.Is(err, fs.ErrPermission) || disk.ReadOnly(err) }

// startsWithin is how long another start may take to tell its address.
const startsWithin = 30 * time.Second

// showRunning opens the office that runs already in the browser.
func (c *caller) showRunning(path string) error {
	url := disk.Said(path)
	for end := time.Now().Add(startsWithin); url == "" && time.Now().Before(end); url = disk.Said(path) {
		time.Sleep(100 * time.Millisecond) // it is starting this very moment
	}
	if url == "" {
		return errors.New("街镇通已经在运行，但还没有启动完；请稍等一会儿再打开")
	}
	c.say("街镇通已经在运行，不用再开一个：%s", url)
	if !c.opt.noBrowser {
		openBrowser(url)
	}
	return nil
}

// up tells that pages are answered: others who start the program are led to
// url, and a start that stays up counts as good.
func (c *caller) up(url string) {
	if err := c.held.Say(url); err != nil {
		c.log().Warn("telling the address", "error", err)
	}
	if c.starts != nil {
		time.AfterFunc(watch.HealthyAfter, c.starts.Good)
	}
	c.log().Info("up")
}

// end gives the folder up. Ending on purpose is no failed start.
func (c *caller) end() {
	if c.starts != nil {
		c.starts.Stopped()
	}
	c.log().Info("stop")
	_ = c.held.Say("")
	err := c.held.Release()
	if c.file != nil {
		err = errors.Join(err, c.file.Close())
	}
	if err != nil {
		fmt.Fprintln(c.env.Err, err)
	}
}

// leaveWithin is how long the office may take to close. What still works then
// is cut off with the process, as by a power cut: nothing acknowledged is lost.
const leaveWithin = time.Second

// leave closes the office, but does not wait for ever: a service manager, or
// Windows when it shuts down, kills what does not stop in time.
func (c *caller) leave(house *app.House) {
	done := make(chan error, 1)
	go func() { done <- house.Leave() }()
	select {
	case err := <-done:
		if err != nil {
			fmt.Fprintln(c.env.Err, err)
		}
	case <-time.After(leaveWithin):
		c.log().Warn("stopping without waiting for what still works")
	}
}

// safe is why the office must open in safe mode, or "".
func (c *caller) safe() string {
	if c.starts != nil && c.starts.Safe() {
		return watch.SafeWords()
	}
	return ""
}

// wall is a clock without the monotonic reading: that one stands still while
// a PC sleeps, so that a time span over the night would come out too short.
func wall(clock func() time.Time) func() time.Time {
	return func() time.Time { return clock().Round(0) }
}

// built is when the program was made, as its version control says; zero when
// it does not.
func built() time.Time {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return time.Time{}
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.time" {
			at, err := time.Parse(time.RFC3339, s.Value)
			if err == nil {
				return at
			}
		}
	}
	return time.Time{}
}
