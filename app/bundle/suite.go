package bundle

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	"filippo.io/age"
)

// Suite is a set of algorithms. All promise the same.
type Suite byte

// The suites.
const (
	// Classic seals with age (X25519), signs with Ed25519 and hashes with
	// SHA-256.
	Classic Suite = 1
	// National seals with SM4-GCM under a key that SM2 CMS wraps, signs with SM2
	// and hashes with SM3 (GB/T 32918, 32907, 32905, 35275).
	National Suite = 2
	// Hybrid is Classic with age's post-quantum hybrid recipients.
	Hybrid Suite = 3
)

// Title is a suite in the office's words.
func (s Suite) Title() string {
	switch s {
	case Classic:
		return "通用算法（X25519、ChaCha20、Ed25519）"
	case National:
		return "国密算法（SM2、SM4、SM3）"
	case Hybrid:
		return "抗量子混合算法（ML-KEM-768＋X25519）"
	}
	return "未知算法"
}

// algorithms is what a suite can do.
type algorithms interface {
	hash() hash.Hash
	// seal gives a writer that seals to everyone named.
	seal(w io.Writer, to []string) (io.WriteCloser, error)
	// open reads what was sealed to one of the identities; ErrNoKey otherwise.
	open(r io.Reader, with []string) (io.Reader, error)
	sign(secret string, message []byte) ([]byte, error)
	verify(public string, message, signature []byte) error
	reader() (secret, public string, err error)
	signer() (secret, public string, err error)
}

func (s Suite) algorithms() (algorithms, error) {
	switch s {
	case Classic:
		return classic{}, nil
	case Hybrid:
		return classic{hybrid: true}, nil
	case National:
		return national{}, nil
	}
	return nil, ErrNewer
}

// NewReader makes a key pair that bundles can be sealed to.
func (s Suite) NewReader() (secret, public string, err error) {
	a, err := s.algorithms()
	if err != nil {
		return "", "", err
	}
	return a.reader()
}

// NewSigner makes a key pair that bundles can be signed with.
func (s Suite) NewSigner() (secret, public string, err error) {
	a, err := s.algorithms()
	if err != nil {
		return "", "", err
	}
	return a.signer()
}

// Sign signs a message with a signing key of the suite.
func (s Suite) Sign(secret string, message []byte) ([]byte, error) {
	a, err := s.algorithms()
	if err != nil {
		return nil, err
	}
	return a.sign(secret, message)
}

// Verify says whether a signature over a message is the key's own.
func (s Suite) Verify(public string, message, signature []byte) error {
	a, err := s.algorithms()
	if err != nil {
		return err
	}
	return a.verify(public, message, signature)
}

// Readable says whether bundles of the suite can be sealed to a public key.
func (s Suite) Readable(public string) error {
	a, err := s.algorithms()
	if err != nil {
		return err
	}
	w, err := a.seal(io.Discard, []string{public})
	if err != nil {
		return fmt.Errorf("这不是%s的接收公钥：%w", s.Title(), err)
	}
	return w.Close()
}

// Fingerprint is a public key short enough to compare by eye: five groups of
// four.
func Fingerprint(public string) string {
	sum := sha256.Sum256([]byte(public))
	text := fmt.Sprintf("%x", sum[:10])
	var groups []string
	for i := 0; i < len(text); i += 4 {
		groups = append(groups, text[i:i+4])
	}
	return strings.Join(groups, " ")
}

// classic is age with Ed25519 and SHA-256.
type classic struct{ hybrid bool }

func (classic) hash() hash.Hash { return sha256.New() }

func (c classic) seal(w io.Writer, to []string) (io.WriteCloser, error) {
	var list []age.Recipient
	for _, s := range to {
		r, err := c.recipient(s)
		if err != nil {
			return nil, fmt.Errorf("接收公钥不对：%w", err)
		}
		list = append(list, r)
	}
	out, err := age.Encrypt(w, list...)
	if err != nil {
		return nil, fmt.Errorf("sealing a section: %w", err)
	}
	return out, nil
}

func (c classic) recipient(s string) (age.Recipient, error) {
	if c.hybrid {
		return age.ParseHybridRecipient(s)
	}
	return age.ParseX25519Recipient(s)
}

func (c classic) open(r io.Reader, with []string) (io.Reader, error) {
	var list []age.Identity
	for _, s := range with {
		parsed, err := age.ParseIdentities(strings.NewReader(s))
		if err != nil {
			continue // a key of another suite
		}
		list = append(list, parsed...)
	}
	if len(list) == 0 {
		return nil, ErrNoKey
	}
	out, err := age.Decrypt(r, list...)
	var none *age.NoIdentityMatchError
	switch {
	case errors.As(err, &none):
		return nil, ErrNoKey
	case err != nil:
		return nil, fmt.Errorf("%w（%v）", ErrDamaged, err)
	}
	return out, nil
}

func (c classic) reader() (secret, public string, err error) {
	if c.hybrid {
		id, err := age.GenerateHybridIdentity()
		if err != nil {
			return "", "", fmt.Errorf("making a reading key: %w", err)
		}
		return id.String(), id.Recipient().String(), nil
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return "", "", fmt.Errorf("making a reading key: %w", err)
	}
	return id.String(), id.Recipient().String(), nil
}

const (
	edSecret = "ed25519-secret:"
	edPublic = "ed25519:"
)

func (classic) signer() (secret, public string, err error) {
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", "", fmt.Errorf("making a signing key: %w", err)
	}
	return edSecret + coded(key.Seed()), edPublic + coded(pub), nil
}

func (classic) sign(secret string, message []byte) ([]byte, error) {
	seed, err := decoded(secret, edSecret)
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, errors.New("signing: no such key")
	}
	return ed25519.Sign(ed25519.NewKeyFromSeed(seed), message), nil
}

func (classic) verify(public string, message, signature []byte) error {
	key, err := decoded(public, edPublic)
	if err != nil || len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, message, signature) {
		return ErrSignature
	}
	return nil
}

func coded(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

func decoded(s, prefix string) ([]byte, error) {
	rest, ok := strings.CutPrefix(s, prefix)
	if !ok {
		return nil, errors.New("a key of another kind")
	}
	return base64.RawStdEncoding.Strict().DecodeString(rest)
}
