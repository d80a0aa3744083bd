package bundle

import (
	"bytes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509/pkix"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/big"
	"time"

	"github.com/emmansun/gmsm/pkcs"
	"github.com/emmansun/gmsm/pkcs7"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
	"github.com/emmansun/gmsm/smx509"
)

// national is the suite of the national algorithms. A section is
//
//	length(4) CMS EnvelopedData (GB/T 35275) of a random SM4 key, to everyone
//	chunks of 65536 bytes of text, the last shorter, SM4-GCM with tag
//
// in the STREAM construction: the nonce of a chunk is its number (11 bytes)
// and 1 when it is the last (1 byte), so that a section can't be cut short,
// reordered or prolonged. The key is used for one section alone. Signatures
// are SM2 in ASN.1 (GB/T 32918.2) over the message, without CMS around them:
// CMS has bytes that no verifier looks at.
type national struct{}

func (national) hash() hash.Hash { return sm3.New() }

const (
	smPublic     = "sm2-reader:"
	smSecret     = "sm2-reader-secret:"
	smVerify     = "sm2:"
	smSign       = "sm2-secret:"
	chunkSize    = 64 << 10
	largestWraps = 64 << 10
)

func (national) reader() (secret, public string, err error) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return "", "", fmt.Errorf("making a reading key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return "", "", fmt.Errorf("making a reading key: %w", err)
	}
	// CMS names its recipients by certificate; this one says nothing but the key
	frame := &smx509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: "jiezhen reader"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)}
	cert, err := smx509.CreateCertificate(rand.Reader, frame, frame, &key.PublicKey, key)
	if err != nil {
		return "", "", fmt.Errorf("making a reading key: %w", err)
	}
	der, err := smx509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", "", fmt.Errorf("making a reading key: %w", err)
	}
	both := binary.BigEndian.AppendUint32(nil, uint32(len(der)))
	return smSecret + coded(append(append(both, der...), cert...)), smPublic + coded(cert), nil
}

func (national) signer() (secret, public string, err error) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return "", "", fmt.Errorf("making a signing key: %w", err)
	}
	der, err := smx509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", "", fmt.Errorf("making a signing key: %w", err)
	}
	pub, err := smx509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return "", "", fmt.Errorf("making a signing key: %w", err)
	}
	return smSign + coded(der), smVerify + coded(pub), nil
}

func (national) sign(secret string, message []byte) ([]byte, error) {
	der, err := decoded(secret, smSign)
	if err != nil {
		return nil, errors.New("signing: no such key")
	}
	key, err := privateKey(der)
	if err != nil {
		return nil, err
	}
	return sm2.SignASN1(rand.Reader, key, message, sm2.DefaultSM2SignerOpts)
}

func privateKey(der []byte) (*sm2.PrivateKey, error) {
	parsed, err := smx509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("reading a key: %w", err)
	}
	key, ok := parsed.(*sm2.PrivateKey)
	if !ok {
		return nil, errors.New("reading a key: it is not an SM2 key")
	}
	return key, nil
}

func (national) verify(public string, message, signature []byte) error {
	der, err := decoded(public, smVerify)
	if err != nil {
		return ErrSignature
	}
	parsed, err := smx509.ParsePKIXPublicKey(der)
	if err != nil {
		return ErrSignature
	}
	key, ok := parsed.(*ecdsa.PublicKey)
	if !ok || !sm2.VerifyASN1WithSM2(key, nil, message, signature) {
		return ErrSignature
	}
	return nil
}

func (national) seal(w io.Writer, to []string) (io.WriteCloser, error) {
	var certs []*smx509.Certificate
	for _, s := range to {
		der, err := decoded(s, smPublic)
		if err != nil {
			return nil, errors.New("接收公钥不对")
		}
		cert, err := smx509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("接收公钥不对：%w", err)
		}
		certs = append(certs, cert)
	}
	key := make([]byte, sm4.BlockSize)
	if _, err := io.ReadFull(rand.Reader, key); err != nil {
		return nil, fmt.Errorf("drawing a key: %w", err)
	}
	wrapped, err := pkcs7.EncryptSM(pkcs.SM4GCM, key, certs)
	if err != nil {
		return nil, fmt.Errorf("wrapping a key: %w", err)
	}
	if _, err := w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(wrapped))), wrapped...)); err != nil {
		return nil, err
	}
	aead, err := gcm(key)
	return &chunkWriter{w: w, aead: aead, buf: make([]byte, 0, chunkSize+aead.Overhead())}, err
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := sm4.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("making the cipher: %w", err)
	}
	return cipher.NewGCM(block)
}

