package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app"
	"jiezhen/app/lan"
	"jiezhen/app/watch"
	"jiezhen/installer"
	"jiezhen/ui/page"
)

// Config is what a Server is made of.
type Config struct {
	House  *app.House
	Pages  *page.Renderer
	Log    *slog.Logger
	Clock  func() time.Time
	Assets fs.FS
	Hosts  []string // names under which the office may be called, without port
	Hints  []string // shown at the door of a demonstration office

	// Starts counts how starts end; nil where nothing does.
	Starts *watch.Starts
	// Receiver is where offices hand in over the network; "" where they cannot.
	Receiver string

	// Installed changes versions; nil where the office is no service.
	Installed *installer.Desk
	// Instance is the sign by which the installer knows this start of the
	// service again; "" where the office is none.
	Instance string

	more []Route // a test's own
}

// Server answers the office's browser.
type Server struct {
	cfg     Config
	app     *fiber.App
	jobs    *jobs
	tries   *tries
	setup   *setup
	opening opening
	// rehearsed is what was restored beside the office and not yet taken.
	rehearsed atomic.Pointer[app.Recovered]
	revival   revival
	newPaper  freshPaper
	lastExam  atomic.Pointer[examined]
	lan       *lanDoor
}

// New makes a server; Serve starts it.
func New(cfg Config) *Server {
	s := &Server{cfg: cfg, jobs: newJobs(cfg.Clock, cfg.Log), tries: newTries(cfg.Clock), setup: newSetup()}
	s.lan = newLanDoor(s)
	s.app = fiber.New(fiber.Config{
		Immutable:             true,
		DisableStartupMessage: true,
		BodyLimit:             bodyLimit,
		StreamRequestBody:     true,
		// else uploads would be parsed into files on the disk, unsealed
		DisablePreParseMultipartForm: true,
		ReadTimeout:                  5 * time.Minute, // a slow upload on a slow PC
		IdleTimeout:                  60 * time.Second,
		WriteTimeout:                 5 * time.Minute,
		ReadBufferSize:               32 << 10,
		ErrorHandler:                 s.lastResort,
		AppName:                      "jiezhen",
	})
	s.app.Use(s.drained, s.recovered, s.headers, s.fromNetwork, s.hostAllowed, s.sameOrigin)
	for _, r := range append(s.Routes(), cfg.more...) {
		s.app.Add(r.Method, r.Path, s.handle(r))
	}
	s.app.Get("/static/:name", s.static)
	s.app.Use(s.notFound)
	return s
}

// Serve answers on a listener until Shutdown.
func (s *Server) Serve(l net.Listener) error {
	if !s.opening.listen(l) {
		return nil
	}
	ctx, stop := context.WithCancel(context.Background())
	attended := make(chan struct{})
	go func() { defer close(attended); s.lan.attend(ctx) }()
	defer func() { stop(); <-attended }()
	if err := s.app.Listener(l); err != nil && !s.opening.closed() {
		return fmt.Errorf("serving pages: %w", err)
	}
	return nil
}

// shutdownWithin bounds the stop of the pages, half of it for jobs: a PC that
// is switched off kills what takes longer than a few seconds.
const shutdownWithin = 1600 * time.Millisecond

// Shutdown lets requests under way finish, for a moment. It also ends a Serve
// that has hardly begun, or begins after it.
func (s *Server) Shutdown() error {
	s.jobs.stop()
	err := s.app.ShutdownWithTimeout(shutdownWithin / 2)
	s.opening.close()
	return err
}

// opening is the listener between its opening and its close: the framework
// knows of it only once it waits for callers.
type opening struct {
	mu   sync.Mutex
	l    net.Listener
	over bool
}

// listen reports whether to go on; after close it is too late.
func (o *opening) listen(l net.Listener) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over {
		_ = l.Close() // nobody was let in
		return false
	}
	o.l = l
	return true
}

func (o *opening) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.over = true
	if o.l != nil {
		_ = o.l.Close() // mostly closed already
	}
}

func (o *opening) closed() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.over
}

// recovered keeps a panic in a page from ending the office. The stack goes to
// the log, which holds no personal data: panic values are printed by type only.
func (s *Server) recovered(c *fiber.Ctx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.cfg.Log.Error("panic in a page", "path", routePath(c), "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			err = fiber.NewError(fiber.StatusInternalServerError)
		}
	}()
	return c.Next()
}

func routePath(c *fiber.Ctx) string {
	if r := c.Route(); r != nil {
		return strings.Clone(r.Path)
	}
	return ""
}

// loads is what a page may load: only from here.
const loads = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; connect-src 'self'; base-uri 'none'; object-src 'none'; frame-src 'self'"

func (s *Server) headers(c *fiber.Ctx) error {
	guardPage(c)
	return c.Next()
}

