package truetype_test

import (
	"bytes"
	"testing"

	"jiezhen/app/paper/truetype"
	"jiezhen/assets/fonts"
)

func song(t testing.TB) []byte {
	t.Helper()
	data, err := fonts.Files.ReadFile("song.ttf")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestCutKeepsGlyphs(t *testing.T) {
	t.Parallel()
	data := song(t)
	before := bytes.Clone(data)
	f, err := truetype.Parse(data, 0)
	if err != nil {
		t.Fatal(err)
	}
	var picks []truetype.Pick
	for _, p := range []struct {
		r    rune
		code uint16
	}{{'街', '街'}, {'A', 'A'}, {'𬭎', 0xE000}, {'☑', '☑'}, {'—', '—'}} {
		if !f.Draws(p.r) {
			t.Fatalf("font does not draw %c", p.r)
		}
		picks = append(picks, truetype.Pick{Code: p.code, Glyph: f.Glyph(p.r)})
	}
	small := f.Cut(picks)
	if again := f.Cut(picks); !bytes.Equal(small, again) {
		t.Error("the same picks give different bytes")
	}
	cut, err := truetype.Parse(small, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range picks {
		g := cut.Glyph(rune(p.Code))
		if g == 0 || cut.Advance(g) != f.Advance(p.Glyph) || !cut.Draws(rune(p.Code)) {
			t.Errorf("code %04X: glyph %d, advance %d", p.Code, g, cut.Advance(g))
		}
	}
	if cut.Glyph('镇') != 0 {
		t.Error("the cut holds a character nobody picked")
	}
	if !bytes.Equal(before, data) {
		t.Error("the font bytes were written to")
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	data := song(t)
	for _, tc := range []struct {
		name string
		data []byte
	}{
		{"empty", nil},
		{"short", data[:20]},
		{"cut in the directory", data[:100]},
		{"cut in the tables", data[:100000]},
		{"OpenType with CFF", append([]byte("OTTO"), data[4:200]...)},
		{"text", []byte("this is no font at all, only words")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if _, err := truetype.Parse(tc.data, 0); err == nil {
				t.Error("read without an error")
			}
		})
	}
}

// FuzzParse damages a small font: it is refused, or read and cut without panic.
func FuzzParse(f *testing.F) {
	data := song(f)
	whole, err := truetype.Parse(data, 0)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole.Cut([]truetype.Pick{{Code: '街', Glyph: whole.Glyph('街')}, {Code: 'g', Glyph: whole.Glyph('g')}}))
	f.Add([]byte("ttcf\x00\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00\x10"))
	f.Fuzz(func(t *testing.T, data []byte) {
		font, err := truetype.Parse(data, 0)
		if err != nil {
			return
		}
		var picks []truetype.Pick
		for _, r := range "街道g 𬭎" {
			g := font.Glyph(r)
			_ = font.Advance(g)
			_ = font.Draws(r)
			picks = append(picks, truetype.Pick{Code: uint16(r), Glyph: g})
		}
		font.Cut(picks)
	})
}
