package bundle

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// FORMAT of a bundle, version 1. Every later program reads version 1 with its
// suites; a program that meets a later version or suite says so and touches
// nothing. testdata/ holds bundles of each version and suite that must stay
// readable.
//
//	magic      8 bytes "JZBUNDLE"
//	version    1 byte: 1
//	suite      1 byte, see suite.go
//	length     4 bytes big-endian, at most 1 MiB
//	manifest   CBOR map, public (Manifest)
//	blocks     kind (1 byte), length (4 bytes big-endian, at most 1 MiB), bytes
//
// Blocks of kind 1 are, one after another, the sealed stream of the open
// section; blocks of kind 2 that of the closed section, which holds the sealed
// registers, drafts and keys. The two may alternate. Then comes one block of
// kind 3, the footer (CBOR, Footer), and one of kind 4, the signature over
// "jiezhen bundle v1\n" and the suite's hash of every byte before that block.
// Nothing may follow.
//
// A section is, once unsealed, one zstd frame (RFC 8878) over a sequence of
// CBOR items (RFC 8742), each an embedstore.Piece. Kinds from 64 on are the
// bundle's own: 64 is the content of an attachment under its keyed hash, 65
// ends the section and counts its pieces, 66 (closed section alone) is the
// office's master key, given to whoever holds a sealed-records key, so that he
// can restore an office that lost its PC and its paper key. Numbers are big-endian; CBOR is
// deterministic (RFC 8949 §4.2).
//
// A bundle too large for a medium is cut into parts, name.jzb, name.jzb.002,
// name.jzb.003 …, which joined are the bundle.
const (
	magic   = "JZBUNDLE"
	version = 1
)

const (
	blockOpen = 1 + iota
	blockClosed
	blockFooter
	blockSignature
)

// largestBlock bounds what one block or manifest may claim to hold.
const largestBlock = 1 << 20

// Kinds of pieces that only bundles know.
const (
	pieceContent = 64
	pieceEnd     = 65
	pieceMaster  = 66
)

// The kinds of bundles.
const (
	Full        = "full"
	Incremental = "incremental"
)

// Manifest is the public head of a bundle. It names nobody.
type Manifest struct {
	Office   string   `cbor:"1,keyasint"` // the store's id
	Name     string   `cbor:"2,keyasint,omitempty"`
	Town     string   `cbor:"3,keyasint,omitempty"`
	Sequence uint64   `cbor:"4,keyasint"` // 1, 2, 3 … of the office, never given twice
	Kind     string   `cbor:"5,keyasint"`
	Previous []byte   `cbor:"6,keyasint,omitempty"` // digest of the bundle that this one builds on
	Base     uint64   `cbor:"7,keyasint"`           // sequence of the full bundle of its chain
	From     uint64   `cbor:"8,keyasint"`           // journal entries behind From up to To
	To       uint64   `cbor:"9,keyasint"`
	Head     []byte   `cbor:"10,keyasint"` // hash of entry To
	Start    []byte   `cbor:"11,keyasint"` // hash of entry From
	Program  string   `cbor:"12,keyasint,omitempty"`
	Made     int64    `cbor:"13,keyasint"` // Unix seconds of the office's PC: information only
	Signer   string   `cbor:"14,keyasint"` // public signing key
	Open     []string `cbor:"15,keyasint"` // fingerprints of those who can read the open section
	Closed   []string `cbor:"16,keyasint"`
	Paper    []byte   `cbor:"17,keyasint,omitempty"` // the master key, closed for the paper key
	Lock     []byte   `cbor:"18,keyasint,omitempty"` // the office's reading keys, closed with the master key
	Reason   string   `cbor:"19,keyasint,omitempty"` // "", or upgrade
	Demo     bool     `cbor:"20,keyasint,omitempty"` // everything in it is fictional
	Store    uint64   `cbor:"21,keyasint,omitempty"` // format of the store it was opened from; 0: 1
}

// Time is when the office's PC says that the bundle was made.
func (m Manifest) Time() time.Time { return time.Unix(m.Made, 0) }

// Footer closes the blocks.
type Footer struct {
	Open   int64 `cbor:"1,keyasint"` // bytes of the sealed sections
	Closed int64 `cbor:"2,keyasint"`
}

