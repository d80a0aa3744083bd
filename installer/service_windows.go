package installer

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/mgr"
)

// scm is the service control manager. It is driven directly: recovery after
// an exit that is no crash, the account's own identity and the rights of the
// privileged half cannot be set through a library made for all systems.
type scm struct{}

// FindManager is the service manager of this PC.
func FindManager() (Manager, error) { return scm{}, nil }

// Name is what the manager is called.
func (scm) Name() string { return "Windows 服务" }

// Logs says where to look for why the service ended.
func (scm) Logs(Places) string {
	return "页面打不开时，可以看“事件查看器”里“Windows 日志—系统”关于 " + Name + " 的记录"
}

// connect reaches the service manager with no more rights than are wanted: the
// library's own way asks for all of them, which the office's account and the
// PC's users do not have.
func connect(rights uint32) (*mgr.Mgr, error) {
	h, err := windows.OpenSCManager(nil, nil, rights)
	if err != nil {
		return nil, fmt.Errorf("连不上服务管理器：%w", err)
	}
	return &mgr.Mgr{Handle: h}, nil
}

// with opens a service for what is to be done with it; ok is false when there
// is none of this name.
func with(name string, rights uint32, do func(*mgr.Service) error) (ok bool, err error) {
	m, err := connect(windows.SC_MANAGER_CONNECT)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, m.Disconnect()) }()
	word, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return false, fmt.Errorf("naming the service %s: %w", name, err)
	}
	h, err := windows.OpenService(m.Handle, word, rights)
	if errors.Is(err, windows.ERROR_SERVICE_DOES_NOT_EXIST) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("打不开服务 %s：%w", name, err)
	}
	s := &mgr.Service{Name: name, Handle: h}
	defer func() { err = errors.Join(err, s.Close()) }()
	return true, do(s)
}

// command is the command line by which the manager starts a service.
func command(exe, word string) string { return `"` + exe + `" ` + word }

// Register makes or renews both services.
func (scm) Register(_ context.Context, p Places) error {
	state, _ := ReadState(p) // none yet at the first installation
	exe := or(state.Exe, pointed(p))
	office := mgr.Config{ServiceType: windows.SERVICE_WIN32_OWN_PROCESS, DisplayName: Title, Description: "街镇通（街道、乡镇办事处工作台）", StartType: mgr.StartAutomatic, DelayedAutoStart: true,
		ServiceStartName: Account, SidType: windows.SERVICE_SID_TYPE_UNRESTRICTED, ErrorControl: mgr.ErrorNormal, BinaryPathName: command(exe, "service")}
	if err := register(Name, exe, "service", office); err != nil {
		return err
	}
	if err := recover3(Name, true); err != nil {
		return err
	}
	change := mgr.Config{ServiceType: windows.SERVICE_WIN32_OWN_PROCESS, DisplayName: Title + "换版", Description: "街镇通换版：有换版请求时运行一次", StartType: mgr.StartAutomatic, DelayedAutoStart: true,
		ErrorControl: mgr.ErrorNormal, BinaryPathName: command(exe, "switch")}
	if err := register(Switcher, exe, "switch", change); err != nil {
		return err
	}
	if err := recover3(Switcher, false); err != nil { // one that ends with an error has told it in the state
		return err
	}
	return letStart(Switcher)
}

// register makes a service, or renews one that is there.
func register(name, exe, word string, c mgr.Config) error {
	found, err := with(name, serviceChange|serviceConfig, func(s *mgr.Service) error { return update(s, c) })
	if found || err != nil {
		return err
	}
	m, err := connect(windows.SC_MANAGER_CONNECT | windows.SC_MANAGER_CREATE_SERVICE)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Disconnect()) }()
	made := c
	made.DelayedAutoStart, made.SidType = false, windows.SERVICE_SID_TYPE_NONE // set apart: where they are not known, the service is not made at all
	var s *mgr.Service
	again := func() bool { // a service that was removed is not gone while anybody looks at it
		s, err = m.CreateService(name, exe, made, word)
		return !errors.Is(err, windows.ERROR_SERVICE_MARKED_FOR_DELETE)
	}
	if !await(context.Background(), stopWithin, again) || err != nil {
		return fmt.Errorf("注册服务 %s 没有成功（请关闭“服务”窗口后再试）：%w", name, err)
	}
	err = update(s, c)
	return errors.Join(err, s.Close())
}