// guardPage sets what every answer carries, refusals too.
func guardPage(c *fiber.Ctx) {
	c.Set("Content-Security-Policy", loads)
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("X-Frame-Options", "DENY")
	c.Set("Referrer-Policy", "same-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set("Cache-Control", "no-store")
}

// drained reads what is left of a body after the answer is made: the framework
// would take it for the next request, and a browser that is still sending
// would see a broken connection instead of the answer. What goes on beyond
// bodyLimit is cut off.
func (s *Server) drained(c *fiber.Ctx) error {
	err := c.Next()
	if err != nil {
		err = s.lastResort(c, err)
	}
	body := c.Context().RequestBodyStream()
	if body == nil {
		return err
	}
	n, readErr := io.Copy(io.Discard, io.LimitReader(body, bodyLimit))
	if n == bodyLimit || readErr != nil {
		c.Context().SetConnectionClose()
	}
	return err
}

// hostAllowed refuses requests under a foreign name: a page elsewhere whose
// name was made to point here (DNS rebinding) must not reach the office.
func (s *Server) hostAllowed(c *fiber.Ctx) error {
	host := string(c.Request().Host())
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.Trim(name, "[]")
	allowed := append([]string{"127.0.0.1", "localhost", "::1"}, s.cfg.Hosts...)
	if c.Context().IsTLS() {
		allowed = append(allowed, lan.Names()...)
	}
	for _, ok := range allowed {
		if strings.EqualFold(name, ok) {
			return c.Next()
		}
	}
	return plainRefusal(c, fiber.StatusMisdirectedRequest, "请用 http://127.0.0.1 打开街镇通。")
}

// sameOrigin refuses posts that another site made the browser send.
func (s *Server) sameOrigin(c *fiber.Ctx) error {
	if m := c.Method(); m == fiber.MethodGet || m == fiber.MethodHead {
		return c.Next()
	}
	if site := c.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return s.foreign(c)
	}
	if origin := c.Get(fiber.HeaderOrigin); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || !strings.EqualFold(u.Host, string(c.Request().Host())) {
			return s.foreign(c)
		}
	}
	return c.Next()
}

func (s *Server) foreign(c *fiber.Ctx) error {
	return plainRefusal(c, fiber.StatusForbidden, "这个请求不是从街镇通的页面发出的，已拒绝。")
}

func plainRefusal(c *fiber.Ctx, status int, text string) error {
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	return c.Status(status).SendString(text)
}

func (s *Server) static(c *fiber.Ctx) error {
	f, ok := s.cfg.Pages.Static(c.Params("name"))
	if !ok {
		return fiber.ErrNotFound
	}
	c.Set("Cache-Control", "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderContentType, f.Type)
	return c.Send(f.Body)
}

func (s *Server) notFound(c *fiber.Ctx) error {
	return s.visitFor(c, Route{Open: true}).error(fiber.StatusNotFound, "没有这个页面",
		"地址可能写错了，或者这个页面已经搬走。", "请从左边的目录进入，或用上方的检索框查找。")
}

// lastResort answers when even drawing a page failed.
func (s *Server) lastResort(c *fiber.Ctx, err error) (failed error) {
	defer func() {
		if p := recover(); p != nil {
			s.cfg.Log.Error("panic in the page of an error", "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			failed = plainRefusal(c, fiber.StatusInternalServerError, "程序出错了：这一步没有完成，已保存的内容不受影响。请返回再试一次。")
		}
	}()
	guardPage(c)
	status := fiber.StatusInternalServerError
	var fe *fiber.Error
	if errors.As(err, &fe) {
		status = fe.Code
	}
	if status >= 500 {
		s.cfg.Log.Error("answering", "path", routePath(c), "error", err)
	}
	v := s.visitFor(c, Route{Open: true})
	switch status {
	case fiber.StatusRequestEntityTooLarge:
		return v.error(status, "内容太大", "一次提交的内容超过了上限，没有保存。", "请把文件压缩或拆分后再传；长文字可分几条保存。")
	case fiber.StatusBadRequest:
		return v.error(status, "提交的内容读不懂", "这次提交没有传完整，或格式不对，没有保存。", "请返回上一页（内容还在）再提交一次。")
	case fiber.StatusRequestHeaderFieldsTooLarge, fiber.StatusRequestURITooLong:
		return v.error(status, "地址太长", "这个地址带的内容太多，没有办理。", "请从左边的目录进入。")
	case fiber.StatusRequestTimeout:
		return v.error(status, "等得太久", "网络太慢，提交的内容没有传完，没有保存。", "请返回上一页（内容还在）再提交一次。")
	case fiber.StatusNotFound, fiber.StatusMethodNotAllowed:
		return v.error(fiber.StatusNotFound, "没有这个页面", "地址可能写错了。", "请从左边的目录进入。")
	}
	return v.error(status, "程序出错了", "这一步没有完成，已保存的内容不受影响。", "请返回再试一次；仍不行请让系统管理员运行“自检”（check）。")
}

func (s *Server) background() context.Context { return context.Background() }
