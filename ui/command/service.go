package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"jiezhen/installer"
)

// errServiceDown keeps a command from opening the service's data under another
// account.
var errServiceDown = errors.New("街镇通服务没有运行，这个命令要由它来办。请先启动：Linux 用 sudo jiezhen start，Windows 用管理员命令行 jiezhen start")

// post is what a service does beside answering pages.
type post struct {
	places   installer.Places
	instance string // the sign of this start
	ready    func()
	socket   net.Listener
}

// service runs the office for the service manager.
func (c *caller) service(ctx context.Context) error {
	places := installer.Here()
	if err := installer.Descend(places); err != nil {
		return err
	}
	c.opt.data, c.opt.noBrowser = places.Data, true
	return installer.Run(ctx, func(ctx context.Context, ready func()) error {
		c.post = &post{places: places, instance: installer.NewInstance(), ready: ready}
		err := c.settleData(ctx, places)
		if err == nil {
			err = c.serve(ctx, false)
		}
		if err != nil && ctx.Err() == nil { // else it was told to stop
			c.fell(err)
		}
		return err
	})
}

// instance is the sign of this start; "" at a console.
func (c *caller) instance() string {
	if c.post == nil {
		return ""
	}
	return c.post.instance
}

// controlPath is where whoever may do everything asks.
func (c *caller) controlPath() string {
	if c.post != nil {
		return c.post.places.Control()
	}
	return socketPath(c.opt.data)
}

// keyDir is where the account's half of the master key lies.
func (c *caller) keyDir() string {
	dir := c.env.Getenv("JIEZHEN_KEYS")
	if dir == "" && c.post != nil {
		return c.post.places.Keys
	}
	return dir
}

// fell keeps why the service ended: nobody sees what a service says to its
// console. The log has it for the maintainer, the installation for whoever
// asks for the status.
func (c *caller) fell(err error) {
	why := strike(nil, slog.String("error", words(err))).Value.String()
	if log, failed := openLog(filepath.Join(c.opt.data, logFolder), logSize); failed == nil {
		slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{ReplaceAttr: strike})).Error("the service ended", "version", c.env.Version, "error", err)
		_ = log.Close() // written is written
	}
	if failed := installer.TellFailure(c.post.places, why); failed != nil {
		c.log().Warn("telling why the service ended", "error", failed)
	}
}

// open tells everybody at the PC where the office is, and the service manager
// that it is up.
func (p *post) open(ctx context.Context, at counter) error {
	at.public = true
	var err error
	if p.socket, err = listenLocal(p.places.Socket(), 0o666); err != nil { // whoever sits at the PC; what it does asks who it is
		return fmt.Errorf("opening the socket for everybody: %w", err)
	}
	go serveControl(ctx, p.socket, at)
	if err := installer.Announce(p.places, at.address, p.instance); err != nil {
		return errors.Join(fmt.Errorf("telling the address: %w", err), p.socket.Close())
	}
	go installer.Watch(ctx, func(ctx context.Context) bool { return alive(ctx, at.address) })
	_ = installer.TellFailure(p.places, "") // what there was is over
	p.ready()
	return nil
}

func (p *post) close() {
	_ = installer.Notify("STOPPING=1")
	_ = os.Remove(p.places.Address())
	_ = p.socket.Close()
}

// alive asks the office over its own address: a program whose pages hang is
// as good as dead.
func alive(ctx context.Context, address string) bool {
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/healthz", nil)
	if err != nil {
		return false
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, Proxy: nil}}
	answer, err := client.Do(r)
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// show opens the running office in the browser.
func (c *caller) show(ctx context.Context) error {
	var out strings.Builder
	_, asked, err := ask(ctx, c.opt.data, request{Op: "address"}, &out)
	if err != nil {
		return err
	}
	if !asked {
		return errServiceDown
	}
	url := strings.TrimSpace(out.String())
	c.say("街镇通在 %s", url)
	if !c.opt.noBrowser {
		openBrowser(url)
	}
	return nil
}

// plain is the program called without words: a double-click, mostly.
func (c *caller) plain(ctx context.Context) error {
	here := installer.Here()
	switch {
	case here.Installed() && c.opt.data == here.Data && c.opt.listen == "":
		if installer.DoubleClicked() && newerThan(here, c.env.Version) {
			return c.manage(ctx, "install")
		}
		return c.show(ctx)
	case runtime.GOOS == "windows" && installer.DoubleClicked() && !exists(c.opt.data):
		return c.manage(ctx, "install")
	}
	return c.serve(ctx, false)
}

// newerThan says whether a version comes after the one that is installed: who
// clicks on its file brings an upgrade.
func newerThan(here installer.Places, version string) bool {
	state, err := installer.ReadState(here)
	return err == nil && installer.Newer(version, state.Version)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// program is this program's own file.
func program() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding the program's file: %w", err)
	}
	return path, nil
}

// desktopUser runs the browser as the person who called, not as root.
func desktopUser(cmd *exec.Cmd) *exec.Cmd {
	name := os.Getenv("SUDO_USER")
	if runtime.GOOS == "windows" || os.Geteuid() != 0 || name == "" {
		return cmd
	}
	return exec.Command("sudo", append([]string{"-u", name, "--"}, cmd.Args...)...)
}
