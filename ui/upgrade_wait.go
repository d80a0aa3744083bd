package ui

import (
	"context"
	"errors"
	"io"

	"github.com/gofiber/fiber/v2"

	"jiezhen/installer"
	"jiezhen/ui/page"
)

// changeUnderWay is the page while versions are changed: it waits, goes on
// waiting while nobody answers, and leads to the result as soon as a version
// does.
func (v *visit) changeUnderWay(c *installer.Change) error {
	text := "换版已经结束"
	if c.Open() {
		text = "正在换成 " + c.To + "，页面会断开一两分钟，好了会自己打开"
		if c.Phase == installer.Returning {
			text = c.To + " 没有起来，正在换回 " + c.From + " 和换版前的数据"
		}
	}
	const self = "/upgrade?json"
	if v.queries().Has("json") {
		return v.json(fiber.StatusOK, map[string]any{"text": text, "finished": !c.Open(), "url": "/upgrade"})
	}
	view := page.ProgressView{Frame: v.frame("正在换版", "不用做什么，也不要关电脑。断电也不要紧，下次开机会接着办完。"),
		Progress: page.Progress{Text: text, Poll: self, After: "/upgrade", Reload: 20}, Notes: []string{"浏览器说“无法访问此网站”也不要紧：等一两分钟，按 F5 再打开这一页。"}}
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Progress(w, view) })
}

// seeThrough asks for a change and waits for it. When it begins this program
// is ended, and the page that waits goes on with the one that comes up; what is
// told here is that it was refused, or did not begin.
func (c Changer) seeThrough(ctx context.Context, ask func() error) error {
	before, err := c.Desk.State()
	if err != nil {
		return err
	}
	if err := ask(); err != nil {
		return err
	}
	change, err := installer.Await(ctx, c.Desk.Places, before.Change)
	if ctx.Err() != nil {
		return nil // it has begun: the service is being stopped
	}
	if err != nil {
		return err
	}
	if change.Phase != installer.Done {
		return errors.New(change.Tell())
	}
	return nil
}
