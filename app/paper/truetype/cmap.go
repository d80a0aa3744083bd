package truetype

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
)

// cmap maps characters to glyphs: sorted runs, each of consecutive characters
// with consecutive glyphs.
type cmap []run

type run struct {
	first, last rune
	glyph       uint16
}

func (c cmap) glyph(r rune) uint16 {
	i := sort.Search(len(c), func(i int) bool { return c[i].last >= r })
	if i == len(c) || c[i].first > r {
		return 0
	}
	return c[i].glyph + uint16(r-c[i].first)
}

// readCmap reads the widest Unicode subtable: format 12 before format 4.
func readCmap(b []byte) (cmap, error) {
	if len(b) < 4 {
		return nil, fmt.Errorf("%w: cmap cut short", ErrFormat)
	}
	var best []byte
	format := uint16(0)
	for i := range int(u16(b, 2)) {
		at := 4 + 8*i
		if at+8 > len(b) {
			break
		}
		sub, ok := subtable(b, at)
		if ok && u16(sub, 0) > format {
			best, format = sub, u16(sub, 0)
		}
	}
	switch format {
	case 4:
		return readFormat4(best)
	case 12:
		return readFormat12(best)
	}
	return nil, fmt.Errorf("%w: no Unicode character map", ErrFormat)
}

func subtable(b []byte, at int) ([]byte, bool) {
	platform, encoding, off := u16(b, at), u16(b, at+2), int(u32(b, at+4))
	unicode := platform == 0 && encoding != 5 || platform == 3 && (encoding == 1 || encoding == 10)
	if !unicode || off > len(b)-16 {
		return nil, false
	}
	sub := b[off:]
	f := u16(sub, 0)
	return sub, f == 4 || f == 12
}

func readFormat12(b []byte) (cmap, error) {
	count := int(u32(b, 12))
	if count > (len(b)-16)/12 {
		return nil, fmt.Errorf("%w: cmap format 12 cut short", ErrFormat)
	}
	c := make(cmap, 0, count)
	for i := range count {
		at := 16 + 12*i
		first, last, g := u32(b, at), u32(b, at+4), u32(b, at+8)
		if first > last || last > 0x10FFFF || g > 0xFFFF || last-first > 0xFFFF-g {
			continue
		}
		c = append(c, run{rune(first), rune(last), uint16(g)})
	}
	return c.ordered(), nil
}

func readFormat4(b []byte) (cmap, error) {
	segs := int(u16(b, 6)) / 2
	if len(b) < 16+8*segs {
		return nil, fmt.Errorf("%w: cmap format 4 cut short", ErrFormat)
	}
	var c cmap
	budget := 1 << 17 // a sound font maps each of 65,536 codes once
	for i := range segs {
		last, first := rune(u16(b, 14+2*i)), rune(u16(b, 16+2*segs+2*i))
		delta := u16(b, 16+4*segs+2*i)
		offAt := 16 + 6*segs + 2*i
		off := int(u16(b, offAt))
		for r := first; r <= last && r < 0xFFFF && budget > 0; r++ {
			budget--
			g := uint16(r) + delta
			if off != 0 {
				at := offAt + off + 2*int(r-first)
				if at+2 > len(b) {
					break
				}
				if g = u16(b, at); g != 0 {
					g += delta
				}
			}
			c = c.add(r, g)
		}
	}
	return c.ordered(), nil
}

// add appends one character, lengthening the last run where it can.
func (c cmap) add(r rune, g uint16) cmap {
	if g == 0 {
		return c
	}
	if n := len(c); n > 0 && c[n-1].last+1 == r && c[n-1].glyph+uint16(r-c[n-1].first) == g {
		c[n-1].last = r
		return c
	}
	return append(c, run{r, r, g})
}

// ordered sorts the runs and drops those that overlap an earlier one, so that
// the binary search holds for a damaged font too.
func (c cmap) ordered() cmap {
	slices.SortStableFunc(c, func(a, b run) int { return cmp.Compare(a.first, b.first) })
	out := c[:0]
	end := rune(-1)
	for _, r := range c {
		if r.first > end {
			out = append(out, r)
			end = r.last
		}
	}
	return out
}
