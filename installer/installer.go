// Package installer puts the program on a PC as a service, changes it for
// another version and takes it off again.
//
// It promises that installing twice is the same as once, that no step deletes
// data, that there is no moment without an executable under the name that the
// service manager starts, that a version that does not come up is changed back,
// and that every wait has an end. It drives the service manager, files of the
// program and /readyz; it knows neither the store nor a page.
//
// An installation has two halves. The office runs under an account of its own
// that can write its data and an inbox, nothing else. The change of versions
// is done by a second, privileged service, started when a request lies in the
// inbox; it believes nothing that it finds there but the publisher's signature,
// and runs from the executable of the version that is known to be good, so that
// it outlives the change. What it decides it writes to a state file that the
// office can only read.
package installer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Name is the service's; Switcher is that of its privileged half.
const (
	Name     = "jiezhen"
	Switcher = "jiezhen-switch"
	// Title is what people call it.
	Title = "街镇通"
)

// Refusals that callers tell apart.
var (
	ErrNotInstalled = errors.New("这台电脑上还没有安装街镇通服务，请先安装：Linux 用 sudo ./jiezhen install，Windows 双击 jiezhen.exe")
	ErrNotAdmin     = errors.New("这一步要管理员权限：Linux 请在命令前加 sudo，Windows 请用“以管理员身份运行”打开命令行再执行")
	ErrBusy         = errors.New("另一个安装或换版正在进行，请等它结束再试")
	ErrNoManager    = errors.New("这个系统上没有找到服务管理器（systemd、OpenRC、SysV 都没有），不能安装成服务；可以直接运行 jiezhen run")
)

// Condition is what the service manager says of the service.
type Condition string

// The conditions of a service.
const (
	Running   Condition = "running"
	Starting  Condition = "starting"
	Stopped   Condition = "stopped"
	Failed    Condition = "failed"
	Missing   Condition = "missing" // not registered
	Uncertain Condition = "uncertain"
)

// Title says the condition in the office's words.
func (c Condition) Title() string {
	switch c {
	case Running:
		return "正在运行"
	case Starting:
		return "正在启动或停止"
	case Stopped:
		return "已停止"
	case Failed:
		return "没有起来"
	case Missing:
		return "没有安装"
	}
	return "状态不明"
}

// Manager is a service manager, as thin as can be.
type Manager interface {
	// Name is what the manager is called.
	Name() string
	// Logs says where to look for why the service ended.
	Logs(p Places) string
	// Register makes or renews both services and has them started with the PC.
	Register(ctx context.Context, p Places) error
	// Remove unregisters both services, which are stopped.
	Remove(ctx context.Context, p Places) error
	// Point has the next start of the service take this executable; keeper
	// likewise for the privileged half. Both are atomic.
	Point(ctx context.Context, p Places, exe string) error
	PointKeeper(ctx context.Context, p Places, exe string) error
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	Condition(ctx context.Context) (Condition, error)
}

// Config is what an Installer is made of.
type Config struct {
	Places  Places
	Manager Manager
	Version string // of this program
	Exe     string // this program's file
	Trusted []string
	Clock   func() time.Time
	Within  time.Duration // how long a version may take to come up; 0: a minute
	Out     io.Writer     // what is being done, for who watches
	Log     *slog.Logger
}

// Installer carries out one call.
type Installer struct {
	cfg  Config
	hope time.Duration // how long a version that says it will not come up is waited for
}

// New makes an installer.
func New(cfg Config) *Installer {
	if cfg.Within == 0 {
		cfg.Within = healthWithin
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Installer{cfg: cfg, hope: hopelessFor}
}

func (i *Installer) say(format string, args ...any) {
	if i.cfg.Out != nil {
		fmt.Fprintf(i.cfg.Out, format+"\n", args...)
	}
}

// Deadlines of the steps.
const (
	stopWithin   = 30 * time.Second
	healthWithin = 60 * time.Second
	lockWithin   = 2 * time.Minute
)
