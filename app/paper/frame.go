package paper

import (
	"fmt"
	"image/color"

	"github.com/boombuler/barcode/qr"
)

// qrSize is the side of the QR code, mm.
const qrSize = 18.0

// frame adds to the pages of one copy what surrounds the body: marks at the
// head, page numbers, who printed it, the code, watermarks.
func (c *composer) frame(pages []Page, copyName string) ([]Page, error) {
	out := make([]Page, len(pages))
	code, err := c.issueCode()
	if err != nil {
		return nil, err
	}
	for i, p := range pages {
		f := framing{composer: c, page: i + 1, pages: len(pages), copyName: copyName}
		ops := f.watermarks()
		ops = append(ops, p.Ops...)
		ops = append(ops, f.head()...)
		ops = append(ops, f.footer()...)
		if i == 0 && c.coded() {
			ops = append(ops, code...)
			ops = append(ops, f.checkValue()...)
		}
		if c.layout.Seam && len(pages) > 1 {
			ops = append(ops, f.seam()...)
		}
		out[i] = Page{W: p.W, H: p.H, Ops: offset(ops, c.stamp.OffsetX, c.stamp.OffsetY)}
	}
	return out, nil
}

// coded reports whether this issue carries a QR code: a preview is no issue.
func (c *composer) coded() bool { return c.stamp.QR != "" && !c.stamp.Preview }

// issueCode makes the code once for all copies.
func (c *composer) issueCode() ([]Op, error) {
	if !c.coded() || c.qr != nil {
		return c.qr, nil
	}
	ops, err := c.code(c.stamp.QR, c.geo.w-c.geo.right-qrSize, c.codeTop(), qrSize)
	c.qr = ops
	return ops, err
}

func (c *composer) codeTop() float64 { return max(c.geo.top-10, 8) }

func offset(ops []Op, dx, dy float64) []Op {
	if dx == 0 && dy == 0 {
		return ops
	}
	return strip{ops: ops}.at(dx, dy)
}

type framing struct {
	*composer
	page, pages int
	copyName    string
}

func small() style { return style{face: Song, points: 7.5, gray: 70} }

// head sets the number of the form and the sensitive mark at the left, the
// name of the copy at the right.
func (f framing) head() (ops []Op) {
	y := max(f.geo.top-11, 9)
	st := style{face: Hei, points: size5}
	x := f.geo.left
	for _, text := range []string{f.layout.Form, f.layout.Sensitive} {
		if text == "" {
			continue
		}
		op := f.words(f.fill(text), x, y, st)
		ops = append(ops, op)
		x += op.W + 5
	}
	right := f.geo.w - f.geo.right
	if f.page == 1 && f.coded() {
		right -= qrSize + 3
	}
	for _, text := range []string{f.copyName, f.reprint()} {
		if text == "" {
			continue
		}
		op := f.words(text, 0, y, style{face: Song, points: size5})
		right -= op.W
		op.X = right
		ops = append(ops, op)
		right -= 4
	}
	return ops
}

func (f framing) reprint() string {
	if f.stamp.Reprint {
		return "【补打】"
	}
	return ""
}

func (f framing) checkValue() []Op {
	if f.stamp.CheckValue == "" {
		return nil
	}
	op := f.words("校验码 "+f.stamp.CheckValue, 0, f.codeTop()+qrSize+2.4, style{face: Song, points: size6s})
	op.X = min(f.geo.w-f.geo.right-op.W, f.geo.w-f.geo.right-qrSize+(qrSize-op.W)/2)
	return []Op{op}
}

