package bundle

import (
	"errors"
	"fmt"
)

// Pack is a policy pack: files that a district sends its offices, standards,
// code tables, holiday tables, registers and papers, signed. FORMAT: CBOR map
// with these keys, version 1; the signature (Ed25519) covers the CBOR of the
// same map without key 8, behind "jiezhen policy pack v1\n".
type Pack struct {
	Version  int               `cbor:"1,keyasint"`
	Title    string            `cbor:"2,keyasint"`
	Note     string            `cbor:"3,keyasint,omitempty"`
	District string            `cbor:"4,keyasint,omitempty"`
	Made     int64             `cbor:"5,keyasint"` // Unix seconds
	Files    map[string]string `cbor:"6,keyasint"` // name under the assets → content
	Signer   string            `cbor:"7,keyasint"`
	Sign     []byte            `cbor:"8,keyasint,omitempty"`
}

// PackExtension ends the name of a policy pack.
const PackExtension = ".jzp"

// largestPack bounds a pack's file.
const largestPack = 8 << 20

// Bad packs.
var (
	ErrNotPack = errors.New("这不是政策包")
	ErrPackKey = errors.New("政策包的签名不对：内容被改动过，或不是登记的区里出的")
)

func (p Pack) message() ([]byte, error) {
	p.Sign = nil
	data, err := encoding.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encoding a policy pack: %w", err)
	}
	return append([]byte("jiezhen policy pack v1\n"), data...), nil
}

// Seal signs the pack and gives its file.
func (p Pack) Seal(secret string) ([]byte, error) {
	p.Version = 1
	text, err := p.message()
	if err != nil {
		return nil, err
	}
	if p.Sign, err = Classic.Sign(secret, text); err != nil {
		return nil, err
	}
	return encoding.Marshal(p)
}

// ReadPack reads a policy pack and verifies that the key it names signed it.
func ReadPack(data []byte) (Pack, error) {
	var p Pack
	if len(data) > largestPack || decoding.Unmarshal(data, &p) != nil || p.Title == "" || len(p.Files) == 0 {
		return p, ErrNotPack
	}
	if p.Version != 1 {
		return p, ErrNewer
	}
	text, err := p.message()
	if err != nil {
		return p, err
	}
	if Classic.Verify(p.Signer, text, p.Sign) != nil {
		return p, ErrPackKey
	}
	return p, nil
}
