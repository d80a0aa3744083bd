package paper

import (
	"encoding/binary"

	"jiezhen/app/paper/truetype"
)

// recode makes a font file with glyph g standing at char, a character beyond
// U+FFFF: a cut whose character map is replaced by one of format 12.
func recode(g glyph, char rune) []byte {
	f := g.font.font()
	data := f.Cut([]truetype.Pick{{Code: 0x9F99, Glyph: g.id}})
	put := binary.BigEndian.AppendUint32
	cmap := []byte{0, 0, 0, 1, 0, 3, 0, 10, 0, 0, 0, 12, 0, 12, 0, 0}
	cmap = put(put(put(cmap, 28), 0), 1)
	cmap = put(put(put(cmap, uint32(char)), uint32(char)), 1)
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		if entry := data[12+16*i:]; string(entry[:4]) == "cmap" {
			binary.BigEndian.PutUint32(entry[8:], uint32(len(data)))
			binary.BigEndian.PutUint32(entry[12:], uint32(len(cmap)))
		}
	}
	return append(data, cmap...)
}
