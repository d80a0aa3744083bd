package district_test

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/backup"
	"jiezhen/app/bundle"
	"jiezhen/app/district"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/assets"
)

// house is an office or a district.
type house struct {
	*app.House
	t   *testing.T
	cfg app.Config
	now time.Time
	n   int
}

func open(t *testing.T, isDistrict bool) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2026, 9, 1, 9, 0, 0, 0, time.Local)}
	h.cfg = app.Config{Dir: filepath.Join(t.TempDir(), "data"), KeyDir: t.TempDir(), Assets: assets.FS(), District: isDistrict,
		Clock: func() time.Time { return h.now }, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
		PasswordCost: app.Cost{Memory: 64, Passes: 1, Threads: 1}, Drives: func() []backup.Drive { return nil }}
	var err error
	h.House, err = app.Enter(context.Background(), h.cfg)
	h.must(err)
	_, err = h.Found(context.Background())
	h.must(err)
	t.Cleanup(func() { h.must(h.Leave()) })
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) change(fn func(*record.Tx) error) {
	h.t.Helper()
	h.now = h.now.Add(time.Minute)
	h.must(h.Office().Book.Change(context.Background(), access.Office(), "登记", fn))
}

// person files one and begins a file of a child in difficulty for it.
func (h *house) person(name, number string) {
	h.t.Helper()
	h.change(func(tx *record.Tx) error {
		values := register.Values{"name": name, "sex": "1"}
		if number != "" {
			values["id_type"], values["id_number"] = "111", number
		}
		_, err := tx.Create(record.Draft{Register: record.Persons, Values: values})
		return err
	})
}

// hand makes a bundle of the office and gives the folder it lies in.
func (h *house) hand(dir string) string {
	h.t.Helper()
	h.n++
	h.change(func(tx *record.Tx) error {
		_, err := tx.Create(record.Draft{Register: "party.party", Values: register.Values{"name": fmt.Sprint("机构", h.n), "kind": "school"}})
		return err
	})
	_, _, err := h.Office().Backup.Make(context.Background(), backup.ReasonPlain)
	h.must(err)
	h.must(os.MkdirAll(dir, 0o700))
	_, err = h.Office().Backup.CarryFolder(context.Background(), access.Office(), dir)
	h.must(err)
	return dir
}

// join enrols an office with a district, both ways.
func join(o, d *house, name string) district.Office {
	o.t.Helper()
	ctx := context.Background()
	keys, err := d.Office().District.Keys(ctx)
	o.must(err)
	o.must(o.Office().Backup.AddReader(ctx, access.Office(), backup.Reader{Name: "区民政局", Key: keys.Readers[bundle.Classic].Public, Signer: keys.Signer.Public}))
	signer, err := o.Office().Backup.Signer(ctx)
	o.must(err)
	out, err := d.Office().District.Enrol(ctx, access.Office(), o.Office().Backup.Identity(), name, signer)
	o.must(err)
	return out
}

func (h *house) receive(dir string) []district.Taken {
	h.t.Helper()
	out, err := h.Office().District.ReceiveFolder(context.Background(), access.Office(), dir, nil)
	h.must(err)
	return out
}

// said is what became of each bundle, short.
func said(list []district.Taken) string {
	var out []string
	for _, t := range list {
		switch {
		case t.Aside != nil:
			out = append(out, "aside:"+t.Aside.Why)
		case t.Again:
			out = append(out, fmt.Sprint("again ", t.Receipt.Sequence))
		default:
			out = append(out, fmt.Sprint("took ", t.Receipt.Sequence))
		}
	}
	return strings.Join(out, ", ")
}

const idNumber = "110109201403070011"

// TestHandIn takes a chain in by folder, leaves receipts that the office takes
// home, counts over offices and finds who is on file twice.
func TestHandIn(t *testing.T) {
	t.Parallel()
	d, a, b := open(t, true), open(t, false), open(t, false)
	join(a, d, "甲街道")
	join(b, d, "乙镇")
	ctx := context.Background()
	a.person("欧阳测", idNumber)
	a.person("无证件", "")
	dir := a.hand(t.TempDir())
	if got := said(d.receive(dir)); got != "took 1" {
		t.Fatal(got)
	}
	totals, missing, err := d.Office().District.Totals(ctx, access.Office())
	d.must(err)
	if len(missing) != 1 || missing[0].Name != "乙镇" {
		t.Errorf("missing %v: an office that has not handed in must be named", missing)
	}
	if n := count(totals, record.Persons, a.Office().Backup.Identity()); n != 2 {
		t.Errorf("%d persons, want 2", n)
	}
	a.hand(dir) // collects the receipt of the first
	if list, err := a.Office().Backup.Acknowledged(ctx); err != nil || len(list) != 1 || list[0].Sequence != 1 {
		t.Errorf("receipts taken home: %v %v", list, err)
	}
	if got := said(d.receive(dir)); got != "again 1, took 2" {
		t.Error(got)
	}
	b.person("欧阳测", idNumber)
	if got := said(d.receive(b.hand(t.TempDir()))); got != "took 1" {
		t.Fatal(got)
	}
	matches, err := d.Office().District.Matches(ctx, access.Office(), "")
	if err != nil || len(matches) != 1 || len(matches[0].Sides) != 2 || matches[0].Sides[0].Shown != "" {
		t.Errorf("matches %+v %v", matches, err)
	}
	if _, err := d.Office().District.Matches(ctx, access.Viewer{User: 1, Roles: []access.Role{{ID: "admin.system"}}}, "核对重复领取"); err == nil {
		t.Error("who it is was shown to someone who may not know")
	}
	leader := access.Viewer{User: 1, Roles: []access.Role{{ID: "leader", Level: access.LevelLead}}}
	shown, err := d.Office().District.Matches(ctx, leader, "核对重复领取")
	if err != nil || !strings.Contains(shown[0].Sides[0].Shown, "欧阳测") {
		t.Errorf("shown to the leader: %+v %v", shown, err)
	}
}

