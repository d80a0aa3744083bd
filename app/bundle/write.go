package bundle

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	"github.com/klauspost/compress/zstd"

	"jiezhen/embedstore"
)

// Sealing says who may read a bundle and who signs it.
type Sealing struct {
	Suite  Suite
	Open   []string // public reading keys of the open section
	Closed []string // of the closed section
	Signer string   // the secret signing key; its public half stands in the manifest
	Master []byte   // the master key, for readers of the closed section beside the office; nil: not given
}

// Source is what a bundle is made from.
type Source struct {
	Tx     *embedstore.Tx               // stands still at the manifest's To
	Closed func(collection string) bool // sealed registers
	Shelf  func(name string) bool       // shelves that a bundle carries
	Tell   func(pieces int)             // how far it is; may be nil
}

// Summary is what a written or verified bundle is.
type Summary struct {
	Suite    Suite
	Manifest Manifest
	Footer   Footer
	Digest   []byte // what the next bundle builds on
	Size     int64
	Pieces   int // of a bundle just written
}

// Write writes a bundle of everything behind m.From. It completes the
// manifest's readers; the caller gives the rest.
func Write(ctx context.Context, w io.Writer, m Manifest, s Sealing, from Source) (Summary, error) {
	algo, err := s.Suite.algorithms()
	if err != nil {
		return Summary{}, err
	}
	if len(s.Open) < 1 || len(s.Closed) < 1 {
		return Summary{}, errors.New("writing a bundle: nobody could read it")
	}
	m.Open, m.Closed = fingerprints(s.Open), fingerprints(s.Closed)
	out := &blockWriter{algo: algo, w: bufio.NewWriterSize(w, 1<<20), sum: algo.hash()}
	if err := writeHead(out, byte(s.Suite), m); err != nil {
		return Summary{}, fmt.Errorf("writing a bundle: %w", err)
	}
	footer, pieces, err := writeSections(ctx, out, s, m, from)
	if err != nil {
		return Summary{}, fmt.Errorf("writing a bundle: %w", err)
	}
	data, err := encoding.Marshal(footer)
	if err != nil {
		return Summary{}, fmt.Errorf("writing a bundle: %w", err)
	}
	if err := writeBlock(out, blockFooter, data); err != nil {
		return Summary{}, fmt.Errorf("writing a bundle: %w", err)
	}
	digest := out.sum.Sum(nil)
	signature, err := algo.sign(s.Signer, message(out.sum))
	if err != nil {
		return Summary{}, fmt.Errorf("signing a bundle: %w", err)
	}
	if err := errors.Join(writeBlock(out, blockSignature, signature), out.w.Flush()); err != nil {
		return Summary{}, fmt.Errorf("writing a bundle: %w", err)
	}
	return Summary{s.Suite, m, footer, digest, out.size, pieces}, nil
}

func fingerprints(keys []string) []string {
	var out []string
	for _, k := range keys {
		out = append(out, Fingerprint(k))
	}
	return out
}

// blockWriter hashes and counts what goes out.
type blockWriter struct {
	algo algorithms
	w    *bufio.Writer
	sum  hash.Hash
	size int64
}

func (b *blockWriter) Write(p []byte) (int, error) {
	n, err := b.w.Write(p)
	b.sum.Write(p[:n])
	b.size += int64(n)
	return n, err
}

// section is one of a bundle's two streams on its way out: pieces in, blocks
// out.
type section struct {
	blocks *bufio.Writer
	seal   io.WriteCloser
	zip    *zstd.Encoder
	count  uint64
	bytes  int64
}

// sectionBlocks cuts a sealed stream into blocks.
type sectionBlocks struct {
	out  *blockWriter
	kind byte
	size *int64
}

func (s sectionBlocks) Write(p []byte) (int, error) {
	for at := 0; at < len(p); at += largestBlock {
		part := p[at:min(at+largestBlock, len(p))]
		if err := writeBlock(s.out, s.kind, part); err != nil {
			return at, err
		}
		*s.size += int64(len(part))
	}
	return len(p), nil
}

func newSection(out *blockWriter, kind byte, to []string) (*section, error) {
	s := &section{}
	s.blocks = bufio.NewWriterSize(sectionBlocks{out, kind, &s.bytes}, 256<<10)
	var err error
	if s.seal, err = out.algo.seal(s.blocks, to); err != nil {
		return nil, err
	}
	s.zip, err = zstd.NewWriter(s.seal, zstd.WithEncoderCRC(true))
	return s, err
}

