package ui

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/staff"
	"jiezhen/ui/page"
)

// visit is one request on its way through: who asks, what was typed. Every
// string it hands out is a copy; nothing of the web framework leaves it.
type visit struct {
	*Server
	c       *fiber.Ctx
	route   Route
	office  *app.Office // nil while the office is not open
	session staff.Session
	viewer  access.Viewer
	typed   record.Typed
	upload  *upload
	taken   *takenBundle
	ctx     context.Context
}

// upload is the file of a multipart form, in memory: nothing uploaded touches
// the disk unsealed.
type upload struct {
	Name string
	Data []byte
}

const sessionCookie = "jz_session"

func (s *Server) visitFor(c *fiber.Ctx, r Route) *visit {
	return &visit{Server: s, c: c, route: r, office: s.cfg.House.Office(), ctx: context.Background()}
}

// handle wraps a route: condition of the house, session, token, then the work
// itself; every refusal becomes a page that says what to do.
func (s *Server) handle(r Route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := s.visitFor(c, r)
		if v.office == nil && !r.Shut {
			return v.redirect(s.shutDoor())
		}
		if r.Here && c.Context().IsTLS() {
			return v.error(fiber.StatusForbidden, "这件事只能在主机上办", "您现在是从局域网里的另一台电脑打开的。", "请到装街镇通的那台电脑上办理。")
		}
		if err := v.read(); err != nil {
			return v.refuse(err)
		}
		if ok, err := v.admit(); !ok || err != nil {
			return err
		}
		if refused, err := v.readOnly(); refused {
			return err
		}
		if err := r.Do(v); err != nil {
			return v.refuse(err)
		}
		return nil
	}
}

// admit finds the session and says whether the request may go on. When it may
// not, the answer has been given.
func (v *visit) admit() (bool, error) {
	if v.office == nil {
		return true, nil
	}
	err := v.signIn()
	if v.route.Open {
		return true, nil
	}
	if err != nil || v.viewer.User == 0 {
		return false, v.signedOut(err)
	}
	if v.c.Method() == fiber.MethodPost && !v.session.CSRFMatches(v.typed.First("_csrf")) && !v.session.CSRFMatches(v.c.Get("X-CSRF")) {
		return false, v.expired("这个页面打开得太久了，请再确认一次。您填写的内容都在。")
	}
	if v.session.MustChange && !v.route.Must {
		return false, v.redirect("/account?must=1")
	}
	return true, nil
}

// signIn fills in session and viewer from the cookie.
func (v *visit) signIn() error {
	token := strings.Clone(v.c.Cookies(sessionCookie))
	if token == "" {
		return record.Refused(staff.CodeEnded, "请先登录")
	}
	read := v.office.Staff.Session
	if v.route.JSON {
		read = v.office.Staff.Watch // what a page asks by itself is no use of the office
	}
	var err error
	v.session, v.viewer, err = read(v.ctx, token)
	return err
}

// signedOut answers who is not signed in, or whose screen is locked: nothing
// typed is lost.
func (v *visit) signedOut(err error) error {
	if v.route.JSON {
		return v.json(fiber.StatusUnauthorized, map[string]any{"error": "请先登录", "locked": staff.Is(err, staff.CodeLocked)})
	}
	if _, refused := record.AsRefusal(err); err != nil && !refused {
		return v.refuse(err)
	}
	if v.c.Method() == fiber.MethodPost {
		return v.expired("登录已过期，请重新登录。您填写的内容都在，登录后会继续提交。")
	}
	return v.redirect("/login?to=" + url.QueryEscape(v.self()))
}

// read takes in the body of a post, within the route's limit.
func (v *visit) read() error {
	v.typed = record.Typed{}
	if v.c.Method() != fiber.MethodPost {
		return nil
	}
	limit := v.route.Limit
	if limit == 0 {
		limit = formLimit
	}
	body := v.c.Context().RequestBodyStream()
	if body == nil {
		body = bytes.NewReader(v.c.Body())
	}
	return v.parse(body, limit)
}

func (v *visit) self() string { return strings.Clone(v.c.OriginalURL()) }

func (v *visit) param(name string) string {
	raw := strings.Clone(v.c.Params(name))
	if s, err := url.PathUnescape(raw); err == nil {
		return s
	}
	return raw
}

func (v *visit) query(name string) string { return strings.Clone(v.c.Query(name)) }

// queries gives the whole query string, copied.
func (v *visit) queries() url.Values {
	out, err := url.ParseQuery(string(v.c.Request().URI().QueryString()))
	if err != nil {
		return url.Values{}
	}
	return out
}

// id reads a record id out of the path.
func (v *visit) id(name string) uint64 {
	n, _ := strconv.ParseUint(v.param(name), 10, 64)
	return n
}

// wantsJSON reports whether the caller asked for the view as JSON.
func (v *visit) wantsJSON() bool {
	return strings.Contains(v.c.Get(fiber.HeaderAccept), "application/json")
}

func (v *visit) json(status int, view any) error { return v.c.Status(status).JSON(view) }

// show sends a page that draw writes.
func (v *visit) show(status int, draw func(io.Writer) error) error {
	var buf bytes.Buffer
	if err := draw(&buf); err != nil {
		return fmt.Errorf("drawing a page: %w", err)
	}
	v.c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return v.c.Status(status).Send(buf.Bytes())
}

// redirect leads on, after a post as a GET.
func (v *visit) redirect(to string) error {
	return v.c.Redirect(to, fiber.StatusSeeOther)
}

// done leads on and says there what has been done.
func (v *visit) done(to, said string) error {
	v.c.Cookie(&fiber.Cookie{Name: "jz_said", Value: url.QueryEscape(said), HTTPOnly: true, SameSite: "Strict", Path: "/"})
	return v.redirect(to)
}

// said is what the last step left to be shown, once.
func (v *visit) said() []page.Notice {
	raw := strings.Clone(v.c.Cookies("jz_said"))
	if raw == "" {
		return nil
	}
	v.c.Cookie(&fiber.Cookie{Name: "jz_said", Value: "", MaxAge: -1, HTTPOnly: true, SameSite: "Strict", Path: "/"})
	text, err := url.QueryUnescape(raw)
	if err != nil || len(text) > 600 {
		return nil
	}
	return []page.Notice{{Tone: page.ToneGood, Text: text}}
}

// download sends a file under a Chinese name.
func (v *visit) download(name, mime string, data []byte, inline bool) error {
	how := "attachment"
	if inline {
		how = "inline"
	}
	v.fileHead(how, name, mime)
	return v.c.Send(data)
}

// fileHead says what the browser is to do with what is sent.
func (v *visit) fileHead(how, name, mime string) {
	v.c.Set(fiber.HeaderContentDisposition, how+"; filename*=UTF-8''"+url.PathEscape(cleanName(name)))
	v.c.Set(fiber.HeaderContentType, mime)
}

// cleanName keeps what every file system takes.
func cleanName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`\/:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name)
}