// update sets what a service is. Delayed starting is left out where the system
// does not know it.
func update(s *mgr.Service, c mgr.Config) error {
	err := s.UpdateConfig(c)
	if errors.Is(err, windows.ERROR_INVALID_LEVEL) && c.DelayedAutoStart {
		c.DelayedAutoStart = false
		err = s.UpdateConfig(c)
	}
	if err != nil && !errors.Is(err, windows.ERROR_INVALID_LEVEL) {
		return fmt.Errorf("设置服务 %s：%w", s.Name, err)
	}
	return nil
}

// recover3 has a service started anew after 5 s, 30 s and 2 min when it
// crashed; if so wanted, also when it ended with an error.
func recover3(name string, errorsToo bool) error {
	_, err := with(name, serviceChange|serviceStart, func(s *mgr.Service) error { // who may not start it may not have it started anew
		actions := []mgr.RecoveryAction{{Type: mgr.ServiceRestart, Delay: 5 * time.Second}, {Type: mgr.ServiceRestart, Delay: 30 * time.Second},
			{Type: mgr.ServiceRestart, Delay: 2 * time.Minute}}
		err := s.SetRecoveryActions(actions, 3600)
		if err == nil {
			err = s.SetRecoveryActionsOnNonCrashFailures(errorsToo)
		}
		if err != nil && !errors.Is(err, windows.ERROR_INVALID_LEVEL) {
			return fmt.Errorf("设置服务 %s 的恢复：%w", name, err)
		}
		return nil
	})
	return err
}

// letStart lets the office's account start the privileged half.
func letStart(name string) error {
	sd, err := windows.SecurityDescriptorFromString(fmt.Sprintf(letStartText, serviceSID(Name)))
	if err != nil {
		return fmt.Errorf("naming the rights of %s: %w", name, err)
	}
	list, _, err := sd.DACL()
	if err != nil {
		return fmt.Errorf("naming the rights of %s: %w", name, err)
	}
	err = windows.SetNamedSecurityInfo(name, windows.SE_SERVICE, windows.DACL_SECURITY_INFORMATION, nil, nil, list, nil)
	if err != nil && !underWine() {
		return fmt.Errorf("设置服务 %s 的权限：%w", name, err)
	}
	return nil
}

// Remove unregisters both services and waits until they are gone.
func (scm) Remove(ctx context.Context, _ Places) error {
	for _, name := range []string{Switcher, Name} {
		if _, err := with(name, windows.DELETE, func(s *mgr.Service) error { return s.Delete() }); err != nil && !errors.Is(err, windows.ERROR_SERVICE_MARKED_FOR_DELETE) {
			return fmt.Errorf("取消服务 %s：%w", name, err)
		}
		gone := func() bool {
			found, err := with(name, serviceStatus, func(*mgr.Service) error { return nil })
			return err == nil && !found
		}
		if !await(ctx, stopWithin, gone) {
			return fmt.Errorf("服务 %s 还被别的窗口占着，请关闭“服务”窗口后再试", name)
		}
	}
	return nil
}

// pointed is the executable that the service runs now.
func pointed(p Places) string {
	var exe string
	_, _ = with(Name, serviceConfig, func(s *mgr.Service) error {
		c, err := s.Config()
		if err == nil {
			if words, err := windows.DecomposeCommandLine(c.BinaryPathName); err == nil && len(words) > 0 {
				exe = words[0]
			}
		}
		return err
	})
	return or(exe, p.Current())
}

// Point has the service run another executable from its next start on.
func (scm) Point(_ context.Context, p Places, exe string) error {
	if err := writeFile(p.Command, []byte("@\""+exe+"\" %*\r\n"), 0o755); err != nil {
		return err
	}
	return point(Name, exe, "service")
}

// PointKeeper does the same for the privileged half.
func (scm) PointKeeper(_ context.Context, _ Places, exe string) error {
	return point(Switcher, exe, "switch")
}

func point(name, exe, word string) error {
	_, err := with(name, serviceChange, func(s *mgr.Service) error {
		line, err := windows.UTF16PtrFromString(command(exe, word))
		if err == nil {
			err = windows.ChangeServiceConfig(s.Handle, windows.SERVICE_NO_CHANGE, windows.SERVICE_NO_CHANGE, windows.SERVICE_NO_CHANGE, line, nil, nil, nil, nil, nil, nil)
		}
		if err != nil {
			return fmt.Errorf("设置服务 %s 的程序：%w", name, err)
		}
		return nil
	})
	return err
}

// Start has the service started; it does not wait for it.
func (scm) Start(context.Context) error {
	return begin(Name)
}

