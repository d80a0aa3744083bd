package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"jiezhen/app/bundle"
	"jiezhen/app/record"
)

// KindDistrict is a district's receiver on the network.
const KindDistrict PlaceKind = "district"

// receiver talks to a district. It knows the district's certificate by its
// fingerprint and no authority else.
type receiver struct {
	base string
	code string
	http *http.Client
}

// reachDistrict prepares the line; it does not ask for anything yet.
func reachDistrict(p Place) (*receiver, error) {
	u, err := url.Parse(p.Path)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("请写成 https://区里的地址:端口")
	}
	want := strings.ToLower(strings.Map(func(r rune) rune {
		if r == ':' || r == ' ' {
			return -1
		}
		return r
	}, p.Host))
	if len(want) != 64 {
		return nil, errors.New("请填区里给的证书指纹（64 位）")
	}
	check := func(raw [][]byte, _ [][]*x509.Certificate) error {
		if len(raw) == 0 {
			return errOtherHost
		}
		sum := fmt.Sprintf("%x", sha256.Sum256(raw[0]))
		if subtle.ConstantTimeCompare([]byte(sum), []byte(want)) != 1 {
			return errOtherHost
		}
		return nil
	}
	// the certificate is known by its fingerprint, which check compares
	cfg := &tls.Config{InsecureSkipVerify: true, VerifyPeerCertificate: check, MinVersion: tls.VersionTLS13} //nolint:gosec // pinned
	return &receiver{strings.TrimRight(p.Path, "/"), p.Token, &http.Client{Transport: &http.Transport{TLSClientConfig: cfg, ResponseHeaderTimeout: 10 * time.Minute}}}, nil
}

var errOtherHost = errors.New("证书指纹与登记的不同，没有连接；请打电话与区里核对")

func (r *receiver) ask(ctx context.Context, method, path string, body io.Reader, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, r.base+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+r.code)
	res, err := r.http.Do(req)
	switch {
	case errors.Is(err, errOtherHost):
		return errOtherHost
	case err != nil:
		return fmt.Errorf("%w：%s", ErrAway, r.base)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return fmt.Errorf("%w：%s", ErrAway, r.base)
	}
	if res.StatusCode != http.StatusOK {
		var no struct{ Why, Do string }
		if json.Unmarshal(data, &no) != nil || no.Why == "" {
			return fmt.Errorf("区里的回答看不懂（%d）", res.StatusCode)
		}
		return fmt.Errorf("区里没有收：%s；%s", no.Why, no.Do)
	}
	return json.Unmarshal(data, out)
}

// send brings one bundle over, from where an earlier try broke off, and gives
// the district's receipt.
func (d *Desk) send(ctx context.Context, r *receiver, name string, size int64) (bundle.Receipt, error) {
	at := "/receive/" + url.PathEscape(name)
	var state struct{ Have int64 }
	if err := r.ask(ctx, http.MethodGet, at, nil, &state); err != nil {
		return bundle.Receipt{}, err
	}
	if state.Have > size {
		state.Have = 0
	}
	f, err := os.Open(d.local(name))
	if err != nil {
		return bundle.Receipt{}, err
	}
	defer f.Close()
	if _, err := f.Seek(state.Have, io.SeekStart); err != nil {
		return bundle.Receipt{}, err
	}
	d.advance(state.Have)
	if err := r.ask(ctx, http.MethodPut, fmt.Sprintf("%s?offset=%d", at, state.Have), d.watched(f), &state); err != nil {
		return bundle.Receipt{}, err
	}
	var out struct{ Receipt bundle.Receipt }
	err = r.ask(ctx, http.MethodPost, at, nil, &out)
	return out.Receipt, err
}

