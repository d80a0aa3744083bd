package district

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/bundle"
)

// The network way in: an office sends a bundle in pieces and can go on where
// the line broke. It shows its enrolment code; the district shows a
// certificate that the office knows by its fingerprint.
//
//	GET  /receive/NAME             {"have": bytes that came through}
//	PUT  /receive/NAME?offset=N    the rest, from N on
//	POST /receive/NAME             the answer: {"receipt": …} or {"why": …, "do": …}

// certificate is the district's own, kept on its shelf.
type certificate struct {
	Cert []byte
	Key  []byte
}

// certificateYears is how long the certificate says it holds. Offices know it
// by its fingerprint, so its time means nothing else.
const certificateYears = 30

// TLS is the district's certificate, made when first needed, and its
// fingerprint.
func (d *Desk) TLS(ctx context.Context) (tls.Certificate, string, error) {
	var c certificate
	found, err := d.shelf.Get(ctx, "tls", &c)
	if err != nil {
		return tls.Certificate{}, "", err
	}
	if !found {
		if c, err = newCertificate(d.cfg.Clock()); err != nil {
			return tls.Certificate{}, "", err
		}
		if err := d.shelf.Put(ctx, "tls", c); err != nil {
			return tls.Certificate{}, "", err
		}
	}
	key, err := x509.ParsePKCS8PrivateKey(c.Key)
	if err != nil {
		return tls.Certificate{}, "", fmt.Errorf("reading the district's certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{c.Cert}, PrivateKey: key}, fmt.Sprintf("%x", sha256.Sum256(c.Cert)), nil
}

func newCertificate(now time.Time) (certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return certificate{}, fmt.Errorf("making a certificate: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return certificate{}, fmt.Errorf("making a certificate: %w", err)
	}
	frame := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: "jiezhen district"}, DNSNames: []string{"jiezhen-district"},
		NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(certificateYears, 0, 0)}
	cert, err := x509.CreateCertificate(rand.Reader, frame, frame, &key.PublicKey, key)
	if err != nil {
		return certificate{}, fmt.Errorf("making a certificate: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return certificate{}, fmt.Errorf("making a certificate: %w", err)
	}
	return certificate{cert, der}, nil
}

// Handler answers the offices.
func (d *Desk) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /receive/{name}", d.withOffice(d.sendState))
	mux.HandleFunc("PUT /receive/{name}", d.withOffice(d.takePart))
	mux.HandleFunc("POST /receive/{name}", d.withOffice(d.finish))
	return mux
}

// incoming is a request of an enrolled office for one of its bundles.
type incoming struct {
	office Office
	path   string // where the parts are put together
}

func (d *Desk) withOffice(do func(http.ResponseWriter, *http.Request, incoming)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		code, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		o, ok, err := d.ByCode(r.Context(), code)
		if err != nil || !ok {
			answer(w, http.StatusUnauthorized, map[string]string{"why": "登记码不对", "do": "请向区里核对登记码"})
			return
		}
		name := clean(r.PathValue("name"))
		dir := filepath.Join(d.cfg.Dir, "incoming", o.ID[:8])
		if err := os.MkdirAll(dir, 0o700); err != nil {
			d.cfg.Log.Error("receiving", "error", err)
			answer(w, http.StatusInternalServerError, map[string]string{"why": "区里的磁盘写不进去", "do": "请告诉区里"})
			return
		}
		do(w, r, incoming{o, filepath.Join(dir, name)})
	}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the office has gone: it asks again
}

func (d *Desk) sendState(w http.ResponseWriter, _ *http.Request, in incoming) {
	have := int64(0)
	if info, err := os.Stat(in.path); err == nil {
		have = info.Size()
	}
	answer(w, http.StatusOK, map[string]int64{"have": have})
}

// largestBundle bounds what an office may send.
const largestBundle = 64 << 30

func (d *Desk) takePart(w http.ResponseWriter, r *http.Request, in incoming) {
	offset, err := strconv.ParseInt(r.URL.Query().Get("offset"), 10, 64)
	if err != nil || offset < 0 || offset > largestBundle {
		answer(w, http.StatusBadRequest, map[string]string{"why": "位置不对"})
		return
	}
	if err := appendPart(in.path, offset, http.MaxBytesReader(w, r.Body, largestBundle-offset)); err != nil {
		d.cfg.Log.Warn("receiving a part", "error", err)
		answer(w, http.StatusConflict, map[string]string{"why": "没有收全", "do": "会自动接着传"})
		return
	}
	d.sendState(w, r, in)
}

// appendPart puts a part at its place. Parts come in order: one that begins
// behind the end would leave a hole.
func appendPart(path string, offset int64, from io.Reader) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if offset > info.Size() {
		return errors.New("a part is missing")
	}
	if err := f.Truncate(offset); err != nil {
		return err
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Sync())
}

// finish takes the bundle in and answers with its receipt, or why not.
func (d *Desk) finish(w http.ResponseWriter, r *http.Request, in incoming) {
	if err := d.owned(in); err != nil {
		answer(w, http.StatusUnprocessableEntity, map[string]string{"why": err.Error(), "do": "请重新传"})
		return
	}
	t, err := d.Receive(context.WithoutCancel(r.Context()), access.Office(), in.path)
	switch {
	case err != nil:
		d.cfg.Log.Error("receiving a bundle", "error", err)
		answer(w, http.StatusInternalServerError, map[string]string{"why": "区里没有收成", "do": "请过一会儿再传"})
		return
	case t.Aside != nil:
		answer(w, http.StatusUnprocessableEntity, map[string]string{"why": t.Aside.Why, "do": t.Aside.Do})
	default:
		answer(w, http.StatusOK, map[string]any{"receipt": t.Receipt})
	}
	if err := os.Remove(in.path); err != nil {
		d.cfg.Log.Warn("removing what was received", "error", err)
	}
}

// owned refuses a bundle that an office sends for another.
func (d *Desk) owned(in incoming) error {
	r, err := bundle.OpenFile(in.path)
	if err != nil {
		return errors.New("还没有传")
	}
	_, m, err := bundle.Head(r)
	err = errors.Join(err, r.Close())
	if err != nil {
		return nil // it will be put aside with its reason
	}
	if m.Office != in.office.ID {
		return errors.Join(errors.New("这不是本单位的备份包"), os.Remove(in.path))
	}
	return nil
}