// begin starts a service. A scanner that looks at its file for the first time
// may keep it from coming up once.
func begin(name string) error {
	found, err := with(name, calling, func(s *mgr.Service) error {
		err := patiently(func(err error) bool { return held(err) || errors.Is(err, windows.ERROR_SERVICE_DATABASE_LOCKED) }, func() error { return s.Start() })
		if errors.Is(err, windows.ERROR_SERVICE_REQUEST_TIMEOUT) {
			err = s.Start()
		}
		return err
	})
	if errors.Is(err, windows.ERROR_SERVICE_ALREADY_RUNNING) {
		return nil
	}
	if err == nil && !found {
		return ErrNotInstalled
	}
	if err != nil {
		return fmt.Errorf("启动服务 %s：%w", name, err)
	}
	return nil
}

// Stop asks the service to end; it does not wait for it.
func (scm) Stop(context.Context) error {
	_, err := with(Name, serviceStop|serviceStatus, func(s *mgr.Service) error {
		_, err := s.Control(svc.Stop)
		return err
	})
	if errors.Is(err, windows.ERROR_SERVICE_NOT_ACTIVE) || errors.Is(err, windows.ERROR_SERVICE_CANNOT_ACCEPT_CTRL) {
		return nil // ended, or still coming up: the wait shows
	}
	if err != nil {
		return fmt.Errorf("停止服务：%w", err)
	}
	return nil
}

// Condition is what the manager says of the service.
func (scm) Condition(context.Context) (Condition, error) {
	c := Missing
	_, err := with(Name, serviceStatus, func(s *mgr.Service) error {
		status, err := s.Query()
		if err != nil {
			return fmt.Errorf("asking for the service: %w", err)
		}
		switch {
		case status.State == svc.Running:
			c = Running
		case status.State == svc.Stopped && status.Win32ExitCode != 0 && status.Win32ExitCode != uint32(windows.ERROR_SERVICE_NEVER_STARTED):
			c = Failed
		case status.State == svc.Stopped:
			c = Stopped
		default:
			c = Starting
		}
		return nil
	})
	return c, err
}

// handler is the office under the service control manager.
type handler struct {
	office func(ctx context.Context, ready func()) error
	err    error
}

// Execute answers the manager. The office opens beside it: the manager gives
// up on a service that does not answer at once.
func (h *handler) Execute(_ []string, asked <-chan svc.ChangeRequest, tell chan<- svc.Status) (bool, uint32) {
	const accepts = svc.AcceptStop | svc.AcceptShutdown
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	tell <- svc.Status{State: svc.Running, Accepts: accepts}
	ended := make(chan error, 1)
	go func() { ended <- h.office(ctx, func() {}) }()
	for {
		select {
		case h.err = <-ended:
			if h.err != nil {
				return true, 1 // not nothing: else the manager would not start it anew
			}
			return false, 0
		case r := <-asked:
			switch r.Cmd {
			case svc.Interrogate:
				tell <- r.CurrentStatus
			case svc.Stop, svc.Shutdown:
				tell <- svc.Status{State: svc.StopPending, WaitHint: uint32(stopWithin.Milliseconds())}
				stop()
			}
		}
	}
}

// Run runs the office for the service manager.
func Run(_ context.Context, office func(ctx context.Context, ready func()) error) error {
	h := &handler{office: office}
	err := svc.Run(Name, h)
	if errors.Is(err, windows.ERROR_FAILED_SERVICE_CONTROLLER_CONNECT) {
		return errors.New("这个命令由 Windows 服务管理器使用；要启动服务请用 jiezhen start")
	}
	return errors.Join(h.err, err)
}

// atNextStart has a file removed at the next start of the PC.
func atNextStart(path string) error {
	name, err := windows.UTF16PtrFromString(filepath.Clean(path))
	if err != nil {
		return fmt.Errorf("naming %s: %w", path, err)
	}
	if err := windows.MoveFileEx(name, nil, windows.MOVEFILE_DELAY_UNTIL_REBOOT); err != nil {
		return fmt.Errorf("删不掉 %s：%w", path, err)
	}
	return nil
}

var wineVersion = windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version")

// underWine says whether this is no Windows at all: a few of its doors are
// missing there, and tests go on without them.
func underWine() bool { return wineVersion.Find() == nil }

// RunSwitch runs the privileged half for the service manager, or for whoever
// calls it.
func RunSwitch(ctx context.Context, work func(context.Context) error) error {
	h := &handler{office: func(ctx context.Context, _ func()) error { return work(ctx) }}
	err := svc.Run(Switcher, h)
	if errors.Is(err, windows.ERROR_FAILED_SERVICE_CONTROLLER_CONNECT) {
		return work(ctx)
	}
	return errors.Join(h.err, err)
}
