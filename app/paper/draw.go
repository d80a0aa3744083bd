package paper

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/jung-kurt/gofpdf"

	"jiezhen/app/paper/truetype"
)

// drawing turns pages of marks into a PDF.
//
// gofpdf knows only characters up to U+FFFF, parses and subsets whole fonts
// for every document, and writes into the font bytes it is given. So every
// font it sees is cut here beforehand, from read-only bytes, down to the
// characters of this document; a character beyond U+FFFF stands in the cut at a
// code of its own below, and a ToUnicode map added after Output says what it is.
type drawing struct {
	fonts *fontSet
	used  map[*typeface]*usedFont
	order []*usedFont

	pdf     *gofpdf.Fpdf
	current struct {
		font   string
		points float64
		gray   uint8
	}
	images map[*picture]string
}

// usedFont is one font of one document.
type usedFont struct {
	face  *typeface
	name  string
	codes map[rune]uint16
	taken map[uint16]bool
	picks []truetype.Pick
	next  uint16 // where the search for a free code goes on
	moved bool   // some code is not its own character
}

// render draws pages; at dates the document.
func render(ctx context.Context, fonts *fontSet, pages []Page, title string, at time.Time) ([]byte, error) {
	d := &drawing{fonts: fonts, used: map[*typeface]*usedFont{}, images: map[*picture]string{}}
	d.collect(pages)
	d.open(pages, title, at)
	for _, p := range pages {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("drawing papers: %w", err)
		}
		d.page(p)
	}
	var out bytes.Buffer
	if err := d.pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("writing PDF: %w", err)
	}
	return d.nameCharacters(out.Bytes())
}

// collect finds the characters of each font: first those that keep their own
// code, then places for the others.
func (d *drawing) collect(pages []Page) {
	chars := map[*typeface]map[rune]glyph{}
	for _, p := range pages {
		for _, op := range p.Ops {
			for _, r := range op.Text {
				g := d.fonts.find(op.Face, r)
				if g.font == nil {
					continue // cleaned before; kept for safety
				}
				if chars[g.font] == nil {
					chars[g.font] = map[rune]glyph{}
				}
				chars[g.font][r] = g
			}
		}
	}
	for face, glyphs := range chars {
		u := &usedFont{face: face, name: fmt.Sprintf("f%d", face.id), codes: map[rune]uint16{}, taken: map[uint16]bool{}}
		u.assign(glyphs)
		d.used[face] = u
		d.order = append(d.order, u)
	}
	slices.SortFunc(d.order, func(a, b *usedFont) int { return cmp.Compare(a.face.id, b.face.id) })
}

// maxRun bounds runs of neighbouring codes: gofpdf's table of widths takes time
// that grows with their square.
const maxRun = 256

// assign gives every character its code: its own where it has one, a free one
// beyond U+FFFF and where a run grows too long.
func (u *usedFont) assign(glyphs map[rune]glyph) {
	runes := make([]rune, 0, len(glyphs))
	for r := range glyphs {
		runes = append(runes, r)
	}
	slices.Sort(runes)
	var move []rune
	run, before := 0, rune(-1)
	for _, r := range runes {
		if run++; r != before+1 {
			run = 1
		}
		before = r
		if r > 0xFFFF || run > maxRun {
			move, run, before = append(move, r), 0, -1
			continue
		}
		u.put(r, uint16(r), glyphs[r].id)
	}
	u.moved = len(move) > 0
	for _, r := range move {
		u.put(r, u.free(), glyphs[r].id)
	}
}

func (u *usedFont) put(r rune, code, glyph uint16) {
	u.codes[r], u.taken[code] = code, true
	u.picks = append(u.picks, truetype.Pick{Code: code, Glyph: glyph})
}

// free returns a code no character of this font keeps: private ones first, and
// past those 6,400 whatever the document leaves unused.
func (u *usedFont) free() uint16 {
	if u.next == 0 {
		u.next = 0xE000
	}
	code := u.next
	for range 1 << 16 {
		usable := code >= 0x0400 && code < 0xFFF0 && (code < 0xD800 || code > 0xDFFF)
		if usable && !u.taken[code] && code%maxRun != maxRun-1 {
			u.next = code
			return code
		}
		code++ // wraps from 0xFFFF to 0
	}
	panic("more characters of one font than a PDF has codes") // becomes an error of this document
}

// undated stands for a stamp without a time: gofpdf would read the clock.
func undated(at time.Time) time.Time {
	if at.IsZero() {
		return time.Unix(0, 0).UTC()
	}
	return at
}

func (d *drawing) open(pages []Page, title string, at time.Time) {
	size := gofpdf.SizeType{Wd: 210, Ht: 297}
	if len(pages) > 0 {
		size = gofpdf.SizeType{Wd: pages[0].W, Ht: pages[0].H}
	}
	d.pdf = gofpdf.NewCustom(&gofpdf.InitType{OrientationStr: "P", UnitStr: "mm", Size: size})
	d.pdf.SetMargins(0, 0, 0)
	d.pdf.SetAutoPageBreak(false, 0)
	d.pdf.SetCatalogSort(true)
	d.pdf.SetCreationDate(undated(at))
	d.pdf.SetModificationDate(undated(at))
	d.pdf.SetProducer("jiezhen", false)
	d.pdf.SetTitle(pdfString(title), false)
	for _, u := range d.order {
		d.pdf.AddUTF8FontFromBytes(u.name, "", u.face.font().Cut(u.picks))
	}
}

