package paper

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"jiezhen/assets/fonts"
)

var update = flag.Bool("update", false, "write the golden files anew")

// describe writes pages as text: what stands where, to a tenth of a mm.
func describe(pages []Page) string {
	var b strings.Builder
	for i, p := range pages {
		fmt.Fprintf(&b, "page %d %.0f×%.0f\n", i+1, p.W, p.H)
		for _, op := range p.Ops {
			switch op.Kind {
			case OpText:
				fmt.Fprintf(&b, "text %.1f %.1f face%d %gpt %s\n", op.X, op.Y, op.Face, op.Points, op.Text)
			case OpLine, OpRect:
				fmt.Fprintf(&b, "rule%d %.1f %.1f %.1f %.1f %g\n", op.Kind, op.X, op.Y, op.W, op.H, op.Stroke)
			case OpImage:
				fmt.Fprintf(&b, "image %.1f %.1f %.1f %.1f\n", op.X, op.Y, op.W, op.H)
			}
		}
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	t.Parallel()
	e := testEngine(t)
	for _, id := range []string{"form", "notice"} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			pages, _, err := pagesOf(e, Job{sample(t, "sample/"+id), sampleValues(), sampleStamp()})
			if err != nil {
				t.Fatal(err)
			}
			got, file := describe(pages), filepath.Join("testdata", id+".golden")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs from the golden file; look at the page and run with -update:\n%s", id, firstDifference(got, string(want)))
			}
		})
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

// pdfText runs pdftotext; the test is skipped where there is none.
func pdfText(t *testing.T, pdf []byte, args ...string) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed: what a reader copies is not checked")
	}
	file := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, append(args, file, "-")...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func textLayout() *Layout {
	return &Layout{ID: "test", Title: "试", Blocks: []Block{{Text: "{t}", Flush: true}}}
}

func printText(t *testing.T, text string) Result {
	t.Helper()
	r, err := testEngine(t).Print(context.Background(), textLayout(), Values{Texts: map[string]string{"t": text}}, Stamp{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRareCharactersCopyAsThemselves(t *testing.T) {
	t.Parallel()
	const rare = "㛃䶮𠅤𫖯𬍛𬭎㐱𠮷鿍﨑𰻝"
	r := printText(t, "姓名"+rare+"先生☑☐")
	if len(r.Unprintable) > 0 {
		t.Errorf("not printed: %q", r.Unprintable)
	}
	if got := pdfText(t, r.PDF, "-raw"); !strings.Contains(got, "姓名"+rare+"先生☑☐") {
		t.Errorf("copied text is %q", got)
	}
	checkPDF(t, r.PDF)
}

// checkPDF runs qpdf where there is one.
func checkPDF(t *testing.T, pdf []byte) {
	t.Helper()
	if _, err := exec.LookPath("qpdf"); err != nil {
		t.Log("qpdf is not installed: the form of the PDF is not checked")
		return
	}
	file := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("qpdf", "--check", file).CombinedOutput(); err != nil {
		t.Errorf("qpdf: %v\n%s", err, out)
	}
}

func TestUnknownCharactersAreWrittenAndListed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, in, want, lost string }{
		{"emoji", "好😀的😀", "好〔U+1F600〕的〔U+1F600〕", "😀"},
		{"dictionary character", "甲\U0002A6D6乙", "甲〔U+2A6D6〕乙", "\U0002A6D6"},
		{"private use", "甲\uE123乙", "甲〔U+E123〕乙", "\uE123"},
		{"control", "甲\x00\x07\x1b乙", "甲乙", ""},
		{"invalid UTF-8", "甲\xff\xfe乙", "甲乙", ""},
		{"invisible", "甲\u200b\ufeff乙\U000E0100丙", "甲乙丙", ""},
		{"composed", "e\u0301", "é", ""},
		{"compatibility ideograph kept", "\uFA11", "\uFA11", ""},
		{"lines", "甲\r\n乙\r丙\u2028丁", "甲\n乙\n丙\n丁", ""},
		{"tab", "甲\t乙", "甲 乙", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := newCleaner(testEngine(t).fonts)
			if got := c.text(Fang, tc.in); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			if got := string(c.lost); got != tc.lost {
				t.Errorf("listed %q, want %q", got, tc.lost)
			}
		})
	}
}