// footer sets the page number as GB/T 9704 does (— 1 —), who printed the paper
// and when, and the count of pages.
func (f framing) footer() []Op {
	y := f.geo.h - min(f.geo.bottom, 20) + 9
	no := f.words(fmt.Sprintf("— %d —", f.page), 0, y, style{face: Song, points: size4})
	em := size4 * mmPerPoint
	switch {
	case !f.layout.Duplex:
		no.X = (f.geo.w - no.W) / 2
	case f.page%2 == 1:
		no.X = f.geo.w - f.geo.right - em - no.W
	default:
		no.X = f.geo.left + em
	}
	ops := []Op{no}
	below := y + 4.5
	if f.layout.Duplex {
		below = y + 5
	}
	count := f.words(fmt.Sprintf("共%d页　第%d页", f.pages, f.page), 0, below, small())
	count.X = f.geo.w - f.geo.right - count.W
	ops = append(ops, count)
	if text := f.printed(); text != "" {
		ops = append(ops, f.words(text, f.geo.left, below, small()))
	}
	return ops
}

func (f framing) printed() string {
	text := ""
	if f.stamp.By != "" {
		text = "打印人：" + f.stamp.By + "　"
	}
	if !f.stamp.At.IsZero() {
		text += "打印时间：" + f.stamp.At.Format("2006-01-02 15:04")
	}
	if f.stamp.Number != "" && !f.stamp.Preview && f.page > 1 {
		text += "　编号：" + f.stamp.Number
	}
	return text
}

// seam is the 骑缝 line along the right edge, where the seal goes over all
// pages fanned out.
func (f framing) seam() []Op {
	x := f.geo.w - 7
	ops := []Op{{Kind: OpLine, X: x, Y: 12, H: f.geo.h - 24, Stroke: 0.15, Dash: true, Gray: 110}}
	for i, r := range []rune("骑缝章处") {
		ops = append(ops, f.words(string(r), x+1.2, f.geo.h/2-10+float64(i)*6, small()))
	}
	return ops
}

// watermarks are set under the text, pale enough to read it.
func (f framing) watermarks() (ops []Op) {
	switch {
	case f.stamp.Preview:
		ops = append(ops, f.watermark("预览　无编号", 46, f.geo.h*0.62)...)
	case f.stamp.Demo:
		ops = append(ops, f.watermark("演示", 90, f.geo.h*0.6)...)
	}
	if f.stamp.Preview && f.stamp.Demo {
		ops = append(ops, f.watermark("演示", 46, f.geo.h*0.85)...)
	}
	if f.stamp.Purpose != "" {
		for _, y := range []float64{0.34, 0.88} {
			ops = append(ops, f.watermark(f.stamp.Purpose, 24, f.geo.h*y)...)
		}
	}
	return ops
}

// watermark sets text across the page, rising to the right, its size reduced
// until it fits.
func (f framing) watermark(text string, points, y float64) []Op {
	st := style{face: Hei, points: points, gray: 226}
	op := f.words(text, 0, y, st)
	if room := f.geo.w * 0.95; op.W > room {
		st.points *= room / op.W
		op = f.words(text, 0, y, st)
	}
	const rise = 30 // degrees; cos 30° = 0.87, sin 30° = 0.5
	op.X = (f.geo.w - op.W*0.87) / 2
	op.Y = y + op.W*0.25
	op.Angle = rise
	return []Op{op}
}

// code draws a QR code with its quiet zone kept free by the caller.
func (c *composer) code(content string, x, y, size float64) ([]Op, error) {
	m, err := qr.Encode(content, qr.M, qr.Unicode)
	if err != nil {
		return nil, fmt.Errorf("making QR code of %d bytes: %w", len(content), err)
	}
	n := m.Bounds().Dx()
	dot := size / float64(n)
	var ops []Op
	for row := range n {
		for col := 0; col < n; col++ {
			start := col
			for col < n && dark(m.At(col, row)) {
				col++
			}
			if col > start {
				ops = append(ops, Op{Kind: OpFill, X: x + float64(start)*dot, Y: y + float64(row)*dot, W: float64(col-start) * dot, H: dot})
			}
		}
	}
	return ops, nil
}

func dark(c color.Color) bool {
	r, _, _, _ := c.RGBA()
	return r < 0x8000
}