// pdfString writes s as UTF-16 with its mark; gofpdf's own way fails beyond
// U+FFFF.
func pdfString(s string) string {
	b := []byte{0xFE, 0xFF}
	for _, v := range utf16.Encode([]rune(s)) {
		b = append(b, byte(v>>8), byte(v))
	}
	return string(b)
}

func (d *drawing) page(p Page) {
	d.pdf.AddPageFormat("P", gofpdf.SizeType{Wd: p.W, Ht: p.H})
	d.current.font = "" // gofpdf restates its state on each page; so do we
	d.gray(0, true)
	for i := range p.Ops {
		d.op(&p.Ops[i])
	}
}

func (d *drawing) op(op *Op) {
	switch op.Kind {
	case OpText:
		d.text(op)
	case OpLine:
		d.rule(op)
		d.pdf.Line(op.X, op.Y, op.X+op.W, op.Y+op.H)
		d.solid(op)
	case OpRect:
		d.rule(op)
		d.pdf.Rect(op.X, op.Y, op.W, op.H, "D")
		d.solid(op)
	case OpFill:
		d.pdf.SetFillColor(int(op.Gray), int(op.Gray), int(op.Gray))
		d.pdf.Rect(op.X, op.Y, op.W, op.H, "F")
	case OpImage:
		d.image(op)
	}
}

func (d *drawing) rule(op *Op) {
	d.pdf.SetLineWidth(op.Stroke)
	d.pdf.SetDrawColor(int(op.Gray), int(op.Gray), int(op.Gray))
	if op.Dash {
		d.pdf.SetDashPattern([]float64{1.5, 1}, 0)
	}
}

func (d *drawing) solid(op *Op) {
	if op.Dash {
		d.pdf.SetDashPattern([]float64{}, 0)
	}
}

func (d *drawing) gray(g uint8, force bool) {
	if force || d.current.gray != g {
		d.pdf.SetTextColor(int(g), int(g), int(g))
		d.current.gray = g
	}
}

// text draws one line, a run for each font it takes.
func (d *drawing) text(op *Op) {
	if op.Angle != 0 {
		d.pdf.TransformBegin()
		d.pdf.TransformRotate(op.Angle, op.X, op.Y)
		defer func() { // the end of a transformation takes its font back
			d.pdf.TransformEnd()
			d.current.font = ""
		}()
	}
	d.gray(op.Gray, false)
	if op.Spread > 0 {
		d.pdf.RawWriteStr(fmt.Sprintf("%.4f Tc\n", op.Spread/mmPerPoint))
		defer d.pdf.RawWriteStr("0 Tc\n")
	}
	if strengthen := op.Face == Title && d.fonts.bold; strengthen {
		d.pdf.SetLineWidth(op.Points * mmPerPoint * 0.022)
		d.pdf.SetDrawColor(int(op.Gray), int(op.Gray), int(op.Gray))
		d.pdf.SetTextRenderingMode(2)
		defer d.pdf.SetTextRenderingMode(0)
	}
	x := op.X
	for _, run := range d.runs(op) {
		d.font(run.font.name, op.Points)
		d.pdf.Text(x, op.Y, run.text)
		x += run.width
	}
}

func (d *drawing) font(name string, points float64) {
	if d.current.font == name && d.current.points == points {
		return
	}
	d.pdf.SetFont(name, "", points)
	d.current.font, d.current.points = name, points
}

type textRun struct {
	font  *usedFont
	text  string
	width float64
}

// runs divides a line where its font changes and writes each in its codes.
func (d *drawing) runs(op *Op) (list []textRun) {
	var b strings.Builder
	var cur *usedFont
	width := 0.0
	end := func() {
		if cur != nil {
			list = append(list, textRun{cur, b.String(), width})
		}
		b.Reset()
		width = 0
	}
	for _, r := range op.Text {
		g := d.fonts.find(op.Face, r)
		u := d.used[g.font]
		if u == nil {
			continue
		}
		if u != cur {
			end()
			cur = u
		}
		b.WriteRune(rune(u.codes[r]))
		width += float64(g.advance)/1000*op.Points*mmPerPoint + op.Spread
	}
	end()
	return list
}

func (d *drawing) image(op *Op) {
	name, known := d.images[op.Image]
	opts := gofpdf.ImageOptions{ImageType: "JPG"}
	if !known {
		name = fmt.Sprintf("i%d", len(d.images))
		d.images[op.Image] = name
		d.pdf.RegisterImageOptionsReader(name, opts, bytes.NewReader(op.Image.jpeg))
	}
	d.pdf.ImageOptions(name, op.X, op.Y, op.W, op.H, false, opts, 0, "")
}
