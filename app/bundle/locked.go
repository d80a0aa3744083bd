package bundle

import (
	"bytes"
	"fmt"

	"filippo.io/age"
)

// lockedWork is the work of deriving the key from a passphrase, as a power of
// two: 64 MB of memory, bearable on an office's old PC.
const lockedWork = 16

// Locked seals one file with a passphrase, as an age file that the age command
// and its like open anywhere.
func Locked(data []byte, passphrase string) ([]byte, error) {
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, fmt.Errorf("sealing a file with a passphrase: %w", err)
	}
	to.SetWorkFactor(lockedWork)
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("sealing a file with a passphrase: %w", err)
	}
	return out.Bytes(), nil
}
