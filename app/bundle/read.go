package bundle

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"

	"jiezhen/embedstore"
)

// Head reads a bundle's public head, which nobody has vouched for yet.
func Head(r io.Reader) (Suite, Manifest, error) {
	suite, m, err := readHead(bufio.NewReader(r))
	return Suite(suite), m, err
}

// Verify reads a bundle to its end: that it is whole and that whoever the
// manifest names has signed it. Whether that is the right signer, the caller
// knows. No key is needed.
func Verify(ctx context.Context, r io.Reader) (Summary, error) {
	return read(ctx, r, nil)
}

// Content is what a reader learns of a bundle, piece by piece.
type Content struct {
	With   []string // secret reading keys
	Piece  func(closed bool, p embedstore.Piece) error
	File   func(closed bool, hash string, data []byte) error
	opened map[byte]bool
	master []byte
}

// Opened says whether the keys opened the closed section too.
func (c *Content) Opened() bool { return c.opened[blockClosed] }

// Read verifies a bundle and hands over its content on the way. What was
// handed over counts only when Read returns without an error. A section that
// no key opens is passed over; when none opens, it is ErrNoKey.
func Read(ctx context.Context, r io.Reader, c *Content) (Summary, error) {
	c.opened = map[byte]bool{}
	s, err := read(ctx, r, c)
	if err == nil && len(c.opened) == 0 {
		err = ErrNoKey
	}
	return s, err
}

// hashing counts and hashes what is read.
type hashing struct {
	r    *bufio.Reader
	sum  hash.Hash
	size int64
}

func (h *hashing) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	if h.sum != nil {
		h.sum.Write(p[:n])
	}
	h.size += int64(n)
	return n, err
}

func read(ctx context.Context, r io.Reader, c *Content) (s Summary, err error) {
	in := &hashing{r: bufio.NewReaderSize(r, 1<<20)}
	peek, err := in.r.Peek(len(magic) + 2)
	if err != nil || string(peek[:len(magic)]) != magic {
		return s, shortOr(err, ErrNotBundle)
	}
	s.Suite = Suite(peek[len(magic)+1])
	if peek[len(magic)] != version {
		return s, ErrNewer
	}
	algo, err := s.Suite.algorithms()
	if err != nil {
		return s, err
	}
	in.sum = algo.hash()
	if _, s.Manifest, err = readHead(in); err != nil {
		return s, err
	}
	sections := openSections(algo, c)
	last, err := walk(ctx, in, &s, sections)
	err = errors.Join(sections.close(err), err)
	if err != nil {
		return s, err
	}
	if err := algo.verify(s.Manifest.Signer, last.message, last.signature); err != nil {
		return s, err
	}
	s.Size = in.size
	return s, nil
}

// sealed is what a signature covers, and the signature.
type sealed struct{ message, signature []byte }

// walk goes through the blocks up to the end of the file.
func walk(ctx context.Context, in *hashing, s *Summary, sections *sections) (last sealed, err error) {
	var size [blockClosed + 1]int64
	for footed := false; ; {
		if err := ctx.Err(); err != nil {
			return last, err
		}
		before := message(in.sum)
		digest := in.sum.Sum(nil)
		kind, data, err := readBlock(in)
		switch {
		case err != nil:
			return last, err
		case (kind == blockOpen || kind == blockClosed) && !footed:
			size[kind] += int64(len(data))
			if err := sections.write(kind, data); err != nil {
				return last, err
			}
		case kind == blockFooter && !footed:
			footed = true
			if err := decoding.Unmarshal(data, &s.Footer); err != nil || s.Footer != (Footer{size[blockOpen], size[blockClosed]}) {
				return last, fmt.Errorf("%w（尾页）", ErrDamaged)
			}
		case kind == blockSignature && footed:
			last, s.Digest = sealed{before, data}, digest
			if kind, _, err := readBlock(in); err != nil || kind != 0 {
				return last, errors.Join(fmt.Errorf("%w（结尾之后还有内容）", ErrDamaged), err)
			}
			if _, err := in.r.Peek(1); !errors.Is(err, io.EOF) {
				return last, shortOr(err, fmt.Errorf("%w（结尾之后还有内容）", ErrDamaged))
			}
			return last, nil
		default:
			return last, fmt.Errorf("%w（没有到结尾）", ErrDamaged)
		}
	}
}

