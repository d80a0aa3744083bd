package installer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const unitDir = "/etc/systemd/system"

// systemd is the manager of nearly every Linux.
type systemd struct{ version int }

// FindManager is the service manager of this PC.
func FindManager() (Manager, error) {
	if _, err := os.Stat("/run/systemd/system"); err == nil {
		return systemd{SystemdVersion()}, nil
	}
	return otherManager()
}

var versionLine = regexp.MustCompile(`^systemd (\d+)`)

// SystemdVersion asks systemd for its version; one that does not say is taken
// for the oldest that hands over credentials.
func SystemdVersion() int {
	out, err := exec.Command("systemctl", "--version").Output()
	if m := versionLine.FindSubmatch(out); err == nil && m != nil {
		n, _ := strconv.Atoi(string(m[1])) // matched as digits
		return n
	}
	return credentialSince
}

// Name is what the manager is called.
func (systemd) Name() string { return "systemd" }

// Logs says where to look for why the service ended.
func (systemd) Logs(Places) string {
	return "原因请看：journalctl -u " + Name + " -n 50，或打开页面"
}

func units(p Places, version int) map[string]string {
	return map[string]string{Name + ".service": Unit(p, version), Switcher + ".service": switchUnit(p), Switcher + ".path": switchPath(p)}
}

// Register writes the units and enables them.
func (s systemd) Register(ctx context.Context, p Places) error {
	for name, text := range units(p, s.version) {
		if err := writeFile(filepath.Join(unitDir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	if err := systemctl(ctx, "daemon-reload"); err != nil {
		return err
	}
	if err := systemctl(ctx, "enable", "--quiet", Name+".service", Switcher+".service", Switcher+".path"); err != nil {
		return err
	}
	return systemctl(ctx, "start", Switcher+".path")
}

// Remove disables and removes the units.
func (s systemd) Remove(ctx context.Context, p Places) error {
	err := systemctl(ctx, "disable", "--quiet", "--now", Switcher+".path", Switcher+".service", Name+".service")
	if err != nil && strings.Contains(err.Error(), "does not exist") {
		err = nil
	}
	for name := range units(p, s.version) {
		err = errors.Join(err, remove(filepath.Join(unitDir, name)))
	}
	err = errors.Join(err, systemctl(ctx, "daemon-reload"))
	_ = systemctl(ctx, "reset-failed", Name+".service") // there may be nothing to reset
	return err
}

// Point has the service run another executable from its next start on.
func (systemd) Point(_ context.Context, p Places, exe string) error {
	return pointLink(p.Current(), filepath.Base(exe))
}

// PointKeeper does the same for the privileged half.
func (systemd) PointKeeper(_ context.Context, p Places, exe string) error {
	return pointLink(keeper(p), filepath.Base(exe))
}

// Start has the service started; it does not wait for it.
func (systemd) Start(ctx context.Context) error {
	_ = systemctl(ctx, "reset-failed", Name+".service") // there may be nothing to reset
	return systemctl(ctx, "start", "--no-block", Name+".service")
}

// Stop stops the service and waits for it.
func (s systemd) Stop(ctx context.Context) error {
	c, err := s.Condition(ctx)
	if err != nil || c == Missing {
		return err
	}
	return systemctl(ctx, "stop", Name+".service")
}

// Condition is what systemd says of the service.
func (systemd) Condition(ctx context.Context) (Condition, error) {
	out, err := output(ctx, "systemctl", "show", Name+".service", "--property=LoadState,ActiveState,SubState")
	if err != nil {
		return Uncertain, err
	}
	facts := map[string]string{}
	for line := range strings.Lines(out) {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			facts[k] = v
		}
	}
	switch {
	case facts["LoadState"] == "not-found":
		return Missing, nil
	case facts["SubState"] == "auto-restart", facts["ActiveState"] == "failed":
		return Failed, nil
	case facts["ActiveState"] == "active":
		return Running, nil
	case facts["ActiveState"] == "inactive":
		return Stopped, nil
	}
	return Starting, nil
}

func systemctl(ctx context.Context, args ...string) error {
	_, err := output(ctx, "systemctl", args...)
	return err
}

// output runs a program of the system and gives what it prints; what it
// complains of becomes the error.
func output(ctx context.Context, name string, args ...string) (string, error) {
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "SYSTEMD_PAGER=")
	cmd.Stdout, cmd.Stderr = &out, &complaint
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("%s %s 没有成功：%w %s", name, strings.Join(args, " "), err, strings.TrimSpace(complaint.String()))
	}
	return out.String(), nil
}
