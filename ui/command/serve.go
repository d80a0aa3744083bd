package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"jiezhen/app"
	"jiezhen/app/demo"
	"jiezhen/ui"
	"jiezhen/ui/page"
)

// firstAddress is where the office is found unless another was asked for.
const firstAddress = "127.0.0.1:8650"

// ports is how many ports are tried when the first is taken.
const ports = 5

func (c *caller) config(isDemo bool) app.Config {
	return app.Config{District: c.district || app.IsDistrict(c.opt.data), Dir: c.opt.data, KeyDir: c.keyDir(), Assets: c.env.Assets, Clock: wall(c.env.Clock), Log: c.log(), Safe: c.safe(), Built: built(),
		Demo: isDemo, Version: c.env.Version, FontDir: fontDirs(c.env.Getenv)}
}

// serve runs the office in the foreground until it is told to stop.
func (c *caller) serve(ctx context.Context, isDemo bool) error {
	isDemo = isDemo || demo.Marked(c.opt.data)
	if shown, err := c.begin(); shown || err != nil {
		return err
	}
	defer c.end()
	house, err := app.Enter(ctx, c.config(isDemo))
	if err != nil {
		return err
	}
	defer c.leave(house)
	var accounts []demo.Account
	if isDemo {
		if accounts, err = c.demo(ctx, house); err != nil {
			return err
		}
	}
	pages, err := page.New(c.env.Assets, page.Config{Version: c.env.Version})
	if err != nil {
		return err
	}
	listener, err := c.listenTCP()
	if err != nil {
		return err
	}
	receiver, err := c.receiver(ctx, house)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := ui.New(ui.Config{House: house, Starts: c.starts, Receiver: receiver, Pages: pages, Log: c.log(), Clock: wall(c.env.Clock), Assets: c.env.Assets, Hints: hints(accounts), Installed: c.desk()})
	return c.answer(ctx, house, server, listener)
}

// answer serves pages and commands until the context ends.
func (c *caller) answer(ctx context.Context, house *app.House, server *ui.Server, listener net.Listener) error {
	control, err := listenControl(c.opt.data)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	at := counter{house: house, entrance: server.Entrance, address: listener.Addr().String(), carry: c.carryChange(house)}
	go serveControl(ctx, control, at)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	if c.post != nil {
		if err := c.post.open(ctx, at); err != nil {
			return errors.Join(err, server.Shutdown())
		}
		defer c.post.close()
	}
	url := "http://" + listener.Addr().String() + server.Entrance()
	if c.post != nil {
		url = "http://" + listener.Addr().String() + "/" // the one-time link is for no log
	}
	c.say("街镇通已启动：%s", url)
	if c.post == nil {
		c.say("按 Ctrl+C 停止。")
	}
	c.up(url)
	if !c.opt.noBrowser {
		openBrowser(url)
	}
	select {
	case <-ctx.Done():
		c.say("正在停止……")
		return server.Shutdown()
	case err := <-failed:
		return err
	}
}

// listenTCP takes the address asked for, else the remembered one, else the
// first free of five ports, and remembers it.
func (c *caller) listenTCP() (net.Listener, error) {
	if c.opt.listen != "" {
		l, err := net.Listen("tcp", c.opt.listen)
		if err != nil {
			return nil, fmt.Errorf("地址 %s 用不了：%w", c.opt.listen, err)
		}
		return l, nil
	}
	memory := filepath.Join(c.opt.data, "address")
	tries := addresses(memory)
	var last error
	for _, address := range tries {
		l, err := net.Listen("tcp", address)
		if err != nil {
			last = err
			continue
		}
		remember(memory, l.Addr().String())
		return l, nil
	}
	return nil, fmt.Errorf("端口 8650 至 %d 都被占用，请关闭占用的程序，或用 --listen 指定地址：%w", 8650+ports-1, last)
}

func addresses(memory string) []string {
	var out []string
	if text, err := os.ReadFile(memory); err == nil {
		if host, _, err := net.SplitHostPort(strings.TrimSpace(string(text))); err == nil && net.ParseIP(host).IsLoopback() {
			out = append(out, strings.TrimSpace(string(text)))
		}
	}
	host, port, _ := net.SplitHostPort(firstAddress)
	first, _ := strconv.Atoi(port)
	for i := range ports {
		out = append(out, net.JoinHostPort(host, strconv.Itoa(first+i)))
	}
	return out
}

// remember keeps the address for the next start; failing to is no harm.
func remember(path, address string) {
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		_ = os.WriteFile(path, []byte(address+"\n"), 0o600)
	}
}

// demo opens the demonstration office, filling it on its first opening.
func (c *caller) demo(ctx context.Context, house *app.House) ([]demo.Account, error) {
	condition, why := house.Condition()
	switch condition {
	case app.Absent:
		c.say("正在准备演示单位（%d 人、%d 年，全部虚构）……", c.opt.people, c.opt.years)
		if _, err := house.Found(ctx); err != nil {
			return nil, err
		}
		began := time.Now()
		accounts, err := demo.Fill(ctx, house.Office(), demo.Options{People: c.opt.people, Years: c.opt.years, Seed: c.opt.seed,
			Dir: c.opt.data, Progress: c.progress()})
		if err != nil {
			return nil, err
		}
		c.say("已备好，用时 %.0f 秒。", time.Since(began).Seconds())
		c.tell(accounts)
		return accounts, nil
	case app.Ready:
		accounts, err := demo.Accounts(c.opt.data)
		if err != nil {
			return nil, err
		}
		c.tell(accounts)
		return accounts, nil
	}
	return nil, errors.Join(fmt.Errorf("演示文件夹 %s 打不开（%s）", c.opt.data, condition), why)
}

func (c *caller) progress() func(text string, done, total int) {
	last := ""
	return func(text string, _, _ int) {
		if text != last {
			c.say("  %s", text)
			last = text
		}
	}
}

func (c *caller) tell(accounts []demo.Account) {
	c.say("登录账号（演示）：")
	for _, a := range accounts {
		c.say("  %-10s 密码 %-16s %s", a.Name, a.Password, a.Title)
	}
}

func hints(accounts []demo.Account) []string {
	var out []string
	for _, a := range accounts {
		out = append(out, fmt.Sprintf("%s：登录名 %s，密码 %s", a.Title, a.Name, a.Password))
	}
	return out
}
