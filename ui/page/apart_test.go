package page

import (
	"bytes"
	"testing"
)

// Forms that ask the same on one page are told apart: every control has an id
// of its own, and its label and its error lead to it.
func TestFormsThatAskTheSame(t *testing.T) {
	t.Parallel()
	ask := func() *Form {
		return &Form{Action: "/x", Errors: []FormError{{Field: "reason", Text: "请写理由"}}, Sections: []Section{{Fields: []Field{{Name: "reason", Label: "理由", Kind: KindText, Hint: "写清楚", Error: "请写理由"},
			{Name: "with", Label: "哪一个", Kind: KindCode, Options: []Option{{Value: "a", Text: "甲"}, {Value: "b", Text: "乙"}}},
			{Name: "rows", Label: "各行", Kind: KindTable, Columns: []Field{{Name: "what", Label: "什么", Kind: KindText}}, Lines: []Line{{Fields: []Field{{Name: "rows.0.what", Label: "什么", Kind: KindText}}}}}}}}}
	}
	view := DeskView{Frame: Frame{Title: "成对", Token: "t"}, Blocks: []Block{{Title: "甲", Form: ask()}, {Title: "乙", Form: ask()}, {Title: "丙", Form: ask()}}}
	var out bytes.Buffer
	if err := newRenderer(t).Desk(&out, view); err != nil {
		t.Fatal(err)
	}
	checkMarkup(t, out.Bytes())
	if !bytes.Contains(out.Bytes(), []byte(`id="f-reason"`)) || !bytes.Contains(out.Bytes(), []byte(`href="#f-reason--2"`)) {
		t.Error("the first keeps its id, the second's errors lead to its own")
	}
}
