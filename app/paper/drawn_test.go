package paper

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func photo(t testing.TB, w, h int) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.NRGBA{uint8(x * 255 / w), uint8(y * 255 / h), 120, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPhotographs(t *testing.T) {
	t.Parallel()
	e, l := testEngine(t), sample(t, "sample/form")
	huge := photo(t, 1, 1)
	copy(huge[16:24], "\x00\x0f\xff\xff\x00\x0f\xff\xff") // a million by a million
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	for _, tc := range []struct {
		name  string
		data  []byte
		hide  bool
		image bool
		err   error
		says  string
	}{
		{name: "shown", data: photo(t, 600, 800), image: true},
		{name: "wide", data: photo(t, 800, 100), image: true},
		{name: "hidden", data: photo(t, 60, 80), hide: true},
		{name: "no picture", data: []byte("GIF89a no"), err: errPicture},
		{name: "too large", data: huge, err: errPicture, says: "1048575 by 1048575 pixels"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v, st := sampleValues(), sampleStamp()
			v.Images = map[string][]byte{"subject.photo": tc.data}
			st.Copy, st.HidePhotos = 1, tc.hide
			r, err := e.Print(context.Background(), l, v, st)
			if !errors.Is(err, tc.err) {
				t.Fatalf("got %v, want %v", err, tc.err)
			}
			if err != nil && !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v, want %s", err, tc.says)
			}
			if has := bytes.Contains(r.PDF, []byte("/Subtype /Image")); has != tc.image {
				t.Errorf("image in the PDF: %v", has)
			}
			if tc.err == nil {
				pages, _, _ := pagesOf(e, Job{l, v, st})
				inside(t, pages)
			}
		})
	}
}

// TestDrawnWhereSet compares what a reader finds in the PDF with the marks.
func TestDrawnWhereSet(t *testing.T) {
	t.Parallel()
	e, st := testEngine(t), sampleStamp()
	st.Copy = 1
	job := Job{sample(t, "sample/form"), sampleValues(), st}
	pages, _, err := pagesOf(e, job)
	if err != nil {
		t.Fatal(err)
	}
	r, err := e.Print(context.Background(), job.Layout, job.Source, st)
	if err != nil {
		t.Fatal(err)
	}
	out := pdfText(t, r.PDF, "-bbox", "-l", "1")
	word := regexp.MustCompile(`xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)<`)
	found := map[string][2]float64{}
	for _, m := range word.FindAllStringSubmatch(out, -1) {
		x, _ := strconv.ParseFloat(m[1], 64)
		right, _ := strconv.ParseFloat(m[3], 64)
		if _, twice := found[m[5]]; twice {
			x = -1 // which of the two is meant cannot be told
		}
		found[m[5]] = [2]float64{x * mmPerPoint, right * mmPerPoint}
	}
	checked := 0
	for _, op := range pages[0].Ops {
		at, ok := found[op.Text]
		if op.Kind != OpText || !ok || at[0] < 0 || op.Text == "1" {
			continue
		}
		checked++
		if d := at[0] - op.X; d < -0.3 || d > 0.3 {
			t.Errorf("%q begins at %.2f mm, set at %.2f", op.Text, at[0], op.X)
		}
		if d := at[1] - op.X - op.W; d < -0.3 || d > 0.3 {
			t.Errorf("%q ends at %.2f mm, set to end at %.2f", op.Text, at[1], op.X+op.W)
		}
	}
	if checked < 20 {
		t.Errorf("only %d texts were found again", checked)
	}
}

// TestWatermarkLeavesTheFontAlone: a transformation takes its font back, and
// text after it must name its own again.
func TestWatermarkLeavesTheFontAlone(t *testing.T) {
	t.Parallel()
	st := sampleStamp()
	st.Preview, st.Purpose = true, "仅供核对"
	r, err := testEngine(t).Print(context.Background(), sample(t, "sample/notice"), sampleValues(), st)
	if err != nil {
		t.Fatal(err)
	}
	out := pdfText(t, r.PDF, "-raw")
	if !strings.Contains(out, "编号：（预览，未编号）") || !strings.Contains(out, "— 1 —") {
		t.Errorf("text after the watermarks is missing: %s", out)
	}
	checkPDF(t, r.PDF)
}

// TestEveryCharacterCopies prints every Han character the embedded fonts hold,
// more of them beyond U+FFFF than there are private codes in one font's first
// choice, and reads them back.
func TestEveryCharacterCopies(t *testing.T) {
	t.Parallel()
	e := testEngine(t)
	var all []rune
	for r := rune(0x3400); r < 0x33480; r++ {
		if r >= 0xA000 && r < 0x20000 {
			continue
		}
		if e.fonts.find(Fang, r).font != nil {
			all = append(all, r)
		}
	}
	if len(all) < 20992+6582+5500 {
		t.Errorf("only %d characters", len(all))
	}
	text := string(all)
	l := &Layout{ID: "all", Title: "字", Blocks: []Block{{Text: "{t}", Points: 9}}}
	r, err := e.Print(context.Background(), l, Values{Texts: map[string]string{"t": text}}, Stamp{})
	if err != nil {
		t.Fatal(err)
	}
	var got []rune
	for _, c := range pdfText(t, r.PDF, "-raw") {
		if c >= 0x3400 && c != '字' && c != '共' && c != '页' && c != '第' && c < 0xFF00 || c > 0x20000 {
			got = append(got, c)
		}
	}
	want := []rune(strings.NewReplacer("字", "", "共", "", "页", "", "第", "").Replace(text))
	if string(got) != string(want) {
		t.Errorf("copied %d characters of %d, %s", len(got), len(want), firstRune(got, want))
	}
}

func firstRune(got, want []rune) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("the %dth is %U instead of %U", i, got[i], want[i])
		}
	}
	return "the end is missing"
}
