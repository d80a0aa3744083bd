package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Receipt says that a district took a bundle in. It names the journal's head:
// if the office's journal ever says otherwise of that entry, someone changed
// it. FORMAT: JSON with these names; the signature (Ed25519) covers Text.
type Receipt struct {
	Office   string `json:"office"`
	Name     string `json:"name"`
	Bundle   string `json:"bundle"`
	Sequence uint64 `json:"sequence"`
	Kind     string `json:"kind"`
	Base     uint64 `json:"base"`
	To       uint64 `json:"to"`
	Head     []byte `json:"head"` // hash of journal entry To
	Digest   []byte `json:"digest"`
	Size     int64  `json:"size"`
	Made     int64  `json:"made"` // Unix seconds, as the office's PC had it
	At       int64  `json:"at"`   // Unix seconds, the district's clock
	District string `json:"district"`
	Signer   string `json:"signer"`
	Sign     []byte `json:"sign"`
}

// ReceiptSuffix follows the name of a bundle in the name of its receipt.
const ReceiptSuffix = ".回执.json"

// Time is when the bundle was taken in.
func (r Receipt) Time() time.Time { return time.Unix(r.At, 0) }

// Text is what the signature covers.
func (r Receipt) Text() []byte {
	return fmt.Appendf(nil, "jiezhen receipt v1\n%s\n%d\n%s\n%d\n%x\n%x\n%d\n%d\n%s\n", r.Office, r.Sequence, r.Kind, r.To, r.Head, r.Digest, r.Size, r.At, r.District)
}

// SignWith signs the receipt with the district's key.
func (r *Receipt) SignWith(secret string) (err error) {
	r.Sign, err = Classic.Sign(secret, r.Text())
	return err
}

// Verify says whether the receipt bears the signature of the key it names.
func (r Receipt) Verify() error { return Classic.Verify(r.Signer, r.Text(), r.Sign) }

// ReadReceipt reads a receipt from a file and verifies its signature.
func ReadReceipt(data []byte) (Receipt, error) {
	var r Receipt
	if len(data) > 1<<16 || json.Unmarshal(data, &r) != nil || r.Office == "" {
		return r, errors.New("这不是区里的回执")
	}
	return r, r.Verify()
}
