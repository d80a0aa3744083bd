package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"jiezhen/app"
	"jiezhen/app/demo"
	"jiezhen/ui"
	"jiezhen/ui/page"
)

func (c *caller) config(isDemo bool) app.Config {
	return app.Config{District: c.district || app.IsDistrict(c.opt.data), Dir: c.opt.data, KeyDir: c.keyDir(), Assets: c.env.Assets, Clock: wall(c.env.Clock), Log: c.log(), Safe: c.safe(), Built: built(),
		Demo: isDemo, Version: c.env.Version, FontDir: fontDirs(c.env.Getenv)}
}

// serve runs the office in the foreground until it is told to stop.
func (c *caller) serve(ctx context.Context, isDemo bool) error {
	if err := onThisPC(c.opt.listen); err != nil {
		return err
	}
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
	server := ui.New(ui.Config{House: house, Starts: c.starts, Receiver: receiver, Pages: pages, Log: c.log(), Clock: wall(c.env.Clock), Assets: c.env.Assets, Hints: hints(accounts), Installed: c.desk(), Instance: c.instance()})
	return c.answer(ctx, house, server, listener)
}

// answer serves pages and commands until the context ends.
func (c *caller) answer(ctx context.Context, house *app.House, server *ui.Server, listener net.Listener) error {
	control, err := listenControl(c.controlPath())
	if err != nil && !unwritable(err) {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	at := counter{house: house, entrance: server.Entrance, address: listener.Addr().String(), carry: c.carryChange(house)}
	if control != nil { // else the data folder takes no writing, which a page says
		go serveControl(ctx, control, at)
	}
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