// drawnText puts together the text marks that lie in a horizontal band.
func drawnText(pages []Page, points float64, from, to float64) string {
	var b strings.Builder
	for _, p := range pages {
		for _, op := range p.Ops {
			if op.Kind == OpText && op.Points == points && op.X >= from && op.X <= to && op.Angle == 0 {
				b.WriteString(op.Text)
			}
		}
	}
	return b.String()
}

func randomChinese(rnd *rand.Rand, n int) string {
	marks := []rune("，。、；：？！“”（）《》—…0123456789 abcXYZ.,-㛃䶮𠅤𫖯𬍛𬭎𠮷😀")
	runes := make([]rune, n)
	for i := range runes {
		runes[i] = 0x4E00 + rnd.Int32N(0x51A6)
		if rnd.IntN(4) == 0 {
			runes[i] = marks[rnd.IntN(len(marks))]
		}
	}
	return strings.TrimSpace(string(runes))
}

func TestNoCharacterIsLost(t *testing.T) {
	t.Parallel()
	e := testEngine(t)
	rnd := rand.New(rand.NewPCG(7, 11))
	l := &Layout{ID: "test", Title: "试", Blocks: []Block{
		{Grid: &Grid{Columns: []float64{20, 145}, Rows: [][]Cell{{{Label: "情况", Points: 9}, {Field: "t", Points: 13, Align: "left"}}}}},
		{Text: "{u}", Points: 11},
	}}
	for range 25 {
		v := Values{Texts: map[string]string{"t": randomChinese(rnd, rnd.IntN(5000)), "u": randomChinese(rnd, rnd.IntN(2000))}}
		pages, _, err := pagesOf(e, Job{l, v, Stamp{}})
		if err != nil {
			t.Fatal(err)
		}
		for points, path := range map[float64]string{13: "t", 11: "u"} {
			want := newCleaner(e.fonts).text(Fang, v.Texts[path])
			if got := drawnText(pages, points, 0, 300); got != want {
				t.Fatalf("drew %d characters of %d", utf8.RuneCountInString(got), utf8.RuneCountInString(want))
			}
		}
		inside(t, pages)
	}
}

// inside checks that every mark lies on its page, above the page number, and
// every text of a cell between the rules around it.
func inside(t *testing.T, pages []Page) {
	t.Helper()
	for i, p := range pages {
		for _, op := range p.Ops {
			if op.Angle != 0 {
				continue
			}
			if op.X < 0 || op.X+op.W > p.W+0.01 || op.Y < 0 || op.Y+op.H > p.H {
				t.Errorf("page %d: mark %+v outside the page", i+1, op)
			}
		}
		for _, op := range p.Ops {
			if op.Kind == OpText && op.Angle == 0 {
				notCrossed(t, i+1, p, op)
			}
		}
	}
}

// notCrossed checks that no rule runs through a text.
func notCrossed(t *testing.T, page int, p Page, text Op) {
	t.Helper()
	em := text.Points * mmPerPoint
	top, bottom := text.Y-0.86*em, text.Y+0.1*em
	for _, r := range p.Ops {
		if r.Kind != OpRect {
			continue
		}
		for _, x := range []float64{r.X, r.X + r.W} {
			if x > text.X+0.1 && x < text.X+text.W-0.1 && top > r.Y && bottom < r.Y+r.H {
				t.Errorf("page %d: %q is crossed by a rule at x %.1f", page, text.Text, x)
			}
		}
		for _, y := range []float64{r.Y, r.Y + r.H} {
			if y > top && y < bottom && text.X+text.W > r.X && text.X < r.X+r.W {
				t.Errorf("page %d: %q is crossed by a rule at y %.1f", page, text.Text, y)
			}
		}
	}
}

