package truetype

import (
	"encoding/binary"
	"slices"
	"strings"
)

// Composite glyph flags of the glyf table.
const (
	argsAreWords   = 0x0001
	hasScale       = 0x0008
	moreComponents = 0x0020
	hasXYScale     = 0x0040
	hasTwoByTwo    = 0x0080
)

// Pick asks for glyph Glyph to stand at character Code of a cut font.
type Pick struct {
	Code  uint16
	Glyph uint16
}

// Cut makes a TrueType font with the picked glyphs and the glyphs they are
// composed of, and one character map of format 4. The same
// picks give the same bytes.
func (f *Font) Cut(picks []Pick) []byte {
	picks = slices.Clone(picks)
	slices.SortFunc(picks, func(a, b Pick) int { return int(a.Code) - int(b.Code) })
	picks = slices.CompactFunc(picks, func(a, b Pick) bool { return a.Code == b.Code })
	order, place := f.closure(picks)
	glyf, loca := f.copyOutlines(order, place)
	hmtx := make([]byte, 0, 4*len(order))
	for _, g := range order {
		hmtx = append(hmtx, f.metric(g)...)
	}
	tables := []table{
		{"cmap", format4(picks, place)},
		{"glyf", glyf},
		{"head", f.head()},
		{"hhea", f.hhea(len(order))},
		{"hmtx", hmtx},
		{"loca", loca},
		{"maxp", f.maxp(len(order))},
		{"name", []byte{0, 0, 0, 0, 0, 6}},
		{"post", post()},
	}
	// Glyphs of a hinted font call programs of these tables.
	for _, name := range []string{"cvt ", "fpgm", "prep"} {
		if data := f.tables[name]; len(data) > 0 {
			tables = append(tables, table{name, data})
		}
	}
	slices.SortFunc(tables, func(a, b table) int { return strings.Compare(a.name, b.name) })
	return assemble(tables)
}

// closure lists the glyphs to copy (.notdef first) and where each will stand.
func (f *Font) closure(picks []Pick) (order []uint16, place map[uint16]uint16) {
	place = map[uint16]uint16{0: 0}
	order = []uint16{0}
	take := func(g uint16) {
		if _, ok := place[g]; !ok && int(g) < f.glyphs {
			place[g] = uint16(len(order))
			order = append(order, g)
		}
	}
	for _, p := range picks {
		take(p.Glyph)
	}
	for i := 0; i < len(order); i++ { // order grows while components are found
		components(f.outline(order[i]), func(data []byte, at int) { take(u16(data, at)) })
	}
	return order, place
}

// components calls fn with the offset of each component's glyph index.
func components(data []byte, fn func(data []byte, at int)) {
	if len(data) < 10 || int16(u16(data, 0)) >= 0 {
		return
	}
	for at := 10; at+4 <= len(data); {
		flags := u16(data, at)
		fn(data, at+2)
		at += 6
		if flags&argsAreWords != 0 {
			at += 2
		}
		switch {
		case flags&hasScale != 0:
			at += 2
		case flags&hasXYScale != 0:
			at += 4
		case flags&hasTwoByTwo != 0:
			at += 8
		}
		if flags&moreComponents == 0 {
			return
		}
	}
}

func (f *Font) copyOutlines(order []uint16, place map[uint16]uint16) (glyf, loca []byte) {
	loca = make([]byte, 0, 4*len(order)+4)
	for _, g := range order {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		start := len(glyf)
		glyf = append(glyf, f.outline(g)...)
		components(glyf[start:], func(data []byte, at int) {
			binary.BigEndian.PutUint16(data[at:], place[u16(data, at)])
		})
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
	}
	if len(glyf) == 0 { // readers refuse an empty table
		glyf = make([]byte, 4)
	}
	return glyf, binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
}

