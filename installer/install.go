package installer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
)

// ErrOlder and ErrNewer say how this program stands to the one installed.
var (
	ErrOlder = errors.New("已经安装了更新的版本")
	ErrNewer = errors.New("这个程序比已安装的新")
)

// hold takes the lock of installations; free gives it back.
func (i *Installer) hold(ctx context.Context) (free func(), err error) {
	var f *os.File
	got := await(ctx, lockWithin, func() bool {
		f, err = lock(i.cfg.Places.Lock)
		return f != nil || err != nil
	})
	if err != nil {
		return nil, err
	}
	if !got {
		return nil, ErrBusy
	}
	return func() { _ = f.Close() }, nil // ends the lock, whatever close says
}

// Check says what this PC lacks; nil when nothing.
func (i *Installer) Check() error {
	f, err := Look(i.cfg.Places.Home)
	if err != nil {
		return err
	}
	if lacks := f.Lacks(); len(lacks) > 0 {
		return errors.New("这台电脑还不能安装：\n  " + strings.Join(lacks, "\n  "))
	}
	return nil
}

// Install makes this program a service and starts it. On a PC where it is one
// already it puts right what is missing, and changes nothing else.
func (i *Installer) Install(ctx context.Context) error {
	if !Admin() {
		return ErrNotAdmin
	}
	i.say("检查这台电脑……")
	if err := i.Check(); err != nil {
		return err
	}
	free, err := i.hold(ctx)
	if err != nil {
		return err
	}
	defer free()
	state, err := ReadState(i.cfg.Places)
	switch {
	case errors.Is(err, ErrNotInstalled):
		state = State{At: i.cfg.Clock()}
	case err != nil:
		return err
	case Newer(state.Version, i.cfg.Version):
		return fmt.Errorf("%w（%s），这个文件是 %s；要退回旧版请用 jiezhen rollback", ErrOlder, state.Version, i.cfg.Version)
	case Newer(i.cfg.Version, state.Version):
		return fmt.Errorf("%w（%s → %s）", ErrNewer, state.Version, i.cfg.Version)
	}
	return i.install(ctx, state)
}

func (i *Installer) install(ctx context.Context, state State) error {
	p, exe := i.cfg.Places, i.cfg.Places.ExeFor(i.cfg.Version)
	if !same(i.cfg.Exe, exe) {
		i.say("复制程序到 %s……", exe)
		if err := i.stop(ctx); err != nil {
			return err
		}
		if err := i.place(ctx, i.cfg.Exe, exe); err != nil {
			return err
		}
	}
	i.say("准备服务账户和数据文件夹……")
	if err := settle(ctx, p, i.cfg.Manager); err != nil {
		return err
	}
	i.say("注册服务（%s）……", i.cfg.Manager.Name())
	for _, point := range []func(context.Context, Places, string) error{i.cfg.Manager.Point, i.cfg.Manager.PointKeeper} {
		if err := point(ctx, p, exe); err != nil {
			return err
		}
	}
	state.Version, state.Exe = i.cfg.Version, exe
	if err := writeState(p, state); err != nil { // first: it names the executable to register
		return err
	}
	if err := errors.Join(i.cfg.Manager.Register(ctx, p), offer(p)); err != nil {
		return err
	}
	return i.Start(ctx)
}

// Start starts the service and waits until the office answers.
func (i *Installer) Start(ctx context.Context) error {
	state, err := i.admitted()
	if err != nil {
		return err
	}
	if i.runsWell(ctx, state.Version) {
		return nil
	}
	i.say("启动服务……")
	if err := i.cfg.Manager.Start(ctx); err != nil {
		return err
	}
	ok, why := i.awaitUp(ctx, state.Version, i.cfg.Within)
	if !ok {
		return fmt.Errorf("服务已启动，但%s。%s", why, i.tellWhy())
	}
	if why != "" {
		i.say("%s", why)
	}
	return nil
}

// runsWell says whether the service runs and its office is up already. What
// the manager does not say to run is not asked: somebody else would answer.
func (i *Installer) runsWell(ctx context.Context, version string) bool {
	if c, err := i.cfg.Manager.Condition(ctx); err != nil || c != Running {
		return false
	}
	a, err := Ask(ctx, i.cfg.Places)
	if err != nil {
		return false
	}
	ok, _ := a.healthy(version)
	return ok
}

// Stop stops the service and waits until it has ended.
func (i *Installer) Stop(ctx context.Context) error {
	if _, err := i.admitted(); err != nil {
		return err
	}
	return i.stop(ctx)
}