// What reading can find. The texts are for the office.
var (
	ErrDamaged   = errors.New("备份包已损坏，不能使用；请换一份，或重新备份")
	ErrSignature = errors.New("备份包的签名不对：内容被改动过，或不是这个单位出的")
	ErrNewer     = errors.New("备份包是更新版本的程序做的，请使用新版程序")
	ErrNotBundle = errors.New("这不是街镇通的备份包")
	ErrNoKey     = errors.New("这把钥匙打不开这个备份包")
	ErrChain     = errors.New("备份包接不起来")
)

var (
	encoding = must(cbor.EncOptions{Sort: cbor.SortCoreDeterministic}.EncMode())
	decoding = must(cbor.DecOptions{MaxArrayElements: 1 << 16, MaxMapPairs: 1 << 16, DupMapKey: cbor.DupMapKeyEnforcedAPF}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // options are constants
	}
	return v
}

// check refuses a manifest that cannot be true.
func (m Manifest) check() error {
	switch {
	case m.Sequence == 0 || m.Base == 0 || m.Base > m.Sequence || len(m.Head) != 32 || len(m.Office) != 32:
	case m.Kind == Full && (m.From != 0 || m.Base != m.Sequence):
	case m.Kind == Incremental && (len(m.Previous) != 32 || m.From > m.To || m.Base == m.Sequence || len(m.Start) != 32):
	case m.Kind != Full && m.Kind != Incremental:
	default:
		return nil
	}
	return fmt.Errorf("%w（说明页自相矛盾）", ErrDamaged)
}

func writeHead(w io.Writer, suite byte, m Manifest) error {
	data, err := encoding.Marshal(m)
	if err != nil {
		return fmt.Errorf("writing a manifest: %w", err)
	}
	if len(data) > largestBlock {
		return errors.New("writing a manifest: too large")
	}
	head := append([]byte(magic), version, suite)
	head = binary.BigEndian.AppendUint32(head, uint32(len(data)))
	_, err = w.Write(append(head, data...))
	return err
}

// readHead reads up to the blocks.
func readHead(r io.Reader) (suite byte, m Manifest, err error) {
	head := make([]byte, len(magic)+2+4)
	if _, err := io.ReadFull(r, head); err != nil || !bytes.HasPrefix(head, []byte(magic)) {
		return 0, m, shortOr(err, ErrNotBundle)
	}
	if head[8] != version {
		return 0, m, ErrNewer
	}
	data, err := readBytes(r, binary.BigEndian.Uint32(head[10:]))
	if err != nil {
		return 0, m, err
	}
	if err := decoding.Unmarshal(data, &m); err != nil {
		return 0, m, fmt.Errorf("%w（说明页）", ErrDamaged)
	}
	again, err := encoding.Marshal(m)
	if err != nil || !bytes.Equal(again, data) {
		return 0, m, fmt.Errorf("%w（说明页）", ErrDamaged)
	}
	return head[9], m, m.check()
}

// shortOr tells a source that cannot be read from one that ends too soon or
// is something else.
func shortOr(err, otherwise error) error {
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("读备份包：%w", err)
	}
	return otherwise
}

func readBytes(r io.Reader, n uint32) ([]byte, error) {
	if n > largestBlock {
		return nil, fmt.Errorf("%w（长度不对）", ErrDamaged)
	}
	data := make([]byte, n)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, shortOr(err, fmt.Errorf("%w（没有到结尾）", ErrDamaged))
	}
	return data, nil
}

// block is one block; kind 0 at the end of the file.
func readBlock(r io.Reader) (kind byte, data []byte, err error) {
	var head [5]byte
	switch _, err := io.ReadFull(r, head[:]); {
	case errors.Is(err, io.EOF):
		return 0, nil, nil
	case err != nil:
		return 0, nil, shortOr(err, fmt.Errorf("%w（没有到结尾）", ErrDamaged))
	}
	data, err = readBytes(r, binary.BigEndian.Uint32(head[1:]))
	return head[0], data, err
}

func writeBlock(w io.Writer, kind byte, data []byte) error {
	head := binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(data)))
	if _, err := w.Write(head); err != nil {
		return err
	}
	_, err := w.Write(data)
	return err
}

// message is what a signature covers.
func message(sum hash.Hash) []byte { return sum.Sum([]byte("jiezhen bundle v1\n")) }