func TestLongValuesGrowTheirCells(t *testing.T) {
	t.Parallel()
	e, l := testEngine(t), sample(t, "sample/form")
	for _, tc := range []struct {
		name, path string
		n          int
	}{
		{"30-character name", "subject.name", 30},
		{"long address", "subject.address", 400},
		{"note of 20,000 characters", "trouble", 20000},
		{"opinion over pages", "opinion.town", 5000},
		{"value in a spanned row", "guardian.name", 3000},
		{"long number", "subject.idcard", 50},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			v := sampleValues()
			unit := "阿卜杜热西提·麦麦提图尔荪"
			if tc.path == "subject.idcard" {
				unit = "110109"
			}
			text := strings.Repeat(unit, tc.n/utf8.RuneCountInString(unit)+1)
			v.Texts[tc.path] = text
			st := sampleStamp()
			st.Copy = 1
			pages, _, err := pagesOf(e, Job{l, v, st})
			if err != nil {
				t.Fatal(err)
			}
			inside(t, pages)
			if !containsInOrder(pages, text) {
				t.Error("the value is not whole on the paper")
			}
		})
	}
}

// containsInOrder follows text through the marks, other cells' between.
func containsInOrder(pages []Page, text string) bool {
	for _, p := range pages {
		for _, op := range p.Ops {
			if op.Kind == OpText {
				text = strings.TrimPrefix(text, op.Text)
			}
		}
	}
	return text == ""
}

func TestTableHeadRepeats(t *testing.T) {
	t.Parallel()
	v := sampleValues()
	for i := range 200 {
		v.Tables["members"] = append(v.Tables["members"], Values{Texts: map[string]string{"name": fmt.Sprint("成员", i)}})
	}
	st := sampleStamp()
	st.Copy = 2
	pages, _, err := pagesOf(testEngine(t), Job{sample(t, "sample/form"), v, st})
	if err != nil {
		t.Fatal(err)
	}
	heads, all := 0, describe(pages)
	for _, p := range pages {
		if strings.Contains(describe([]Page{p}), "成员") {
			heads++
		}
	}
	if got := strings.Count(all, " 工作单位或就读学校\n"); got != heads || heads < 4 {
		t.Errorf("%d heads on %d pages of the table", got, heads)
	}
	for i := range 200 {
		if !strings.Contains(all, fmt.Sprintf(" 成员%d\n", i)) {
			t.Errorf("row %d is missing", i)
		}
	}
	inside(t, pages)
}