func (i *Installer) stop(ctx context.Context) error {
	ctx, end := context.WithTimeout(ctx, stopWithin)
	defer end()
	c, err := i.cfg.Manager.Condition(ctx)
	if err != nil || c == Missing || c == Stopped {
		return err
	}
	i.say("停止服务……")
	if err := i.cfg.Manager.Stop(ctx); err != nil {
		return err
	}
	stopped := func() bool {
		c, err := i.cfg.Manager.Condition(ctx)
		if err == nil && c == Running {
			err = i.cfg.Manager.Stop(ctx) // one that was still coming up did not hear
		}
		return err == nil && (c == Stopped || c == Missing || c == Failed)
	}
	if !await(ctx, stopWithin, stopped) {
		return fmt.Errorf("服务 %d 秒内没有停下来，请重新启动电脑后再试", int(stopWithin.Seconds()))
	}
	return nil
}

// Restart stops and starts the service.
func (i *Installer) Restart(ctx context.Context) error {
	if err := i.Stop(ctx); err != nil {
		return err
	}
	return i.Start(ctx)
}

// admitted says whether the caller may control the service, and what is
// installed.
func (i *Installer) admitted() (State, error) {
	state, err := ReadState(i.cfg.Places)
	if err != nil {
		return state, err
	}
	if !Admin() {
		return state, ErrNotAdmin
	}
	return state, nil
}

// Uninstall stops the service and takes the program off the PC. Data, keys
// and the service's account stay.
func (i *Installer) Uninstall(ctx context.Context) error {
	if !Admin() {
		return ErrNotAdmin
	}
	free, err := i.hold(ctx)
	if err != nil {
		return err
	}
	defer free()
	p := i.cfg.Places
	if err := i.stop(ctx); err != nil {
		return err
	}
	i.say("取消服务……")
	if err := i.cfg.Manager.Remove(ctx, p); err != nil {
		return err
	}
	i.say("删除程序（数据不动）……")
	exes, err := leftovers(p)
	for _, path := range append(exes, p.Current(), keeper(p), p.StateFile()) {
		err = errors.Join(err, i.discard(path))
	}
	err = errors.Join(err, withdraw(p))
	_ = os.Remove(p.Programs) // stays while something else lies in it
	return err
}

// discard removes a file of the program. Windows does not remove the file of
// a program that runs: this one, when it is called from where it is installed.
func (i *Installer) discard(path string) error {
	err := remove(path)
	if err != nil && i.runs(path) {
		return atNextStart(path)
	}
	return err
}

func (i *Installer) runs(path string) bool {
	a, errA := os.Stat(path)
	b, errB := os.Stat(i.cfg.Exe)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

// Status is how the service stands, line by line.
func (i *Installer) Status(ctx context.Context) ([]string, error) {
	state, err := ReadState(i.cfg.Places)
	if err != nil {
		return nil, err
	}
	c, err := i.cfg.Manager.Condition(ctx)
	if err != nil {
		c = Uncertain
	}
	out := []string{"服务：" + c.Title() + "（" + i.cfg.Manager.Name() + "）", "版本：" + state.Version, "程序：" + state.Exe, "数据：" + i.cfg.Places.Data}
	if c == Running || c == Starting { // else whoever answers is somebody else
		out = append(out, i.pages(ctx)...)
	}
	if state.Change != nil {
		out = append(out, "最近换版："+state.Change.Tell())
	}
	if c != Running {
		return out, errors.New(i.tellDown(c))
	}
	return out, nil
}

// pages is where the office answers and how it is.
func (i *Installer) pages(ctx context.Context) []string {
	a, err := Ask(ctx, i.cfg.Places)
	if err != nil {
		return []string{"页面：还没有准备好（" + err.Error() + "）"}
	}
	return []string{"地址：http://" + a.Address + "/", "单位：" + conditionTitle(a.Condition)}
}

func conditionTitle(c string) string {
	switch c {
	case "ready":
		return "已打开"
	case "locked":
		return "等待恢复密钥"
	case "absent":
		return "等待首次设置"
	case "damaged":
		return "数据打不开，请打开页面看原因"
	}
	return c
}

// Tell says in one sentence how a change went.
func (c *Change) Tell() string {
	what, known := map[Kind]string{Upgrade: "升级", Rollback: "回退"}[c.Kind]
	if !known {
		what = "换版"
	}
	line := fmt.Sprintf("%s %s：%s", c.Began.Local().Format("2006-01-02 15:04"), what, c.From)
	if c.To != "" { // one that was refused may not have got so far
		line += " → " + c.To
	}
	switch c.Phase {
	case Done:
		return line + "，成功"
	case Returned:
		return line + "，没有成功，已换回 " + c.From + " 和换版前的数据。原因：" + c.Why
	case Refused:
		return line + "，没有开始。原因：" + c.Why
	case Returning:
		return line + "，没有成功，正在换回"
	}
	return line + "，正在进行"
}