func count(totals []district.Total, reg, office string) uint64 {
	for _, t := range totals {
		if t.Register.ID == reg {
			return t.All[office]
		}
	}
	return 0
}

// TestExclusiveAllowances has one child draw at two offices: the same allowance
// and one that excludes it are found, by the table of overlaps; a step on
// which nothing is drawn is not.
func TestExclusiveAllowances(t *testing.T) {
	t.Parallel()
	d := open(t, true)
	ctx := context.Background()
	steps := map[string]string{"甲街道": "active", "乙镇": "active", "丙镇": "applied"}
	for name, step := range steps {
		o := open(t, false)
		join(o, d, name)
		o.person("欧阳测", idNumber)
		o.draw(step)
		if got := said(d.receive(o.hand(t.TempDir()))); got != "took 1" {
			t.Fatal(got)
		}
	}
	list, err := d.Office().District.Matches(ctx, access.Office(), "")
	d.must(err)
	if len(list) != 1 || len(list[0].Sides) != 3 || len(list[0].Clashes) != 1 {
		t.Fatalf("%+v", list)
	}
	c := list[0].Clashes[0]
	if got := []string{c.A, c.B}; !slices.Contains(got, "甲街道") || !slices.Contains(got, "乙镇") || c.DrawA != "家庭监护津贴" || !strings.Contains(c.Why, "同一项目") {
		t.Errorf("%+v", c)
	}
}

// draw files that the first person draws the allowance for guardians, or has
// applied for it.
func (h *house) draw(step string) {
	h.t.Helper()
	h.change(func(tx *record.Tx) error {
		_, err := tx.Create(record.Draft{Register: "child.guardcare", Subject: 1, Step: step, Quiet: true,
			Values: register.Values{"subject": "1", "carer": "1", "applied_at": "2026-08-01", "kind": "1", "reason": "孩子由祖父母照料"}})
		return err
	})
}

