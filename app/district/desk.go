package district

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/hex"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/bundle"
	"jiezhen/app/record"
	"jiezhen/app/staff"
	"jiezhen/embedstore"
)

// Config is what a Desk is made of.
type Config struct {
	Book    *record.Book
	Store   *embedstore.Store
	Dir     string // where received bundles lie, in the data folder
	Demo    bool
	Targets []Target
	Draws   []Draw
	// Exclusive says why two allowances may not be drawn at once, and Title
	// what one is called.
	Exclusive func(a, b string) (why string, exclusive bool)
	Title     func(programme string) string
	Clock     func() time.Time
	Log       *slog.Logger
}

// Desk takes bundles in. It is safe for use by many goroutines; one bundle is
// taken in at a time.
type Desk struct {
	cfg    Config
	shelf  *record.Shelf
	taking sync.Mutex
}

// New opens the desk.
func New(cfg Config) *Desk { return &Desk{cfg: cfg, shelf: cfg.Book.Shelf(shelfName)} }

const shelfName = "district"

// Keys are the district's own: a reading key a suite, and the key that signs
// receipts and policy packs.
type Keys struct {
	Readers map[bundle.Suite]bundle.Pair
	Signer  bundle.Pair
	// Sealed are the public halves of the sealed-records keys. Their secret
	// halves were shown once and lie on paper or a stick in a safe, not here.
	Sealed map[bundle.Suite]string
}

// Office is one that hands in.
type Office struct {
	ID      string // the store's id
	Name    string
	Signers []string // public signing keys, the present one first
	Code    string   // enrolment code for the network
	Since   int64
	Last    *Receipt // the last bundle that was taken in
}

// Receipt says that a bundle was taken in.
type Receipt = bundle.Receipt

// MayReceive says whether a viewer takes bundles in and enrols offices.
func MayReceive(v access.Viewer) bool { return v.Office || v.Has(staff.RoleSystem) }

// MaySee says whether a viewer sees what the offices handed in.
func MaySee(v access.Viewer) bool { return MayReceive(v) || v.Lead() || v.Has(staff.RoleAudit) }

// MayMatch is the right to open identities: to learn who the person is that
// two offices have on file. Leaders have it, nobody else; every use is logged
// with its reason.
func MayMatch(v access.Viewer) bool { return v.Lead() }

func receives(v access.Viewer) error {
	if !MayReceive(v) {
		return record.Refused(record.CodeDenied, "收取备份由系统管理员办理")
	}
	return nil
}

func sees(v access.Viewer) error {
	if !MaySee(v) {
		return record.Refused(record.CodeDenied, "各街镇的汇总由领导、系统管理员和审计管理员查看")
	}
	return nil
}

// Keys are the district's keys, made when first needed.
func (d *Desk) Keys(ctx context.Context) (Keys, error) {
	var k Keys
	found, err := d.shelf.Get(ctx, "keys", &k)
	if err != nil || found {
		return k, err
	}
	now := d.cfg.Clock().Unix()
	k.Readers = map[bundle.Suite]bundle.Pair{}
	for _, s := range []bundle.Suite{bundle.Classic, bundle.National, bundle.Hybrid} {
		secret, public, err := s.NewReader()
		if err != nil {
			return k, err
		}
		k.Readers[s] = bundle.Pair{Secret: secret, Public: public, Made: now}
	}
	secret, public, err := bundle.Classic.NewSigner()
	if err != nil {
		return k, err
	}
	k.Signer = bundle.Pair{Secret: secret, Public: public, Made: now}
	err = d.shelf.Update(ctx, "keys", func(decode func(any) error) (any, error) {
		if decode != nil { // another made them meanwhile
			var held Keys
			err := decode(&held)
			k = held
			return held, err
		}
		return k, nil
	})
	return k, err
}

func invalid(field, label, text string) error {
	return &record.Refusal{Code: record.CodeInvalid, Text: "还有内容要补正", Problems: []record.Problem{{Field: field, Label: label, Text: text}}}
}

