// Package lan lets other PCs of the office's own network in, only when the
// system administrator has asked for it: over TLS with a certificate made on
// the spot, from addresses on a list, and from devices that were each let in
// with a code that works once.
//
// It promises that nothing of this is on by default, that switching it on and
// off is journaled with the reason, and that neither codes nor the tokens of
// devices are kept in clear. It knows no HTTP and listens to nothing: ui does.
package lan

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/staff"
)

// FORMAT of the shelf "office network", version 1: "settings" holds Settings,
// "tls" the certificate and its key, "device/<hex of SHA-256 of the token>" a
// Device. Shelves are sealed and in no bundle: a restored office is not on the
// network.
const shelf = "office network"

// Config is what a Desk is made of.
type Config struct {
	Book  *record.Book
	Clock func() time.Time
	Names func() []string // what this PC is called; nil: ask the system
}

// Desk keeps the settings of the network, the certificate and the devices. It
// is safe for use by many.
type Desk struct {
	cfg   Config
	shelf *record.Shelf
	mu    sync.Mutex
	code  code
}

// New opens the desk.
func New(cfg Config) *Desk {
	if cfg.Names == nil {
		cfg.Names = Names
	}
	return &Desk{cfg: cfg, shelf: cfg.Book.Shelf(shelf)}
}

// Settings say whether and how the office is on the network.
type Settings struct {
	On    bool
	Port  int
	Allow []string // prefixes of addresses
	By    string
	At    int64 // Unix seconds
}

// Allows says whether an address may knock.
func (s Settings) Allows(ip netip.Addr) bool {
	ip = ip.Unmap()
	return s.On && slices.ContainsFunc(s.Allow, func(text string) bool {
		p, err := netip.ParsePrefix(text)
		return err == nil && p.Contains(ip)
	})
}

// Settings are those in force.
func (d *Desk) Settings(ctx context.Context) (s Settings, err error) {
	_, err = d.shelf.Get(ctx, "settings", &s)
	return s, err
}

// DefaultPort is offered first.
const DefaultPort = 8663

// MayKeep says whether a viewer may switch the network.
func MayKeep(v access.Viewer) bool { return v.Has(staff.RoleSystem) }

func keeper(v access.Viewer) error {
	if !MayKeep(v) {
		return record.Refused(record.CodeDenied, "局域网由系统管理员管理")
	}
	return nil
}

// leastReason is how long a reason must be.
const leastReason = 4

func reasoned(reason string) error {
	if len([]rune(strings.TrimSpace(reason))) < leastReason {
		return invalid("reason", "理由", "请写明理由（至少4个字）")
	}
	return nil
}

func invalid(field, label, text string) error {
	return &record.Refusal{Code: record.CodeInvalid, Text: "还有内容要补正", Problems: []record.Problem{{Field: field, Label: label, Text: text}}}
}

// TurnOn puts the office on the network.
func (d *Desk) TurnOn(ctx context.Context, v access.Viewer, port int, allow, reason string) error {
	if err := keeper(v); err != nil {
		return err
	}
	if port < 1024 || port > 65535 {
		return invalid("port", "端口", "请写 1024 至 65535 之间的数")
	}
	prefixes, err := ParseAllow(allow)
	if err != nil {
		return invalid("allow", "允许的地址", err.Error())
	}
	if err := reasoned(reason); err != nil {
		return err
	}
	if _, _, err := d.TLS(ctx); err != nil {
		return err
	}
	s := Settings{On: true, Port: port, Allow: prefixes, By: v.Name, At: d.cfg.Clock().Unix()}
	return d.change(ctx, v, "开放局域网："+reason, "lan.on", func(tx *record.Tx) error { return tx.ShelfPut(shelf, "settings", s) })
}

// TurnOff takes the office off the network. Devices stay on the list; nothing
// can be reached any more.
func (d *Desk) TurnOff(ctx context.Context, v access.Viewer, reason string) error {
	if err := keeper(v); err != nil {
		return err
	}
	if err := reasoned(reason); err != nil {
		return err
	}
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	s.On, s.By, s.At = false, v.Name, d.cfg.Clock().Unix()
	d.mu.Lock()
	d.code = code{}
	d.mu.Unlock()
	return d.change(ctx, v, "关闭局域网："+reason, "lan.off", func(tx *record.Tx) error { return tx.ShelfPut(shelf, "settings", s) })
}

func (d *Desk) change(ctx context.Context, v access.Viewer, reason, event string, fn func(*record.Tx) error) error {
	return d.cfg.Book.Change(ctx, v, reason, func(tx *record.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return tx.Event(event, record.Ref{Register: record.Users, ID: v.User}, map[string]any{"reason": reason})
	})
}

// widest is the widest stretch of addresses that may be let in: a town
// office's network is smaller.
const widest = 16

// ParseAllow reads addresses and prefixes, parted by anything. Only private
// ones are taken: the office is for its own network, never for the internet.
func ParseAllow(text string) ([]string, error) {
	var out []string
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,，;；、\t\r\n", r) }) {
		p, err := netip.ParsePrefix(word)
		if err != nil {
			ip, one := netip.ParseAddr(word)
			if one != nil {
				return nil, fmt.Errorf("“%s”看不懂，请写成 192.168.1.0/24 或 192.168.1.23", word)
			}
			p = netip.PrefixFrom(ip, ip.BitLen())
		}
		p = p.Masked()
		switch {
		case !p.Addr().IsPrivate() && !p.Addr().IsLoopback() && !p.Addr().IsLinkLocalUnicast():
			return nil, fmt.Errorf("“%s”不是单位内部网络的地址，只能写 10.、172.16.—172.31.、192.168. 开头的", word)
		case p.Addr().Is4() && p.Bits() < widest && !p.Addr().IsLoopback(), p.Addr().Is6() && p.Bits() < 48:
			return nil, fmt.Errorf("“%s”范围太大，请只写本单位的网段，如 192.168.1.0/24", word)
		}
		out = append(out, p.String())
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("请写明允许哪些电脑，如 192.168.1.0/24")
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
