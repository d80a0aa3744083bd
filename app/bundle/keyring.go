package bundle

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"

	"jiezhen/embedstore"
)

// Keyring is what an office reads and signs its own bundles with. The newest
// keys come first; older ones stay, for older bundles.
type Keyring struct {
	Suite   Suite  `cbor:"1,keyasint"`
	Readers []Pair `cbor:"2,keyasint"`
	Signers []Pair `cbor:"3,keyasint"`
}

// Pair is a key pair and when it was made (Unix seconds).
type Pair struct {
	Secret string `cbor:"1,keyasint"`
	Public string `cbor:"2,keyasint"`
	Made   int64  `cbor:"3,keyasint"`
}

// NewKeyring makes an office's keys.
func NewKeyring(suite Suite, now int64) (Keyring, error) {
	return Keyring{Suite: suite}.Rotate(suite, now)
}

// Rotate makes new keys, which may be of another suite.
func (k Keyring) Rotate(suite Suite, now int64) (Keyring, error) {
	reader, readerPublic, err := suite.NewReader()
	if err != nil {
		return k, err
	}
	signer, signerPublic, err := suite.NewSigner()
	if err != nil {
		return k, err
	}
	return Keyring{suite, append([]Pair{{reader, readerPublic, now}}, k.Readers...),
		append([]Pair{{signer, signerPublic, now}}, k.Signers...)}, nil
}

// Secrets are all reading keys.
func (k Keyring) Secrets() []string {
	var out []string
	for _, p := range k.Readers {
		out = append(out, p.Secret)
	}
	return out
}

// Signed says whether a public signing key is or was the office's own.
func (k Keyring) Signed(public string) bool {
	return slices.ContainsFunc(k.Signers, func(p Pair) bool { return p.Public == public })
}

// lockLabel names the subkey of the master key that closes a keyring.
const lockLabel = "bundle lock v1"

func lockCipher(master [32]byte) (cipher.AEAD, error) {
	key := embedstore.Subkey(master, lockLabel)
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("making the cipher: %w", err)
	}
	return cipher.NewGCM(block)
}

// Lock closes the keyring with the master key, for an office's manifests:
// whoever has the paper key then has the master key, and with it these. The
// secret signing keys stay out; a restored store has them in its own shelf.
func (k Keyring) Lock(master [32]byte, office string) ([]byte, error) {
	k.Signers = slices.Clone(k.Signers)
	for i := range k.Signers {
		k.Signers[i].Secret = ""
	}
	plain, err := encoding.Marshal(k)
	if err != nil {
		return nil, fmt.Errorf("closing the keyring: %w", err)
	}
	a, err := lockCipher(master)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, a.NonceSize())
	if _, err := io.ReadFull(rand.Reader, nonce); err != nil {
		return nil, fmt.Errorf("drawing a nonce: %w", err)
	}
	return a.Seal(nonce, nonce, plain, []byte(office)), nil
}

// Unlock opens a manifest's keyring with the master key, and sees that one of
// its keys signed the bundle: nobody else can have closed it.
func (m Manifest) Unlock(master [32]byte) (Keyring, error) {
	var k Keyring
	a, err := lockCipher(master)
	if err != nil {
		return k, err
	}
	if len(m.Lock) < a.NonceSize() {
		return k, ErrNoKey
	}
	plain, err := a.Open(nil, m.Lock[:a.NonceSize()], m.Lock[a.NonceSize():], []byte(m.Office))
	if err != nil {
		return k, ErrNoKey
	}
	if err := decoding.Unmarshal(plain, &k); err != nil {
		return k, fmt.Errorf("%w（钥匙）", ErrDamaged)
	}
	if !k.Signed(m.Signer) {
		return k, errors.Join(ErrSignature, errors.New("签名的不是这个单位"))
	}
	return k, nil
}
