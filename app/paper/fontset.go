package paper

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"jiezhen/app/paper/truetype"
)

// Face is a style of type. What is drawn depends on the fonts at hand: 仿宋
// and 楷体 fall back to 宋体, 小标宋 to a strengthened 宋体.
type Face uint8

// The faces of GB/T 9704.
const (
	Song  Face = iota // 宋体: labels, page numbers
	Fang              // 仿宋: running text and values
	Kai               // 楷体: second-level headings
	Hei               // 黑体: first-level headings
	Title             // 小标宋: titles
	faces
)

// maxFontFile bounds a font file of the PC; the largest in use are near 60 MB.
const maxFontFile = 80 << 20

// typeface is one font that can be cut. Rare ones open on first use.
type typeface struct {
	id   int
	name string
	open func() (*truetype.Font, error)
}

func (t *typeface) font() *truetype.Font {
	f, err := t.open()
	if err != nil {
		return nil
	}
	return f
}

// fontSet finds the glyph of a character. Read-only after newFontSet but for a
// cache of what was found.
type fontSet struct {
	all   []*typeface
	chain [faces][]*typeface
	bold  bool     // Title must be strengthened: no title font is at hand
	found sync.Map // placeKey → glyph
}

type placeKey struct {
	face Face
	char rune
}

// glyph is where a character is drawn from. The zero font means nowhere.
type glyph struct {
	font    *typeface
	id      uint16
	advance int // 1/1000 em
}

// pcFonts are the file names under which PCs keep the faces of GB/T 9704.
func pcFonts(face Face) []string {
	switch face {
	case Fang:
		return []string{"simfang.ttf", "fangsong_gb2312.ttf", "仿宋_gb2312.ttf", "fzfsk.ttf"}
	case Kai:
		return []string{"simkai.ttf", "kaiti_gb2312.ttf", "楷体_gb2312.ttf", "fzktk.ttf"}
	case Hei:
		return []string{"simhei.ttf", "fzhtk.ttf"}
	case Title:
		return []string{"fzxbsk.ttf", "fzxbsjw.ttf", "方正小标宋简体.ttf", "方正小标宋_gbk.ttf", "stzhongs.ttf"}
	}
	return nil
}

// pcRare are fonts of the PC with characters beyond the embedded ones.
func pcRare() []string {
	return []string{"simsunb.ttf", "simsunextg.ttf", "hanamina.ttf", "hanaminb.ttf", "babelstonehan.ttf"}
}

func newFontSet(cfg Config) (*fontSet, error) {
	s := &fontSet{}
	song, err := s.embedded(cfg.Fonts, "song.ttf")
	if err != nil {
		return nil, err
	}
	hei, err := s.embedded(cfg.Fonts, "hei.ttf")
	if err != nil {
		return nil, err
	}
	var rare []*typeface
	for _, name := range []string{"rare-song.ttf.gz", "rare-hana.ttf.gz", "rare-babel.ttf.gz"} {
		t, err := s.embedded(cfg.Fonts, name)
		if err != nil {
			return nil, err
		}
		rare = append(rare, t)
	}
	rare = append(rare, s.office(cfg.OfficeFonts, cfg.Log)...)
	pc := s.pcFaces(cfg.FontDirs, cfg.Log)
	rare = append(rare, pc[Song]...)
	s.chain[Song] = slices.Concat([]*typeface{song}, rare)
	for _, face := range []Face{Fang, Kai, Title} {
		s.chain[face] = slices.Concat(pc[face], s.chain[Song])
	}
	s.chain[Hei] = slices.Concat(pc[Hei], []*typeface{hei}, s.chain[Song])
	s.bold = len(pc[Title]) == 0
	return s, nil
}

func (s *fontSet) add(name string, open func() (*truetype.Font, error)) *typeface {
	t := &typeface{id: len(s.all), name: name, open: open}
	s.all = append(s.all, t)
	return t
}