func TestStampMarks(t *testing.T) {
	t.Parallel()
	base := sampleStamp()
	for _, tc := range []struct {
		name      string
		change    func(*Stamp)
		has, lack []string
	}{
		{"issued", func(*Stamp) {}, []string{"编号：B16-大峪-2026-000012", "校验码 7F3A-9C21", "第一联　街道留存", "第二联　交区民政局", "共2页　第1页", "骑"}, []string{"预览　无编号", "演示", "【补打】"}},
		{"preview", func(s *Stamp) { s.Preview = true }, []string{"预览　无编号", "编号：（预览，未编号）"}, []string{"B16-大峪", "校验码"}},
		{"reprint", func(s *Stamp) { s.Reprint = true }, []string{"【补打】"}, nil},
		{"demo", func(s *Stamp) { s.Demo = true }, []string{"演示"}, nil},
		{"purpose", func(s *Stamp) { s.Purpose = "仅供街道民政科使用" }, []string{"仅供街道民政科使用"}, nil},
		{"one copy", func(s *Stamp) { s.Copy = 2 }, []string{"第二联"}, []string{"第一联"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			st := base
			tc.change(&st)
			pages, _, err := pagesOf(testEngine(t), Job{sample(t, "sample/form"), sampleValues(), st})
			if err != nil {
				t.Fatal(err)
			}
			all := describe(pages)
			for _, s := range tc.has {
				if !strings.Contains(all, s) {
					t.Errorf("%q is not on the paper", s)
				}
			}
			for _, s := range tc.lack {
				if strings.Contains(all, s) {
					t.Errorf("%q is on the paper", s)
				}
			}
		})
	}
	st := base
	st.Copy = 3
	if _, _, err := pagesOf(testEngine(t), Job{sample(t, "sample/form"), sampleValues(), st}); !errors.Is(err, ErrCopy) {
		t.Errorf("third of two copies: %v", err)
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	v := sampleValues()
	if got := Missing(sample(t, "sample/form"), v); len(got) != 0 {
		t.Errorf("nothing is missing, got %v", got)
	}
	v.Texts["subject.idcard"] = " "
	v.Lists["kinds"] = choices(-1, "孤儿")
	want := []MissingField{{"subject.idcard", "身份证号"}, {"kinds", "困境类别"}}
	if got := Missing(sample(t, "sample/form"), v); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	delete(v.Texts, "from")
	if got := Missing(sample(t, "sample/notice"), v); !slices.Equal(got, []MissingField{{"from", "停发起始月"}}) {
		t.Errorf("got %v", got)
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	got := sample(t, "sample/form").Paths()
	for _, want := range []string{"subject.name", "kinds", "subject.photo", "members", "members.name", "guardian.phone", "income_total", "opinion.town"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is not among %v", want, got)
		}
	}
	if slices.Contains(got, "#") || slices.Contains(got, "members.#") {
		t.Error("the row number is no path")
	}
}

func TestListingAndKeySheet(t *testing.T) {
	t.Parallel()
	e := testEngine(t)
	ls := Listing{
		Title: "在册儿童{名单}", Subtitle: "截至2026年11月23日", Notes: []string{"共计{2}人"},
		Columns: []ListColumn{{Label: "姓名"}, {Label: "住址", Width: 4, Align: "left"}, {Label: "金额", Align: "right"}},
		Rows:    [][]string{{"张三", "大峪{街道}", "1.00"}, {"李𬭎"}}, Foot: []string{"合计", "", "1.00"},
	}
	pages, _, err := pagesOf(e, ls.Job(Stamp{Purpose: "仅供核对"}))
	if err != nil {
		t.Fatal(err)
	}
	all := describe(pages)
	for _, want := range []string{"在册儿童{名单}", "大峪{街道}", "李𬭎", "共计{2}人", "合计", "仅供核对"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not on the list", want)
		}
	}
	key := KeySheet{Title: "恢复密钥", Intro: []string{"请存放于保险柜。"}, Rows: []string{"ABCD1234EFGH5678ABCD1234EFGH5678"}, QR: "key", Signers: []string{"保管人"}}
	pages, _, err = pagesOf(e, key.Job(Stamp{}))
	if err != nil {
		t.Fatal(err)
	}
	if got := drawnText(pages, figurePoints(pages), 0, 300); got != key.Rows[0] {
		t.Errorf("key is drawn %q", got)
	}
	inside(t, pages)
}

// figurePoints is the largest type on the pages but for the title.
func figurePoints(pages []Page) (points float64) {
	for _, op := range pages[0].Ops {
		if op.Face == Hei && op.Angle == 0 {
			points = max(points, op.Points)
		}
	}
	return points
}

func TestOfficeFont(t *testing.T) {
	t.Parallel()
	// 𪛖 U+2A6D6 is in no embedded font: lend it the glyph of another.
	donor := testEngine(t)
	g := donor.fonts.find(Song, '龙')
	dir := t.TempDir()
	cut := recode(g, 0x2A6D6)
	if err := os.WriteFile(filepath.Join(dir, "own.ttf"), cut, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "broken.ttf"), cut[:50], 0o600); err != nil {
		t.Fatal(err)
	}
	e, err := New(Config{Fonts: fonts.Files, OfficeFonts: dir, FontDirs: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	if lost := e.Unprintable("甲\U0002A6D6乙😀"); string(lost) != "😀" {
		t.Errorf("unprintable: %q", lost)
	}
	r, err := e.Print(context.Background(), textLayout(), Values{Texts: map[string]string{"t": "甲\U0002A6D6乙"}}, Stamp{})
	if err != nil {
		t.Fatal(err)
	}
	if got := pdfText(t, r.PDF, "-raw"); !strings.Contains(got, "甲\U0002A6D6乙") {
		t.Errorf("copied %q", got)
	}
}

func TestNewWithoutFonts(t *testing.T) {
	t.Parallel()
	if _, err := New(Config{Fonts: fstest.MapFS{}}); err == nil {
		t.Error("an engine without fonts")
	}
}
