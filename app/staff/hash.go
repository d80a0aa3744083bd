package staff

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Cost is what one try at a password costs. It is written into every hash, so
// that it may rise later: a weaker hash is replaced when its owner logs in.
type Cost struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// StandardCost is RFC 9106's second recommendation cut to two threads: about
// a fifth of a second on the old two-core machines of the offices.
func StandardCost() Cost { return Cost{Memory: 64 << 10, Passes: 3, Threads: 2} }

// bounds of a stored hash's parameters: a damaged record must not make the
// office reserve all of its memory.
const (
	maxMemory = 1 << 20 // KiB
	maxPasses = 64
	saltSize  = 16
	hashSize  = 32
)

// errHash says that a stored hash cannot be read.
var errHash = errors.New("password hash is malformed")

// hasher makes and checks hashes. ran counts for tests which checks were made.
type hasher struct {
	cost  Cost
	rand  io.Reader
	decoy string // a hash of nothing, for names that nobody has
	ran   func(decoy bool)
}

func newHasher(cost Cost, random io.Reader) (*hasher, error) {
	if random == nil {
		random = rand.Reader
	}
	noise := make([]byte, saltSize+hashSize)
	if _, err := io.ReadFull(random, noise); err != nil {
		return nil, fmt.Errorf("drawing a salt: %w", err)
	}
	h := &hasher{cost: cost, rand: random, ran: func(bool) {}}
	h.decoy = phc(cost, noise[:saltSize], noise[saltSize:])
	return h, nil
}

// make gives the PHC string of a password.
func (h *hasher) make(password string) (string, error) {
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(h.rand, salt); err != nil {
		return "", fmt.Errorf("drawing a salt: %w", err)
	}
	return phc(h.cost, salt, derive(h.cost, salt, password)), nil
}

// matches compares in constant time. An empty stored hash is compared with
// the decoy, so that an account without a password takes as long.
func (h *hasher) matches(stored, password string) (bool, error) {
	decoy := stored == ""
	if decoy {
		stored = h.decoy
	}
	h.ran(decoy)
	cost, salt, want, err := parsePHC(stored)
	if err != nil {
		return false, err
	}
	same := subtle.ConstantTimeCompare(derive(cost, salt, password), want) == 1
	return same && !decoy, nil
}

// weaker reports whether a stored hash was made at less than today's cost.
func (h *hasher) weaker(stored string) bool {
	cost, _, _, err := parsePHC(stored)
	return err == nil && (cost.Memory < h.cost.Memory || cost.Passes < h.cost.Passes)
}

// derive hashes the password in Unicode's composed form, so that two keyboards
// that compose a letter differently type the same password.
func derive(c Cost, salt []byte, password string) []byte {
	return argon2.IDKey(norm.NFC.Bytes([]byte(password)), salt, c.Passes, c.Memory, c.Threads, hashSize)
}

// phc writes $argon2id$v=19$m=65536,t=3,p=2$salt$hash.
func phc(c Cost, salt, hash []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Passes, c.Threads, b64(salt), b64(hash))
}

func parsePHC(s string) (c Cost, salt, hash []byte, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Passes, &c.Threads); err != nil {
		return c, nil, nil, fmt.Errorf("%w: %w", errHash, err)
	}
	if parts[3] != fmt.Sprintf("m=%d,t=%d,p=%d", c.Memory, c.Passes, c.Threads) {
		return c, nil, nil, errHash
	}
	if c.Memory == 0 || c.Memory > maxMemory || c.Passes == 0 || c.Passes > maxPasses || c.Threads == 0 {
		return c, nil, nil, errHash
	}
	b64 := base64.RawStdEncoding.Strict()
	if salt, err = b64.DecodeString(parts[4]); err != nil || len(salt) < 8 {
		return c, nil, nil, errHash
	}
	if hash, err = b64.DecodeString(parts[5]); err != nil || len(hash) != hashSize {
		return c, nil, nil, errHash
	}
	return c, salt, hash, nil
}