// deliver sends to the district what it has not acknowledged yet.
func (d *Desk) deliver(ctx context.Context, p Place) (out []Receipt, err error) {
	r, err := reachDistrict(p)
	if err != nil {
		return nil, err
	}
	local, err := d.Local()
	if err != nil {
		return nil, err
	}
	for _, e := range lastChain(local) {
		if _, have, err := d.acknowledged(ctx, e.Manifest.Sequence); err != nil || have {
			continue
		}
		d.tell("正在传给“"+p.Name+"”：第 "+fmt.Sprint(e.Manifest.Sequence)+" 号", 2*e.Size)
		link, err := bundle.VerifyVolume(ctx, d.watchedVolume(d.local(e.Name)))
		if err != nil {
			return out, err
		}
		answer, err := d.send(ctx, r, e.Name, link.Size)
		if err != nil {
			return out, err
		}
		if err := d.acknowledge(ctx, answer); err != nil {
			return out, err
		}
		one := d.receipt(link.Summary, e.Name)
		one.Place, one.Name, one.Off = p.ID, p.Name, true
		if err := d.note(ctx, one); err != nil {
			return out, err
		}
		out = append(out, one)
	}
	return out, nil
}

func ackKey(sequence uint64) string { return fmt.Sprintf("district/%020d", sequence) }

func (d *Desk) acknowledged(ctx context.Context, sequence uint64) (bundle.Receipt, bool, error) {
	var r bundle.Receipt
	found, err := d.shelf.Get(ctx, ackKey(sequence), &r)
	return r, found, err
}

// acknowledge keeps a district's receipt after having held it against the
// bundle and the journal.
func (d *Desk) acknowledge(ctx context.Context, r bundle.Receipt) error {
	s, err := d.Settings(ctx)
	if err != nil {
		return err
	}
	known := slices.ContainsFunc(s.Readers, func(x Reader) bool { return x.Signer != "" && x.Signer == r.Signer })
	switch {
	case !known:
		return errors.New("回执的签名不是登记的接收方的；请在“设置与密钥”里给接收方填上回执公钥")
	case r.Verify() != nil:
		return errors.New("回执的签名不对")
	case r.Office != d.cfg.Store.ID():
		return errors.New("这是给别的单位的回执")
	}
	hash, err := d.hashAt(ctx, r.To)
	if err != nil {
		return err
	}
	if !bytes.Equal(hash, r.Head) {
		return fmt.Errorf("回执上第 %d 条日志与本机的不同：恢复过旧备份的请向区里说明，否则可能有人改过数据", r.To)
	}
	return d.shelf.Put(ctx, ackKey(r.Sequence), r)
}

// TakeReceipt keeps a receipt that came back as a file.
func (d *Desk) TakeReceipt(ctx context.Context, data []byte) (bundle.Receipt, error) {
	r, err := bundle.ReadReceipt(data)
	if err != nil {
		return r, record.Refused(record.CodeInvalid, "%v", err)
	}
	if err := d.acknowledge(ctx, r); err != nil {
		return r, record.Refused(record.CodeInvalid, "%v", err)
	}
	return r, nil
}

// collect takes home the receipts that a district left in a folder.
func (d *Desk) collect(ctx context.Context, dir string) {
	files, err := filepath.Glob(filepath.Join(dir, "*"+bundle.ReceiptSuffix))
	if err != nil {
		return
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		r, err := bundle.ReadReceipt(data)
		if err != nil || r.Office != d.cfg.Store.ID() {
			continue
		}
		if _, have, err := d.acknowledged(ctx, r.Sequence); err == nil && !have {
			if err := d.acknowledge(ctx, r); err != nil {
				d.cfg.Log.Warn("taking a receipt", "error", err)
			}
		}
	}
}

// Acknowledged are the district's receipts, newest bundle first.
func (d *Desk) Acknowledged(ctx context.Context) ([]bundle.Receipt, error) {
	var out []bundle.Receipt
	err := d.shelf.Each(ctx, "district/", func(_ string, decode func(any) error) (bool, error) {
		var r bundle.Receipt
		err := decode(&r)
		out = append(out, r)
		return true, err
	})
	slices.Reverse(out)
	return out, err
}