// sections are the streams of a bundle on their way in. Each is opened on a
// goroutine of its own, for the two alternate.
type sections struct {
	c     *Content
	pipes map[byte]*io.PipeWriter
	group sync.WaitGroup
	mu    sync.Mutex
	errs  []error
}

func openSections(algo algorithms, c *Content) *sections {
	s := &sections{c: c, pipes: map[byte]*io.PipeWriter{}}
	if c == nil {
		return s
	}
	for _, kind := range []byte{blockOpen, blockClosed} {
		r, w := io.Pipe()
		s.pipes[kind] = w
		s.group.Add(1)
		go func() {
			defer s.group.Done()
			err := s.pieces(kind, r, algo)
			if errors.Is(err, ErrNoKey) {
				_, err = io.Copy(io.Discard, r)
			}
			if err != nil {
				s.failed(err)
			}
			_ = r.CloseWithError(err) // never fails; the writer learns why nobody reads on
		}()
	}
	return s
}

func (s *sections) failed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errs = append(s.errs, err)
}

func (s *sections) write(kind byte, data []byte) error {
	w := s.pipes[kind]
	if w == nil {
		return nil
	}
	_, err := w.Write(data)
	return err
}

// close ends the streams and gives what went wrong in them.
func (s *sections) close(why error) error {
	for _, w := range s.pipes {
		_ = w.CloseWithError(why) // nil: the end of the stream
	}
	s.group.Wait()
	if why != nil {
		return nil // said already
	}
	return errors.Join(s.errs...)
}

// pieces opens one section and hands its pieces over.
func (s *sections) pieces(kind byte, r io.Reader, algo algorithms) error {
	plain, err := algo.open(r, s.c.With)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.c.opened[kind] = true
	s.mu.Unlock()
	unzip, err := zstd.NewReader(plain, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		return fmt.Errorf("opening a section: %w", err)
	}
	defer unzip.Close()
	dec := decoding.NewDecoder(bufio.NewReaderSize(unzip, 256<<10))
	for n := uint64(0); ; n++ {
		var p embedstore.Piece
		if err := dec.Decode(&p); err != nil {
			return damagedBy(err)
		}
		if p.Kind == pieceEnd {
			return s.end(p, n, dec, plain)
		}
		if err := s.hand(kind == blockClosed, p); err != nil {
			return err
		}
	}
}

// end sees that the section holds what it says and nothing more.
func (s *sections) end(p embedstore.Piece, n uint64, dec interface{ Decode(any) error }, plain io.Reader) error {
	if len(p.Value) != 8 || binary.BigEndian.Uint64(p.Value) != n {
		return fmt.Errorf("%w（件数不符）", ErrDamaged)
	}
	var more embedstore.Piece
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w（结尾之后还有内容）", ErrDamaged)
	}
	if n, err := io.Copy(io.Discard, plain); err != nil || n > 0 {
		return damagedBy(errors.Join(err, io.ErrUnexpectedEOF))
	}
	return nil
}

func damagedBy(err error) error {
	if errors.Is(err, ErrDamaged) {
		return err
	}
	return fmt.Errorf("%w（%v）", ErrDamaged, err)
}

func (s *sections) hand(closed bool, p embedstore.Piece) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.Kind == pieceMaster && closed {
		s.c.master = p.Value
		return nil
	}
	if p.Kind != pieceContent {
		return s.c.Piece(closed, p)
	}
	if len(p.Key) != 40 {
		return fmt.Errorf("%w（附件）", ErrDamaged)
	}
	return s.c.File(closed, string(p.Key), p.Value)
}