// Enrol notes an office with its public signing key. Enrolled again, the
// office gets a new key beside the old ones: a key that was rotated.
func (d *Desk) Enrol(ctx context.Context, v access.Viewer, id, name, signer string) (Office, error) {
	if err := receives(v); err != nil {
		return Office{}, err
	}
	id = strings.ToLower(strings.TrimSpace(id))
	switch raw, err := hex.DecodeString(id); {
	case err != nil || len(raw) != 16:
		return Office{}, invalid("id", "单位编号", "应为 32 位，在该单位“备份 → 设置与密钥”页上")
	case strings.TrimSpace(name) == "":
		return Office{}, invalid("name", "名称", "请填单位名称")
	case !strings.HasPrefix(signer, "ed25519:") && !strings.HasPrefix(signer, "sm2:"):
		return Office{}, invalid("signer", "签名公钥", "应以 ed25519: 或 sm2: 开头，在该单位“备份 → 设置与密钥”页上")
	}
	var out Office
	err := d.cfg.Book.Change(ctx, v, "登记街镇 "+name, func(tx *record.Tx) error {
		key := "office/" + id
		if _, err := tx.ShelfGet(shelfName, key, &out); err != nil {
			return err
		}
		if out.Code == "" {
			out.Code, out.Since = newCode(), d.cfg.Clock().Unix()
		}
		out.ID, out.Name = id, strings.TrimSpace(name)
		out.Signers = append([]string{signer}, slices.DeleteFunc(out.Signers, func(s string) bool { return s == signer })...)
		if err := tx.ShelfPut(shelfName, key, out); err != nil {
			return err
		}
		return tx.Event("district.enrol", record.Ref{Register: record.Users, ID: v.User}, map[string]any{"office": name, "signer": bundle.Fingerprint(signer)})
	})
	return out, err
}

// newCode is an enrolment code: 100 random bits, easy to read out.
func newCode() string {
	var raw [13]byte
	_, _ = rand.Read(raw[:]) // never fails (crypto/rand ends the program instead)
	text := base32.StdEncoding.EncodeToString(raw[:])[:20]
	return text[:5] + "-" + text[5:10] + "-" + text[10:15] + "-" + text[15:]
}

// Offices are all that are enrolled, by name.
func (d *Desk) Offices(ctx context.Context) ([]Office, error) {
	var out []Office
	err := d.shelf.Each(ctx, "office/", func(_ string, decode func(any) error) (bool, error) {
		var o Office
		err := decode(&o)
		out = append(out, o)
		return true, err
	})
	slices.SortFunc(out, func(a, b Office) int { return strings.Compare(a.Name, b.Name) })
	return out, err
}

func (d *Desk) office(ctx context.Context, id string) (Office, bool, error) {
	var o Office
	found, err := d.shelf.Get(ctx, "office/"+id, &o)
	return o, found, err
}

// ByCode is the office that an enrolment code belongs to.
func (d *Desk) ByCode(ctx context.Context, code string) (Office, bool, error) {
	list, err := d.Offices(ctx)
	if err != nil {
		return Office{}, false, err
	}
	for _, o := range list {
		if same(o.Code, code) {
			return o, true, nil
		}
	}
	return Office{}, false, nil
}

// Folder is where an office's received bundles lie.
func (d *Desk) Folder(office string) string { return filepath.Join(d.cfg.Dir, office[:8]) }

// Standing is how an office stands with handing in.
type Standing struct {
	Office
	Days    int // since the last bundle; -1: never
	Overdue bool
}

// Days after which an office is overdue.
const overdueDays = 7

// Standings are how all offices stand, the longest silent first.
func (d *Desk) Standings(ctx context.Context, v access.Viewer) ([]Standing, error) {
	if err := sees(v); err != nil {
		return nil, err
	}
	list, err := d.Offices(ctx)
	if err != nil {
		return nil, err
	}
	var out []Standing
	for _, o := range list {
		s := Standing{Office: o, Days: -1, Overdue: true}
		if o.Last != nil {
			s.Days = max(0, int(d.cfg.Clock().Sub(o.Last.Time())/(24*time.Hour)))
			s.Overdue = s.Days > overdueDays
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b Standing) int {
		rank := func(s Standing) int {
			if s.Days < 0 {
				return -1 << 30
			}
			return -s.Days
		}
		return rank(a) - rank(b)
	})
	return out, nil
}
