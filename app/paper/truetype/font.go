// Package truetype reads TrueType fonts and cuts out of them the small fonts
// that go into a document.
//
// It knows character maps (formats 4 and 12), advances and glyf outlines;
// nothing of hinting, layout features or CFF. A Font is read-only and safe for
// use by many goroutines: a cut copies what it needs, so the font bytes may lie
// in the program image and are never written to.
//
// Font files can come from anywhere; every offset is checked, and damage is an
// error or a missing glyph, never a panic.
package truetype

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrFormat is wrapped by every refusal to read a font.
var ErrFormat = errors.New("not a readable TrueType font")

// Font is one parsed font face.
type Font struct {
	data   []byte
	tables map[string][]byte
	chars  cmap

	glyphs   int
	upem     int
	long     bool // loca holds 32-bit offsets
	hmetrics int

	// Ascent and Descent in 1/1000 em; Descent is negative.
	Ascent, Descent int
}

// Faces says how many faces data holds: more than one for a collection (.ttc).
func Faces(data []byte) int {
	if len(data) < 12 || string(data[:4]) != "ttcf" {
		return 1
	}
	return int(min(binary.BigEndian.Uint32(data[8:]), 64))
}

// Parse reads face number index of data and keeps data; it never writes to it.
func Parse(data []byte, index int) (*Font, error) {
	start, err := faceOffset(data, index)
	if err != nil {
		return nil, err
	}
	f := &Font{data: data}
	if f.tables, err = directory(data, start); err != nil {
		return nil, err
	}
	for _, name := range []string{"head", "hhea", "maxp", "hmtx", "loca", "glyf", "cmap"} {
		if _, ok := f.tables[name]; !ok {
			return nil, fmt.Errorf("%w: no table %q", ErrFormat, name)
		}
	}
	if err := f.readHeaders(); err != nil {
		return nil, err
	}
	f.chars, err = readCmap(f.tables["cmap"])
	return f, err
}

func faceOffset(data []byte, index int) (int, error) {
	if len(data) < 12 {
		return 0, fmt.Errorf("%w: %d bytes", ErrFormat, len(data))
	}
	if string(data[:4]) != "ttcf" {
		if index != 0 {
			return 0, fmt.Errorf("%w: face %d of a single font", ErrFormat, index)
		}
		return 0, nil
	}
	at := 12 + 4*index
	if index < 0 || index >= Faces(data) || at+4 > len(data) {
		return 0, fmt.Errorf("%w: no face %d", ErrFormat, index)
	}
	return int(binary.BigEndian.Uint32(data[at:])), nil
}

func directory(data []byte, start int) (map[string][]byte, error) {
	if start < 0 || start+12 > len(data) {
		return nil, fmt.Errorf("%w: directory outside the file", ErrFormat)
	}
	switch binary.BigEndian.Uint32(data[start:]) {
	case 0x00010000, 0x74727565: // 1.0, "true"
	default:
		return nil, fmt.Errorf("%w: outlines are not TrueType", ErrFormat)
	}
	count := int(binary.BigEndian.Uint16(data[start+4:]))
	tables := make(map[string][]byte, count)
	for i := range count {
		at := start + 12 + 16*i
		if at+16 > len(data) {
			return nil, fmt.Errorf("%w: directory cut short", ErrFormat)
		}
		off := int(binary.BigEndian.Uint32(data[at+8:]))
		size := int(binary.BigEndian.Uint32(data[at+12:]))
		if off > len(data) || size > len(data)-off {
			return nil, fmt.Errorf("%w: table %q outside the file", ErrFormat, data[at:at+4])
		}
		tables[string(data[at:at+4])] = data[off : off+size : off+size]
	}
	return tables, nil
}

func (f *Font) readHeaders() error {
	head, hhea, maxp := f.tables["head"], f.tables["hhea"], f.tables["maxp"]
	if len(head) < 54 || len(hhea) < 36 || len(maxp) < 6 {
		return fmt.Errorf("%w: header cut short", ErrFormat)
	}
	f.upem = int(u16(head, 18))
	f.long = u16(head, 50) != 0
	f.glyphs = int(u16(maxp, 4))
	f.hmetrics = int(u16(hhea, 34))
	if f.upem == 0 || f.hmetrics == 0 || f.hmetrics > f.glyphs || len(f.tables["hmtx"]) < 4*f.hmetrics {
		return fmt.Errorf("%w: impossible metrics", ErrFormat)
	}
	step := 2
	if f.long {
		step = 4
	}
	if len(f.tables["loca"]) < step*(f.glyphs+1) {
		return fmt.Errorf("%w: loca cut short", ErrFormat)
	}
	f.Ascent = int(int16(u16(hhea, 4))) * 1000 / f.upem
	f.Descent = int(int16(u16(hhea, 6))) * 1000 / f.upem
	return nil
}

// Glyph returns the glyph of r, 0 when the font has none. Characters that are
// mapped to an empty outline count as absent unless they are spaces.
func (f *Font) Glyph(r rune) uint16 {
	g := f.chars.glyph(r)
	if int(g) >= f.glyphs {
		return 0
	}
	return g
}

// Draws reports whether r shows as ink, or is a space of the font.
func (f *Font) Draws(r rune) bool {
	g := f.Glyph(r)
	return g != 0 && (isSpace(r) || len(f.outline(g)) > 0)
}

func isSpace(r rune) bool {
	return r == ' ' || r == 0xA0 || r == 0x3000 || (r >= 0x2000 && r <= 0x200A)
}

// Advance returns the width of glyph g in 1/1000 em.
func (f *Font) Advance(g uint16) int {
	hmtx := f.tables["hmtx"]
	i := min(int(g), f.hmetrics-1)
	// Rounded as gofpdf rounds, so that a measured line is a drawn line.
	return (int(u16(hmtx, 4*i))*1000 + f.upem/2) / f.upem
}

// outline returns the glyf record of g, nil when empty or damaged.
func (f *Font) outline(g uint16) []byte {
	if int(g) >= f.glyphs {
		return nil
	}
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	var from, to int
	if f.long {
		from, to = int(u32(loca, 4*int(g))), int(u32(loca, 4*int(g)+4))
	} else {
		from, to = 2*int(u16(loca, 2*int(g))), 2*int(u16(loca, 2*int(g)+2))
	}
	if from >= to || to > len(glyf) || to-from < 10 {
		return nil
	}
	return glyf[from:to]
}

func u16(b []byte, at int) uint16 { return binary.BigEndian.Uint16(b[at:]) }
func u32(b []byte, at int) uint32 { return binary.BigEndian.Uint32(b[at:]) }