// embedded adds a font of the program. song and hei are read at once, so that
// a broken build is seen at the start; gzipped ones on first use.
func (s *fontSet) embedded(fsys fs.FS, name string) (*typeface, error) {
	if strings.HasSuffix(name, ".gz") {
		if _, err := fs.Stat(fsys, name); err != nil {
			return nil, fmt.Errorf("looking for font %s: %w", name, err)
		}
		return s.add(name, sync.OnceValues(func() (*truetype.Font, error) { return unzipFont(fsys, name) })), nil
	}
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("reading font %s: %w", name, err)
	}
	f, err := truetype.Parse(data, 0)
	if err != nil {
		return nil, fmt.Errorf("reading font %s: %w", name, err)
	}
	return s.add(name, func() (*truetype.Font, error) { return f, nil }), nil
}

func unzipFont(fsys fs.FS, name string) (*truetype.Font, error) {
	packed, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("reading font %s: %w", name, err)
	}
	zr, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("opening font %s: %w", name, err)
	}
	data, err := io.ReadAll(io.LimitReader(zr, maxFontFile))
	if err != nil {
		return nil, fmt.Errorf("opening font %s: %w", name, err)
	}
	return truetype.Parse(data, 0)
}

// pcFaces finds the faces of GB/T 9704 among the PC's fonts, and under Song its
// rare fonts, by name: a font folder holds hundreds of others.
func (s *fontSet) pcFaces(dirs []string, log *slog.Logger) (pc [faces][]*typeface) {
	for _, dir := range dirs {
		for _, face := range []Face{Fang, Kai, Hei, Title} {
			for _, path := range existing(dir, pcFonts(face)) {
				if t := s.add(path, lazyFile(path, log)); len(pc[face]) == 0 && t.font() != nil {
					pc[face] = []*typeface{t}
				}
			}
		}
		for _, path := range existing(dir, pcRare()) {
			pc[Song] = append(pc[Song], s.add(path, lazyFile(path, log)))
		}
	}
	return pc
}

// existing lists the names that dir holds, in the order of names, whatever the
// case of their letters.
func existing(dir string, names []string) (paths []string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // these folders are optional
	}
	for _, name := range names {
		for _, e := range entries {
			if strings.EqualFold(e.Name(), name) {
				paths = append(paths, filepath.Join(dir, e.Name()))
			}
		}
	}
	return paths
}

// office lists every font file the office has put into its own folder.
func (s *fontSet) office(dir string, log *slog.Logger) (rare []*typeface) {
	if dir == "" {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		switch strings.ToLower(filepath.Ext(e.Name())) {
		case ".ttf", ".ttc":
			path := filepath.Join(dir, e.Name())
			rare = append(rare, s.add(path, lazyFile(path, log)))
		}
	}
	return rare
}

// lazyFile opens a font of the PC once. One that cannot be used is named in
// the log and passed over.
func lazyFile(path string, log *slog.Logger) func() (*truetype.Font, error) {
	return sync.OnceValues(func() (*truetype.Font, error) {
		f, err := readFontFile(path)
		if err != nil {
			log.Warn("font passed over", "path", path, "error", err)
		}
		return f, err
	})
}

func readFontFile(path string) (*truetype.Font, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("looking for font: %w", err)
	}
	if info.Size() > maxFontFile {
		return nil, fmt.Errorf("font of %d bytes is larger than %d", info.Size(), maxFontFile)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading font: %w", err)
	}
	return truetype.Parse(data, 0)
}

// find returns where r is drawn from in face; the zero glyph when nowhere.
func (s *fontSet) find(face Face, r rune) glyph {
	key := placeKey{face, r}
	if g, ok := s.found.Load(key); ok {
		return g.(glyph)
	}
	g := s.search(face, r)
	s.found.Store(key, g)
	return g
}

func (s *fontSet) search(face Face, r rune) glyph {
	for _, t := range s.chain[face] {
		f := t.font()
		if f == nil || !f.Draws(r) {
			continue
		}
		id := f.Glyph(r)
		return glyph{font: t, id: id, advance: f.Advance(id)}
	}
	return glyph{}
}

// width returns the width of r in mm at a type size in points.
func (s *fontSet) width(face Face, points float64, r rune) float64 {
	return float64(s.find(face, r).advance) / 1000 * points * mmPerPoint
}

// textWidth returns the width of text in mm.
func (s *fontSet) textWidth(face Face, points float64, text string) (w float64) {
	for _, r := range text {
		w += s.width(face, points, r)
	}
	return w
}
