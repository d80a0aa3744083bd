package lan

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/record"
)

// Device is a PC that was let in.
type Device struct {
	ID   string // hash of its token, hex
	Name string
	From string // address that it was let in from
	By   string // whose code it had
	At   int64  // Unix seconds
}

// code is the one that lets the next device in. It lives in memory, once.
type code struct {
	hash  [32]byte
	by    string
	made  time.Time
	wrong int
	set   bool
}

// A code lives for a quarter of an hour, and five wrong ones end it.
const (
	codeLasts  = 15 * time.Minute
	codeWrongs = 5
	codeLength = 10
)

// alphabet has no characters that are taken for one another: 32 of them, so
// that a byte's lower bits choose evenly.
const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// NewCode makes the code for the next device; the one before ends.
func (d *Desk) NewCode(ctx context.Context, v access.Viewer) (string, error) {
	if err := keeper(v); err != nil {
		return "", err
	}
	s, err := d.Settings(ctx)
	if err != nil {
		return "", err
	}
	if !s.On {
		return "", record.Refused(record.CodeInvalid, "局域网还没有开放")
	}
	raw := make([]byte, codeLength)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("drawing a code: %w", err)
	}
	for i := range raw {
		raw[i] = alphabet[raw[i]&31]
	}
	err = d.change(ctx, v, "生成设备登记码", "lan.code", func(*record.Tx) error { return nil })
	if err != nil {
		return "", err
	}
	d.mu.Lock()
	d.code = code{hash: sha256.Sum256(raw), by: v.Name, made: d.cfg.Clock(), set: true}
	d.mu.Unlock()
	return string(raw[:5]) + "-" + string(raw[5:]), nil
}

// take uses the code up, and says whose it was.
func (d *Desk) take(typed string) (by string, ok bool) {
	clean := strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToUpper(typed))
	hash := sha256.Sum256([]byte(clean))
	d.mu.Lock()
	defer d.mu.Unlock()
	c := &d.code
	age := d.cfg.Clock().Sub(c.made)
	if !c.set || age < 0 || age > codeLasts {
		d.code = code{}
		return "", false
	}
	if subtle.ConstantTimeCompare(hash[:], c.hash[:]) != 1 {
		if c.wrong++; c.wrong >= codeWrongs {
			d.code = code{}
		}
		return "", false
	}
	by = c.by
	d.code = code{}
	return by, true
}

// Enrol lets a device in that shows the code, and gives the token by which it
// is known from now on.
func (d *Desk) Enrol(ctx context.Context, typed, name, from string) (token string, err error) {
	name = strings.TrimSpace(name)
	if n := len([]rune(name)); n < 2 || n > 30 {
		return "", invalid("name", "这台电脑叫什么", "请写 2 至 30 个字，如“民政窗口二号机”")
	}
	by, ok := d.take(typed)
	if !ok {
		return "", invalid("code", "登记码", "登记码不对或已失效，请向系统管理员要一个新的（十五分钟内、只能用一次）")
	}
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("drawing a device's token: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(raw)
	dev := Device{ID: idOf(token), Name: name, From: from, By: by, At: d.cfg.Clock().Unix()}
	office := access.Office()
	return token, d.change(ctx, office, "登记设备 "+name, "lan.enrol", func(tx *record.Tx) error { return tx.ShelfPut(shelf, "device/"+dev.ID, dev) })
}

func idOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Known says whose token it is.
func (d *Desk) Known(ctx context.Context, token string) (dev Device, ok bool, err error) {
	if token == "" {
		return dev, false, nil
	}
	ok, err = d.shelf.Get(ctx, "device/"+idOf(token), &dev)
	return dev, ok, err
}

// Devices are those that were let in, the newest first.
func (d *Desk) Devices(ctx context.Context) (out []Device, err error) {
	err = d.shelf.Each(ctx, "device/", func(_ string, decode func(any) error) (bool, error) {
		var dev Device
		err := decode(&dev)
		out = append(out, dev)
		return err == nil, err
	})
	slices.SortFunc(out, func(a, b Device) int { return int(b.At - a.At) })
	return out, err
}

// Revoke shuts a device out, at once.
func (d *Desk) Revoke(ctx context.Context, v access.Viewer, id string) error {
	if err := keeper(v); err != nil {
		return err
	}
	list, err := d.Devices(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list, func(dev Device) bool { return dev.ID == id })
	if at < 0 {
		return record.Refused(record.CodeNotFound, "没有这台设备，可能已经撤销")
	}
	return d.change(ctx, v, "撤销设备 "+list[at].Name, "lan.revoke", func(tx *record.Tx) error { return tx.ShelfDelete(shelf, "device/"+id) })
}