// TestQuarantine keeps aside what cannot be taken in, says why, and takes in by
// itself what only waited.
func TestQuarantine(t *testing.T) {
	t.Parallel()
	d, a := open(t, true), open(t, false)
	ctx := context.Background()
	stranger := open(t, false)
	if got := said(d.receive(stranger.hand(t.TempDir()))); !strings.Contains(got, "没有登记过的单位") {
		t.Error(got)
	}
	unread := open(t, false)
	signer, err := unread.Office().Backup.Signer(ctx)
	d.must(err)
	_, err = d.Office().District.Enrol(ctx, access.Office(), unread.Office().Backup.Identity(), "丙镇", signer)
	d.must(err)
	if got := said(d.receive(unread.hand(t.TempDir()))); !strings.Contains(got, "没有把区里列为接收方") {
		t.Error(got)
	}
	join(a, d, "甲街道")
	all := t.TempDir()
	for range 3 {
		a.hand(all)
	}
	names, err := filepath.Glob(filepath.Join(all, "*.jzb"))
	d.must(err)
	part := func(which ...int) string {
		dir := t.TempDir()
		for _, i := range which {
			data, err := os.ReadFile(names[i])
			d.must(err)
			d.must(os.WriteFile(filepath.Join(dir, filepath.Base(names[i])), data, 0o600))
		}
		return dir
	}
	bent := part(0)
	bend(t, bent)
	for _, c := range []struct{ name, dir, want string }{
		{"damaged", bent, "文件坏了"},
		{"an increment first", part(1), "缺前面的完整备份"},
		{"the first", part(0), "took 1"},
		{"what waited came in by itself", part(1), "again 2"},
		{"the third", part(2), "took 3"},
		{"the first again", part(0), "again 1"},
	} {
		if got := said(d.receive(c.dir)); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	a.must(a.Office().Backup.Rotate(ctx, access.Office()))
	rotated := a.hand(t.TempDir())
	if got := said(d.receive(rotated)); !strings.Contains(got, "签名公钥与登记的不同") {
		t.Error(got)
	}
	fresh, err := a.Office().Backup.Signer(ctx)
	d.must(err)
	_, err = d.Office().District.Enrol(ctx, access.Office(), a.Office().Backup.Identity(), "甲街道", fresh)
	d.must(err)
	if got := said(d.receive(rotated)); got != "took 4" {
		t.Error(got)
	}
}

func bend(t *testing.T, dir string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.jzb"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	data, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(names[0], data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestRewrittenHistory restores an office to an earlier moment and goes on
// differently: the district notices that the journal is another.
func TestRewrittenHistory(t *testing.T) {
	t.Parallel()
	d, a := open(t, true), open(t, false)
	join(a, d, "甲街道")
	dir := a.hand(t.TempDir())
	first, err := filepath.Glob(filepath.Join(dir, "*.jzb"))
	a.must(err)
	a.hand(dir)
	if got := said(d.receive(dir)); got != "took 1, took 2" {
		t.Fatal(got)
	}
	if _, err := a.Rehearse(context.Background(), app.Recovery{Bundles: first}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Replace(context.Background(), a.Staged()); err != nil {
		t.Fatal(err)
	}
	a.now = a.now.Add(time.Hour)
	if got := said(d.receive(a.hand(t.TempDir()))); !strings.Contains(got, "日志与上次收到的对不上") {
		t.Error(got)
	}
}

// TestNetwork hands in over the network: a wrong code and a wrong certificate
// are refused, a broken line is gone on with, the receipt comes back at once.
func TestNetwork(t *testing.T) {
	t.Parallel()
	d, a := open(t, true), open(t, false)
	office := join(a, d, "甲街道")
	ctx := context.Background()
	cert, print, err := d.Office().District.TLS(ctx)
	d.must(err)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	d.must(err)
	server := &http.Server{Handler: d.Office().District.Handler(), ReadHeaderTimeout: time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	p := backup.Place{Name: "区里", Kind: backup.KindDistrict, Path: "https://" + l.Addr().String(), Host: print, Token: office.Code, Off: true}
	for _, c := range []struct {
		name, host, code, want string
	}{
		{"another certificate", strings.Repeat("0", 64), office.Code, "指纹与登记的不同"},
		{"another code", print, "AAAAA", "登记码不对"},
	} {
		bad := p
		bad.Host, bad.Token = c.host, c.code
		err := a.Office().Backup.AddPlace(ctx, access.Office(), bad)
		if r, ok := record.AsRefusal(err); !ok || !strings.Contains(r.Problems[0].Text, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	a.must(a.Office().Backup.AddPlace(ctx, access.Office(), p))
	a.hand(t.TempDir())
	s, err := a.Office().Backup.Settings(ctx)
	a.must(err)
	list, err := a.Office().Backup.Carry(ctx, s.Places[0])
	if err != nil || len(list) != 1 {
		t.Fatalf("%d receipts, %v", len(list), err)
	}
	if acks, err := a.Office().Backup.Acknowledged(ctx); err != nil || len(acks) != 1 {
		t.Errorf("acknowledged: %v %v", acks, err)
	}
	left, _ := filepath.Glob(filepath.Join(d.Dir(), "received", "incoming", "*", "*"))
	if len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	standing, err := d.Office().District.Standings(ctx, access.Office())
	if err != nil || len(standing) != 1 || standing[0].Overdue || standing[0].Days != 0 {
		t.Errorf("standing %+v %v", standing, err)
	}
}

// TestReceiptForgery gives an office receipts that it must not take.
func TestReceiptForgery(t *testing.T) {
	t.Parallel()
	d, a := open(t, true), open(t, false)
	join(a, d, "甲街道")
	dir := a.hand(t.TempDir())
	d.receive(dir)
	files, err := filepath.Glob(filepath.Join(dir, "*"+bundle.ReceiptSuffix))
	a.must(err)
	data, err := os.ReadFile(files[0])
	a.must(err)
	var genuine bundle.Receipt
	a.must(json.Unmarshal(data, &genuine))
	secret, public, err := bundle.Classic.NewSigner()
	a.must(err)
	for name, bend := range map[string]func(*bundle.Receipt){
		"another sequence": func(r *bundle.Receipt) { r.Sequence++ },
		"another head":     func(r *bundle.Receipt) { r.Head[0] ^= 1 },
		"another time":     func(r *bundle.Receipt) { r.At++ },
		"another signer": func(r *bundle.Receipt) {
			r.Signer = public
			if err := r.SignWith(secret); err != nil {
				t.Error(err)
			}
		},
	} {
		bad := genuine
		bad.Head = append([]byte(nil), genuine.Head...)
		bend(&bad)
		text, err := json.Marshal(bad)
		a.must(err)
		if _, err := a.Office().Backup.TakeReceipt(context.Background(), text); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := a.Office().Backup.TakeReceipt(context.Background(), data); err != nil {
		t.Error("the genuine one:", err)
	}
}
