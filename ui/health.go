package ui

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"syscall"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app"
	"jiezhen/ui/page"
)

func healthRoutes() []Route {
	live, ready, broken := get("/healthz", (*visit).healthz), get("/readyz", (*visit).readyz), get("/broken", (*visit).broken)
	for _, r := range []*Route{&live, &ready, &broken} {
		r.Open, r.Shut = true, true
	}
	return slices.Concat([]Route{live, ready, broken}, safeRoutes(), doctorRoutes(), holidayRoutes(), lanRoutes())
}

// healthz answers as long as the program answers at all.
func (v *visit) healthz() error { return v.json(fiber.StatusOK, map[string]any{"status": "ok"}) }

// readyz says how the parts are. A locked office is healthy: it waits for a
// person.
func (v *visit) readyz() error {
	c, _ := v.cfg.House.Condition()
	out := map[string]any{"condition": c, "version": v.cfg.House.Version(), "safe": v.cfg.House.Safe()}
	if v.cfg.Instance != "" {
		out["instance"] = v.cfg.Instance
	}
	status := fiber.StatusOK
	if c == app.Damaged {
		status = fiber.StatusServiceUnavailable
	}
	if v.office != nil {
		s := v.office.Find.State()
		out["search"] = map[string]any{"rebuilding": s.Rebuilding, "done": s.Done, "total": s.Total, "behind": s.Behind, "broken": s.Broken != ""}
		out["head"] = v.office.Book.Head()
		out["readonly"] = v.office.Book.Profile().ReadOnly != ""
	}
	return v.json(status, out)
}

// broken explains a data folder that cannot be read. Nothing has been touched.
func (v *visit) broken() error {
	c, why := v.cfg.House.Condition()
	if c != app.Damaged {
		return v.redirect("/")
	}
	view := page.ErrorView{Frame: v.frame("数据打不开", ""), Code: fiber.StatusServiceUnavailable,
		Text: []string{"数据文件夹里有内容，但是读不出来。程序没有改动任何东西。", whyShut(why),
			"请不要删除文件夹。先运行“jiezhen check”自检；需要时用备份恢复。"},
		Todo: []page.Link{{Text: "怎么办（帮助）", URL: "/help/broken"}}}
	return v.show(fiber.StatusServiceUnavailable, func(w io.Writer) error { return v.cfg.Pages.Error(w, view) })
}

// whyShut says why the data folder does not open, as far as the office can do
// something about it.
func whyShut(why error) string {
	switch {
	case errors.Is(why, fs.ErrPermission), errors.Is(why, syscall.EROFS):
		return "数据文件夹不能读写：请检查它是不是只读，运行街镇通的账户有没有读写权限，改好后重新启动。"
	case errors.Is(why, syscall.ENOSPC):
		return "磁盘满了：请清出空间后重新启动，已保存的内容不受影响。"
	case errors.Is(why, fs.ErrNotExist):
		return "数据文件夹不完整，少了文件，像是没有拷贝完：请把整个文件夹重新拷贝一遍，再重新启动。"
	}
	return plainError(why, "原因记在日志里。")
}
