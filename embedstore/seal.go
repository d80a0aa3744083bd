package embedstore

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/fxamacker/cbor/v2"
)

// sealer seals and opens values, and hashes what must be found by equality.
type sealer struct {
	aead   cipher.AEAD
	equal  []byte
	master [32]byte
	rand   io.Reader
}

func newSealer(master [32]byte, random io.Reader) (*sealer, error) {
	s := &sealer{master: master, rand: random}
	key := s.derive("seal v1")
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("making the cipher: %w", err)
	}
	if s.aead, err = cipher.NewGCM(block); err != nil {
		return nil, fmt.Errorf("making the cipher: %w", err)
	}
	equal := s.derive("equality v1")
	s.equal = equal[:]
	return s, nil
}

// derive gives a subkey for a purpose.
func (s *sealer) derive(label string) [32]byte { return derive(s.master, label) }

func derive(master [32]byte, label string) [32]byte {
	key, err := hkdf.Key(sha256.New, master[:], nil, "jiezhen "+label, 32)
	if err != nil {
		panic(err) // only a length over the hash's limit can fail
	}
	return [32]byte(key)
}

// Subkey is what a store of this master key derives for a label: for whoever
// holds the key but has no store yet.
func Subkey(master [32]byte, label string) [32]byte { return derive(master, "user "+label) }

// seal closes plain, bound to where it lies.
func (s *sealer) seal(plain []byte, bucket string, key []byte) ([]byte, error) {
	out := make([]byte, 1+s.aead.NonceSize(), 1+s.aead.NonceSize()+len(plain)+s.aead.Overhead())
	out[0] = suiteAESGCM
	if _, err := io.ReadFull(s.rand, out[1:]); err != nil {
		return nil, fmt.Errorf("drawing a nonce: %w", err)
	}
	return s.aead.Seal(out, out[1:], plain, binding(bucket, key)), nil
}

var errSeal = errors.New("a seal is broken")

// open undoes seal.
func (s *sealer) open(sealed []byte, bucket string, key []byte) ([]byte, error) {
	n := 1 + s.aead.NonceSize()
	if len(sealed) < n+s.aead.Overhead() || sealed[0] != suiteAESGCM {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, errSeal)
	}
	plain, err := s.aead.Open(nil, sealed[1:n], sealed[n:], binding(bucket, key))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, errSeal)
	}
	return plain, nil
}

func binding(bucket string, key []byte) []byte {
	return append([]byte(bucket+"\x00"), key...)
}

// hash is the keyed hash of a value under a name.
func (s *sealer) hash(name, value string) []byte {
	mac := hmac.New(sha256.New, s.equal)
	mac.Write([]byte(name))
	mac.Write([]byte{0})
	mac.Write([]byte(value))
	return mac.Sum(nil)[:16]
}

var (
	encMode = must(cbor.EncOptions{Sort: cbor.SortCoreDeterministic, Time: cbor.TimeRFC3339Nano}.EncMode())
	decMode = must(cbor.DecOptions{MaxArrayElements: 1 << 24, MaxMapPairs: 1 << 20}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // options are constants
	}
	return v
}

// Encode writes a value as deterministic CBOR.
func Encode(v any) ([]byte, error) {
	b, err := encMode.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encoding: %w", err)
	}
	return b, nil
}

// Decode reads what Encode wrote.
func Decode(b []byte, v any) error {
	if err := decMode.Unmarshal(b, v); err != nil {
		return fmt.Errorf("decoding: %w", err)
	}
	return nil
}