func (s *section) add(p embedstore.Piece) error {
	data, err := encoding.Marshal(p)
	if err != nil {
		return fmt.Errorf("encoding a piece: %w", err)
	}
	s.count++
	_, err = s.zip.Write(data)
	return err
}

func (s *section) close() error {
	end := embedstore.Piece{Kind: pieceEnd, Value: binary.BigEndian.AppendUint64(nil, s.count)}
	if err := s.add(end); err != nil {
		return err
	}
	return errors.Join(s.zip.Close(), s.seal.Close(), s.blocks.Flush())
}

func writeSections(ctx context.Context, out *blockWriter, s Sealing, m Manifest, from Source) (Footer, int, error) {
	open, err := newSection(out, blockOpen, s.Open)
	if err != nil {
		return Footer{}, 0, err
	}
	closed, err := newSection(out, blockClosed, s.Closed)
	if err != nil {
		return Footer{}, 0, err
	}
	d := &distributor{ctx: ctx, open: open, closed: closed, from: from, since: m.From, secret: map[string]bool{}, fresh: map[string]bool{}}
	if s.Master != nil {
		if err := closed.add(embedstore.Piece{Kind: pieceMaster, Value: s.Master}); err != nil {
			return Footer{}, 0, err
		}
	}
	err = from.Tx.Export(embedstore.Since(m.From), d.take)
	if err == nil {
		err = d.contents(ctx)
	}
	if err != nil {
		return Footer{}, 0, err
	}
	err = errors.Join(open.close(), closed.close())
	return Footer{open.bytes, closed.bytes}, d.n, err
}

// distributor puts each piece into the section it belongs to.
type distributor struct {
	ctx          context.Context
	n            int
	open, closed *section
	from         Source
	since        uint64
	secret       map[string]bool // attachments that pieces of the closed section name
	fresh        map[string]bool // attachments that journal entries of this bundle name
	files        []string
}

// nameLength is how long an attachment's name is: a keyed hash in hex.
const nameLength = 40

// fileNames visits what may be the name of an attachment: every run of so many
// hex digits. It looks at the last digit first, so that of ordinary text it
// sees one byte in forty.
func fileNames(text []byte, fn func(name string)) {
	for at := nameLength - 1; at < len(text); {
		run := at
		for run > at-nameLength && hexDigit(text[run]) {
			run--
		}
		if run > at-nameLength {
			at = run + nameLength
			continue
		}
		fn(string(text[at-nameLength+1 : at+1]))
		at++
	}
}

func hexDigit(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' }

func (d *distributor) take(p embedstore.Piece) error {
	if d.n++; d.n%500 == 0 {
		if err := d.ctx.Err(); err != nil {
			return err
		}
		if d.from.Tell != nil {
			d.from.Tell(d.n)
		}
	}
	closed := slices.ContainsFunc(p.Of, d.from.Closed)
	switch p.Kind {
	case embedstore.PieceShelf:
		name := string(p.Key[:slices.Index(p.Key, 0)])
		if !d.from.Shelf(name) {
			return nil
		}
		closed = true // drafts may hold anything
	case embedstore.PieceFile:
		d.files = append(d.files, string(p.Key))
		closed = d.secret[string(p.Key)]
	case embedstore.PieceID, embedstore.PieceSeries:
		closed = true // how many there are of a sealed kind
	case embedstore.PieceRecord, embedstore.PieceBody:
		d.names(p, closed)
	}
	if !closed {
		return d.open.add(p)
	}
	if p.Kind == embedstore.PieceEntry {
		link := embedstore.Piece{Kind: embedstore.PieceLink, Key: p.Key, Value: p.Value[:32]}
		if err := d.open.add(link); err != nil {
			return err
		}
	}
	return d.closed.add(p)
}

// names notes which attachments a piece speaks of.
func (d *distributor) names(p embedstore.Piece, closed bool) {
	fileNames(p.Value, func(name string) {
		d.fresh[name] = true
		if closed {
			d.secret[name] = true
		}
	})
}

// contents adds the attachments themselves: all of them to a full bundle, else
// those that it names.
func (d *distributor) contents(ctx context.Context) error {
	for _, hash := range d.files {
		if d.since > 0 && !d.fresh[hash] {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		data, err := d.from.Tx.Content(hash)
		if err != nil {
			return fmt.Errorf("附件 %s 读不出：%w", hash[:8], err)
		}
		s := d.open
		if d.secret[hash] {
			s = d.closed
		}
		if err := s.add(embedstore.Piece{Kind: pieceContent, Key: []byte(hash), Value: data}); err != nil {
			return err
		}
	}
	return nil
}
