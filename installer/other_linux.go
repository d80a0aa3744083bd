package installer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/kardianos/service"
)

// other is a manager that is not systemd: OpenRC, SysV, upstart, through a
// library that knows their scripts. It has no privileged half that can be
// triggered, so versions are changed on the command line.
type other struct{ name string }

func otherManager() (Manager, error) {
	system := service.ChosenSystem()
	if system == nil || os.Getpid() == 1 {
		return nil, ErrNoManager
	}
	if _, err := os.Stat("/etc/init.d"); err != nil {
		return nil, ErrNoManager
	}
	return other{system.String()}, nil
}

// nothing is run by the library itself: the service is `jiezhen service`.
type nothing struct{}

func (nothing) Start(service.Service) error { return nil }
func (nothing) Stop(service.Service) error  { return nil }

func (o other) service(p Places) (service.Service, error) {
	s, err := service.New(nothing{}, &service.Config{Name: Name, DisplayName: Title, Description: "街镇通（街道、乡镇办事处工作台）",
		Executable: p.Current(), Arguments: []string{"service"}, WorkingDirectory: p.Home})
	if err != nil {
		return nil, fmt.Errorf("finding the service manager: %w", err)
	}
	return s, nil
}

// Name is what the manager is called.
func (o other) Name() string { return o.name }

// Logs says where to look for why the service ended: there may be no journal.
func (other) Logs(p Places) string {
	return "原因请看 " + filepath.Join(p.Data, "logs", "jiezhen.log") + "（用 sudo 看），或打开页面"
}

// Register writes the start script anew.
func (o other) Register(ctx context.Context, p Places) error {
	s, err := o.service(p)
	if err != nil {
		return err
	}
	if c, _ := o.Condition(ctx); c != Missing {
		if err := s.Uninstall(); err != nil {
			return fmt.Errorf("注册服务：%w", err)
		}
	}
	if err := s.Install(); err != nil {
		return fmt.Errorf("注册服务：%w", err)
	}
	return nil
}

// Remove removes the start script.
func (o other) Remove(ctx context.Context, p Places) error {
	if c, _ := o.Condition(ctx); c == Missing {
		return nil
	}
	s, err := o.service(p)
	if err != nil {
		return err
	}
	links, err := filepath.Glob("/etc/rc?.d/[SK][0-9][0-9]" + Name)
	for _, l := range links {
		err = errors.Join(err, remove(l))
	}
	return errors.Join(err, s.Uninstall())
}

// Point has the service run another executable from its next start on.
func (other) Point(_ context.Context, p Places, exe string) error {
	return pointLink(p.Current(), filepath.Base(exe))
}

// PointKeeper does the same for the privileged half.
func (other) PointKeeper(_ context.Context, p Places, exe string) error {
	return pointLink(keeper(p), filepath.Base(exe))
}

// Start starts the service.
func (o other) Start(ctx context.Context) error {
	return o.control(ctx, service.Service.Start)
}

// Stop stops the service and waits for it.
func (o other) Stop(ctx context.Context) error {
	if c, err := o.Condition(ctx); err == nil && (c == Missing || c == Stopped) {
		return nil
	}
	return o.control(ctx, service.Service.Stop)
}

// control carries out a step that the library may wait for without end.
func (o other) control(ctx context.Context, step func(service.Service) error) error {
	s, err := o.service(Here())
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- step(s) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("服务管理器没有回答：%w", ctx.Err())
	case <-time.After(time.Minute):
		return errors.New("服务管理器一分钟没有回答，请重新启动电脑再试")
	}
}

// Condition is what the manager says of the service.
func (o other) Condition(context.Context) (Condition, error) {
	if _, err := os.Stat("/etc/init.d/" + Name); errors.Is(err, os.ErrNotExist) {
		return Missing, nil
	}
	s, err := o.service(Here())
	if err != nil {
		return Uncertain, err
	}
	status, err := s.Status()
	switch {
	case err == nil && status == service.StatusRunning:
		return Running, nil
	case status == service.StatusStopped:
		return Stopped, nil
	}
	return Stopped, nil // scripts say "stopped" by failing
}
