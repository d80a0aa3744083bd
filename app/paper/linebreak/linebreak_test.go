package linebreak

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

func em(r rune) float64 {
	if r < 0x2000 {
		return 0.5
	}
	return 1
}

func texts(lines []Line) []string {
	var out []string
	for _, l := range lines {
		out = append(out, l.Text)
	}
	return out
}

func TestBreak(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, text string
		width      float64
		want       string
	}{
		{"plain", "残疾人两项补贴申请", 4, "残疾人两|项补贴申|请"},
		{"no comma first", "一二三四，五六", 4, "一二三|四，五六"},
		{"no bracket last", "一二三（四五）六", 4, "一二三|（四五）|六"},
		{"number whole", "共计1409.50元整", 4, "共计|1409.50|元整"},
		{"quotes", "他说“你好吗”就走了", 4, "他说“你|好吗”就|走了"},
		{"too long a number", "110109199001011234", 4, "11010919|90010112|34"},
		{"paragraphs", "一二\n\n三", 4, "一二||三"},
		{"beyond the BMP", "𬭎𫖯𠮷𠅤𬍛", 2, "𬭎𫖯|𠮷𠅤|𬍛"},
		{"extension A", "㛃䶮㐱一", 2, "㛃䶮|㐱一"},
		{"spaces hang", "ab    cd", 1, "ab    |cd"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := strings.Join(texts(Break(tc.text, tc.width, 0, em)), "|"); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestIndentShortensFirstLineOnly(t *testing.T) {
	t.Parallel()
	got := strings.Join(texts(Break("一二三四五六七\n八九十", 4, 2, em)), "|")
	if want := "一二|三四五六|七|八九|十"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// check holds the promises of Break for any text.
func check(t *testing.T, text string, width float64) {
	t.Helper()
	lines := Break(text, width, 0, em)
	var b strings.Builder
	for i, l := range lines {
		b.WriteString(l.Text)
		if l.Hard && i < len(lines)-1 {
			b.WriteByte('\n')
		}
		if n := utf8.RuneCountInString(l.Text); l.Width > width+1e-6 && n > 1 {
			t.Errorf("line %q is %.2f wide, limit %.2f", l.Text, l.Width, width)
		}
	}
	if b.String() != text {
		t.Errorf("lines of %q make %q", text, b.String())
	}
}

func TestNothingLostNothingForbidden(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	marks := []rune("，。、；：？！“”（）《》【】…—·￥%0123456789 abcXYZ.,-/㛃䶮𬭎𫖯𠮷")
	for range 3000 {
		runes := make([]rune, rnd.IntN(120))
		for i := range runes {
			runes[i] = 0x4E00 + rnd.Int32N(0x5000)
			if rnd.IntN(3) == 0 {
				runes[i] = marks[rnd.IntN(len(marks))]
			}
		}
		width := 6 + 20*rnd.Float64()
		check(t, string(runes), width)
		noForbidden(t, Break(string(runes), width, 0, em))
	}
}

// noForbidden allows a forbidden edge only where a run of marks fills a line.
func noForbidden(t *testing.T, lines []Line) {
	t.Helper()
	for i := 1; i < len(lines); i++ {
		if lines[i-1].Hard {
			continue
		}
		head, _ := utf8.DecodeRuneInString(lines[i].Text)
		tail, _ := utf8.DecodeLastRuneInString(lines[i-1].Text)
		bad := strings.ContainsRune(notFirst, head) || strings.ContainsRune(notLast, tail)
		if bad && !allMarks(lines[i-1].Text) {
			t.Errorf("forbidden edge: %q | %q", lines[i-1].Text, lines[i].Text)
		}
	}
}

// allMarks reports whether no position inside s could end a line.
func allMarks(s string) bool {
	r := []rune(s)
	for i := 1; i < len(r); i++ {
		if !strings.ContainsRune(notFirst, r[i]) && !strings.ContainsRune(notLast, r[i-1]) {
			return false
		}
	}
	return true
}

func FuzzBreak(f *testing.F) {
	f.Add("申请人：𠮷野（已故），“确认”。1,409.50元\nABC def", 4.0)
	f.Fuzz(func(t *testing.T, text string, width float64) {
		if !utf8.ValidString(text) || width < 2 || width > 1e6 {
			t.Skip()
		}
		lines := Break(text, width, 0, em)
		var b strings.Builder
		for i, l := range lines {
			b.WriteString(l.Text)
			if l.Hard && i < len(lines)-1 {
				b.WriteByte('\n')
			}
		}
		if b.String() != text {
			t.Errorf("lines of %q make %q", text, b.String())
		}
	})
}