// metric returns advance and left side bearing of g, as in hmtx.
func (f *Font) metric(g uint16) []byte {
	hmtx := f.tables["hmtx"]
	i := min(int(g), f.hmetrics-1)
	out := slices.Clone(hmtx[4*i : 4*i+2])
	at := 4*i + 2
	if int(g) >= f.hmetrics {
		at = 4*f.hmetrics + 2*(int(g)-f.hmetrics)
	}
	if at+2 > len(hmtx) {
		return append(out, 0, 0)
	}
	return append(out, hmtx[at], hmtx[at+1])
}

func (f *Font) head() []byte {
	b := slices.Clone(f.tables["head"][:54])
	clear(b[8:12]) // checkSumAdjustment, set by assemble
	binary.BigEndian.PutUint16(b[50:], 1)
	return b
}

func (f *Font) hhea(metrics int) []byte {
	b := slices.Clone(f.tables["hhea"][:36])
	binary.BigEndian.PutUint16(b[34:], uint16(metrics))
	return b
}

func (f *Font) maxp(glyphs int) []byte {
	b := slices.Clone(f.tables["maxp"])
	binary.BigEndian.PutUint16(b[4:], uint16(glyphs))
	return b
}

func post() []byte {
	b := make([]byte, 32)
	b[1] = 3 // version 3.0: no glyph names
	binary.BigEndian.PutUint16(b[8:], 0xFF9C)
	binary.BigEndian.PutUint16(b[10:], 50)
	return b
}

// format4 writes the cmap table, a segment for each run of codes whose glyphs
// follow each other.
func format4(picks []Pick, place map[uint16]uint16) []byte {
	var c cmap
	for _, p := range picks {
		c = c.add(rune(p.Code), place[p.Glyph])
	}
	c = append(c, run{0xFFFF, 0xFFFF, 0})
	n := len(c)
	put := binary.BigEndian.AppendUint16
	b := []byte{0, 0, 0, 1, 0, 3, 0, 1, 0, 0, 0, 12}
	b = put(b, 4)
	b = put(b, uint16(16+8*n))
	b = put(b, 0)
	b = put(b, uint16(2*n))
	search, shift := 1, 0
	for search*2 <= n {
		search, shift = search*2, shift+1
	}
	b = put(put(put(b, uint16(2*search)), uint16(shift)), uint16(2*(n-search)))
	for _, r := range c {
		b = put(b, uint16(r.last))
	}
	b = put(b, 0)
	for _, r := range c {
		b = put(b, uint16(r.first))
	}
	for i, r := range c {
		if i == n-1 {
			b = put(b, 1)
			continue
		}
		b = put(b, r.glyph-uint16(r.first))
	}
	return append(b, make([]byte, 2*n)...)
}

type table struct {
	name string
	data []byte
}

// assemble writes the tables, which must be in the order of their names.
func assemble(tables []table) []byte {
	put16, put32 := binary.BigEndian.AppendUint16, binary.BigEndian.AppendUint32
	search, shift := 1, 0
	for search*2 <= len(tables) {
		search, shift = search*2, shift+1
	}
	b := put32(nil, 0x00010000)
	b = put16(b, uint16(len(tables)))
	b = put16(put16(put16(b, uint16(16*search)), uint16(shift)), uint16(16*(len(tables)-search)))
	at, head := len(b)+16*len(tables), 0
	for _, t := range tables {
		if t.name == "head" {
			head = at
		}
		b = append(b, t.name...)
		b = put32(put32(put32(b, checksum(t.data)), uint32(at)), uint32(len(t.data)))
		at += (len(t.data) + 3) &^ 3
	}
	for _, t := range tables {
		b = append(b, t.data...)
		for len(b)%4 != 0 {
			b = append(b, 0)
		}
	}
	binary.BigEndian.PutUint32(b[head+8:], 0xB1B0AFBA-checksum(b))
	return b
}

func checksum(b []byte) (sum uint32) {
	for i := 0; i < len(b); i += 4 {
		var word [4]byte
		copy(word[:], b[i:])
		sum += binary.BigEndian.Uint32(word[:])
	}
	return sum
}
