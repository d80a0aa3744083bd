package lan

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"os"
	"slices"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
)

// certificate is the office's own, with its key.
type certificate struct {
	Cert []byte
	Key  []byte
}

// years is how long the certificate says it holds. Browsers take no more than
// a few years even for one that was put on their list by hand.
const years = 2

// TLS is the office's certificate, made when first needed and when the old one
// has run out, and its fingerprint as browsers show it.
func (d *Desk) TLS(ctx context.Context) (tls.Certificate, string, error) {
	var c certificate
	found, err := d.shelf.Get(ctx, "tls", &c)
	if err != nil {
		return tls.Certificate{}, "", err
	}
	if found {
		leaf, err := x509.ParseCertificate(c.Cert)
		found = err == nil && d.cfg.Clock().Before(leaf.NotAfter)
	}
	if !found {
		if c, err = d.newCertificate(); err != nil {
			return tls.Certificate{}, "", fmt.Errorf("making a certificate: %w", err)
		}
		if err := d.shelf.Put(ctx, "tls", c); err != nil {
			return tls.Certificate{}, "", err
		}
	}
	key, err := x509.ParsePKCS8PrivateKey(c.Key)
	if err != nil {
		return tls.Certificate{}, "", fmt.Errorf("reading the office's certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{c.Cert}, PrivateKey: key}, Fingerprint(c.Cert), nil
}

// Fingerprint is a certificate's SHA-256 as browsers show it.
func Fingerprint(cert []byte) string {
	sum := sha256.Sum256(cert)
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(pairs, ":")
}

// Renew throws the certificate away; the next has another fingerprint.
func (d *Desk) Renew(ctx context.Context, v access.Viewer) error {
	if err := keeper(v); err != nil {
		return err
	}
	return d.change(ctx, v, "换新局域网证书", "lan.renew", func(tx *record.Tx) error { return tx.ShelfDelete(shelf, "tls") })
}

func (d *Desk) newCertificate() (certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return certificate{}, err
	}
	now := d.cfg.Clock()
	frame := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: "jiezhen"}, NotBefore: now.AddDate(0, 0, -1), NotAfter: now.AddDate(years, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true}
	for _, name := range d.cfg.Names() {
		if ip := net.ParseIP(name); ip != nil {
			frame.IPAddresses = append(frame.IPAddresses, ip)
		} else {
			frame.DNSNames = append(frame.DNSNames, name)
		}
	}
	cert, err := x509.CreateCertificate(rand.Reader, frame, frame, &key.PublicKey, key)
	if err != nil {
		return certificate{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return certificate{cert, der}, err
}

// Names are the names and addresses under which this PC is called on its
// network.
func Names() []string {
	var out []string
	if host, err := os.Hostname(); err == nil && host != "" {
		out = append(out, strings.ToLower(host))
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return out
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLinkLocalUnicast() && !n.IP.IsMulticast() {
			out = append(out, n.IP.String())
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Stretches are the private networks that this PC is on, to be offered.
func Stretches() []string {
	var out []string
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsPrivate() {
			if list, err := ParseAllow(n.String()); err == nil {
				out = append(out, list...)
			}
		}
	}
	return out
}