func (national) open(r io.Reader, with []string) (io.Reader, error) {
	var n [4]byte
	if _, err := io.ReadFull(r, n[:]); err != nil {
		return nil, shortOr(err, ErrDamaged)
	}
	size := binary.BigEndian.Uint32(n[:])
	if size > largestWraps {
		return nil, ErrDamaged
	}
	wrapped, err := readBytes(r, size)
	if err != nil {
		return nil, err
	}
	for _, s := range with {
		key, ok := unwrap(wrapped, s)
		if !ok {
			continue
		}
		aead, err := gcm(key)
		if err != nil {
			return nil, ErrDamaged
		}
		return &chunkReader{r: r, aead: aead, sealed: make([]byte, chunkSize+aead.Overhead()+1)}, nil
	}
	return nil, ErrNoKey
}

// unwrap gives the section's key if it was wrapped for this reader.
func unwrap(wrapped []byte, secret string) ([]byte, bool) {
	both, err := decoded(secret, smSecret)
	if err != nil || len(both) < 4 {
		return nil, false
	}
	n := binary.BigEndian.Uint32(both)
	if int64(n) > int64(len(both)-4) {
		return nil, false
	}
	key, err := privateKey(both[4 : 4+n])
	if err != nil {
		return nil, false
	}
	cert, err := smx509.ParseCertificate(both[4+n:])
	if err != nil {
		return nil, false
	}
	p, err := pkcs7.Parse(wrapped)
	if err != nil {
		return nil, false
	}
	plain, err := p.Decrypt(cert, key)
	return plain, err == nil && len(plain) == sm4.BlockSize
}

// nonce of a chunk.
func nonce(n uint64, last bool) []byte {
	out := make([]byte, 12)
	binary.BigEndian.PutUint64(out[3:11], n)
	if last {
		out[11] = 1
	}
	return out
}

// chunkWriter seals chunk by chunk. The last chunk may be empty only when the
// section is.
type chunkWriter struct {
	w    io.Writer
	aead cipher.AEAD
	buf  []byte
	n    uint64
}

func (c *chunkWriter) Write(p []byte) (int, error) {
	total := len(p)
	for len(p) > 0 {
		if len(c.buf) == chunkSize {
			if err := c.flush(false); err != nil {
				return total - len(p), err
			}
		}
		n := min(chunkSize-len(c.buf), len(p))
		c.buf, p = append(c.buf, p[:n]...), p[n:]
	}
	return total, nil
}

func (c *chunkWriter) flush(last bool) error {
	_, err := c.w.Write(c.aead.Seal(c.buf[:0], nonce(c.n, last), c.buf, nil))
	c.buf, c.n = c.buf[:0], c.n+1
	return err
}

func (c *chunkWriter) Close() error { return c.flush(true) }

// chunkReader opens what chunkWriter sealed. It gives out a chunk only when
// it is whole.
type chunkReader struct {
	r      io.Reader
	aead   cipher.AEAD
	sealed []byte
	held   int // bytes in sealed, read ahead
	plain  bytes.Reader
	n      uint64
	ended  bool
}

func (c *chunkReader) Read(p []byte) (int, error) {
	for c.plain.Len() == 0 {
		if c.ended {
			return 0, io.EOF
		}
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	return c.plain.Read(p)
}

// next reads one byte more than a chunk to know whether it is the last.
func (c *chunkReader) next() error {
	n, err := io.ReadFull(c.r, c.sealed[c.held:])
	n += c.held
	last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	if err != nil && !last {
		return err
	}
	size := len(c.sealed) - 1
	if last {
		size = n
	}
	plain, err := c.aead.Open(nil, nonce(c.n, last), c.sealed[:size], nil)
	if err != nil {
		return fmt.Errorf("%w（第 %d 段）", ErrDamaged, c.n+1)
	}
	c.plain.Reset(plain)
	c.n, c.ended = c.n+1, last
	if !last {
		c.sealed[0], c.held = c.sealed[size], 1
	}
	return nil
}
