package paper

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf16"
)

var errPDF = errors.New("unexpected form of the PDF")

// nameCharacters appends to a finished PDF what its moved codes stand for.
//
// gofpdf gives every font the same ToUnicode map, code = character. A PDF may
// be amended by appending: new bodies of the ToUnicode objects, a table of
// where they are, and a trailer that points back to the old table.
func (d *drawing) nameCharacters(pdf []byte) ([]byte, error) {
	moved := slices.DeleteFunc(slices.Clone(d.order), func(u *usedFont) bool { return !u.moved })
	if len(moved) == 0 {
		return pdf, nil
	}
	tail, err := readTail(pdf)
	if err != nil {
		return nil, err
	}
	var xref bytes.Buffer
	for _, u := range moved {
		object, err := toUnicodeObject(pdf, u.name)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&xref, "%d 1\n%010d 00000 n \n", object, len(pdf))
		body := u.toUnicode()
		pdf = fmt.Appendf(pdf, "%d 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n", object, len(body), body)
	}
	at := len(pdf)
	pdf = append(pdf, "xref\n"...)
	pdf = append(pdf, xref.Bytes()...)
	return fmt.Appendf(pdf, "trailer\n<<%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n", tail.trailer, tail.startxref, at), nil
}

type tail struct {
	trailer   []byte // the entries of the trailer
	startxref int
}

func readTail(pdf []byte) (tail, error) {
	end := pdf[max(len(pdf)-1024, 0):]
	m := regexp.MustCompile(`(?s)trailer\s*<<(.*)>>\s*startxref\s+(\d+)`).FindSubmatch(end)
	if m == nil {
		return tail{}, fmt.Errorf("%w: no trailer", errPDF)
	}
	at, err := strconv.Atoi(string(m[2]))
	if err != nil {
		return tail{}, fmt.Errorf("%w: startxref: %w", errPDF, err)
	}
	return tail{m[1], at}, nil
}

// toUnicodeObject finds the number of a font's ToUnicode object.
func toUnicodeObject(pdf []byte, name string) (int, error) {
	at := bytes.Index(pdf, []byte("/Subtype /Type0\n/BaseFont /utf8"+name+"\n"))
	if at < 0 {
		return 0, fmt.Errorf("%w: no font %s", errPDF, name)
	}
	_, rest, ok := bytes.Cut(pdf[at:min(at+300, len(pdf))], []byte("/ToUnicode "))
	number, _, _ := bytes.Cut(rest, []byte(" "))
	object, err := strconv.Atoi(string(number))
	if !ok || err != nil {
		return 0, fmt.Errorf("%w: font %s has no ToUnicode", errPDF, name)
	}
	return object, nil
}

// toUnicode writes the CMap: every code of the font and its character.
func (u *usedFont) toUnicode() []byte {
	runes := make([]rune, 0, len(u.codes))
	for r := range u.codes {
		runes = append(runes, r)
	}
	slices.Sort(runes)
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for part := range slices.Chunk(runes, 100) {
		fmt.Fprintf(&b, "%d beginbfchar\n", len(part))
		for _, r := range part {
			fmt.Fprintf(&b, "<%04X> <", u.codes[r])
			for _, v := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, "%04X", v)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend")
	return b.Bytes()
}
