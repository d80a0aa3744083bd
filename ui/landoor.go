package ui

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app/lan"
)

// lanDoor is the second door of the server: TLS on the office's own network,
// open only while the settings say so. Settings are looked at whenever they
// may have changed and every few seconds, since the office may be opened,
// locked or exchanged meanwhile.
type lanDoor struct {
	s    *Server
	turn sync.Mutex // one follow at a time
	over bool       // not serving: under turn

	mu       sync.Mutex
	settings lan.Settings
	listener net.Listener
	conns    map[net.Conn]bool
	why      string // why it is shut though it should be open
}

func newLanDoor(s *Server) *lanDoor {
	return &lanDoor{s: s, over: true, conns: map[net.Conn]bool{}}
}

const lanLook = 3 * time.Second

// attend keeps the door as the settings say until the context ends.
func (d *lanDoor) attend(ctx context.Context) {
	d.turn.Lock()
	d.over = false
	d.turn.Unlock()
	for ctx.Err() == nil {
		d.follow(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(lanLook):
		}
	}
	d.turn.Lock()
	defer d.turn.Unlock()
	d.over = true
	d.shut()
}

// follow opens or shuts the door as the settings say.
func (d *lanDoor) follow(ctx context.Context) {
	d.turn.Lock()
	defer d.turn.Unlock()
	if d.over {
		return
	}
	var want lan.Settings
	if office := d.s.cfg.House.Office(); office != nil {
		if s, err := office.Lan.Settings(ctx); err == nil {
			want = s
		}
	}
	d.mu.Lock()
	open, same := d.listener != nil, d.settings.Port == want.Port
	d.settings = want
	d.mu.Unlock()
	if open && (!want.On || !same) {
		d.shut()
		open = false
	}
	if want.On && !open {
		d.open(want.Port)
	}
}

func (d *lanDoor) open(port int) {
	l, err := net.Listen("tcp", ":"+strconv.Itoa(port))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.why = ""
	if err != nil {
		d.why = fmt.Sprintf("端口 %d 用不了，可能被别的程序占用", port)
		return
	}
	d.listener = l
	secure := tls.NewListener(lanListener{l, d}, &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: d.certificate})
	go func() { _ = d.s.app.Server().Serve(secure) }() // ends with the listener
}

// certificate is asked for at every turn: it may have been renewed.
func (d *lanDoor) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	office := d.s.cfg.House.Office()
	if office == nil {
		return nil, errors.New("the office is not open")
	}
	cert, _, err := office.Lan.TLS(hello.Context())
	return &cert, err
}

// shut takes the office off the network: those who are connected, too.
func (d *lanDoor) shut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.listener != nil {
		_ = d.listener.Close() // nobody comes in any more
		d.listener = nil
	}
	for c := range d.conns {
		_ = c.Close() // whoever is in goes out
	}
	d.why = ""
}

// state says whether the door is open, and why not.
func (d *lanDoor) state() (open bool, why string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.listener != nil, d.why
}

func (d *lanDoor) allows(addr net.Addr) bool {
	at, err := netip.ParseAddrPort(addr.String())
	d.mu.Lock()
	defer d.mu.Unlock()
	return err == nil && d.settings.Allows(at.Addr())
}

// lanListener lets in only addresses on the list; others get no word, not even
// the certificate.
type lanListener struct {
	net.Listener
	d *lanDoor
}

// Accept waits for the next connection from an allowed address.
func (l lanListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if !l.d.allows(c.RemoteAddr()) {
			_ = c.Close() // not on the list
			continue
		}
		l.d.mu.Lock()
		l.d.conns[c] = true
		l.d.mu.Unlock()
		return lanConn{c, l.d}, nil
	}
}

// lanConn is forgotten when it closes.
type lanConn struct {
	net.Conn
	d *lanDoor
}

// Close ends the connection.
func (c lanConn) Close() error {
	c.d.mu.Lock()
	delete(c.d.conns, c.Conn)
	c.d.mu.Unlock()
	return c.Conn.Close()
}

const deviceCookie = "jz_device"

// fromNetwork lets requests over the network on only from allowed addresses
// and enrolled devices; all that others reach is the page that asks for a code.
func (s *Server) fromNetwork(c *fiber.Ctx) error {
	if !c.Context().IsTLS() {
		return c.Next()
	}
	office := s.cfg.House.Office()
	if office == nil || !s.lan.allows(c.Context().RemoteAddr()) {
		c.Context().SetConnectionClose()
		return plainRefusal(c, fiber.StatusForbidden, "这台电脑不在允许的地址里，请找系统管理员。")
	}
	if path := c.Path(); path == "/enrol" || path == "/healthz" || strings.HasPrefix(path, "/static/") {
		return c.Next()
	}
	_, known, err := office.Lan.Known(context.Background(), strings.Clone(c.Cookies(deviceCookie)))
	if err != nil {
		return err
	}
	if known {
		return c.Next()
	}
	if c.Method() == fiber.MethodGet {
		return c.Redirect("/enrol", fiber.StatusSeeOther)
	}
	return plainRefusal(c, fiber.StatusForbidden, "这台电脑还没有登记，或已被撤销，请找系统管理员要登记码。")
}
