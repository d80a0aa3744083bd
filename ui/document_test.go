package ui

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"jiezhen/app/people"
)

// TestEveryKindOfDocument makes a person's file on each kind of document: the
// number is held against its kind, and only an identity number tells birth
// and sex.
func TestEveryKindOfDocument(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("child.officer")
	for i, c := range []struct {
		name, kind, number, kept, says string // says: why it is refused
	}{
		{"identity card", "111", "110109 20160815 936x", "11010920160815936X", ""},
		{"identity card by default", "", "110109201302149277", "", "校验"},
		{"passport number as an identity card", "111", "E12345678", "", "改选证件类型"},
		{"birth certificate", "119", "q 110012345", "Q110012345", ""},
		{"birth certificate, a digit short", "119", "Q11001234", "", "出生医学证明编号应为1位字母加9位数字"},
		{"pass of Hong Kong", "516", "Ｈ12345678", "H12345678", ""},
		{"pass of Taiwan", "511", "12345678", "12345678", ""},
		{"pass that is too short", "516", "H123", "", "6至18位"},
		{"pass with signs", "516", "H1234-5678", "", "字母或数字"},
		{"permit of Hong Kong", "198", "110109201608159361", "", "校验"},
		{"no document but a number", "199", "H12345678", "", "无证件"},
		{"no document", "199", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			form := url.Values{"name": {fmt.Sprintf("欧阳%c", '甲'+rune(i))}, "id_type": {c.kind}, "id_number": {c.number}, "community": {fmt.Sprint(o.east)}, "life": {"1"},
				"_reason": {"确非同一人"}, "sex": {"1"}, "birth": {"2016-08-15"}}
			if c.kind == "111" && c.says == "" {
				form.Del("sex")
				form.Del("birth")
			}
			a := b.send("/people/new", form)
			if c.says != "" {
				a.expect(t, 422, c.says)
				return
			}
			a.expect(t, 303)
			var saved struct {
				Values map[string]any `json:"values"`
			}
			at := a.header.Get("Location")
			at, _, _ = strings.Cut(at, "#")
			b.json(strings.Replace(at, "/people/", "/r/person.file/", 1)).decode(t, &saved)
			if got, _ := saved.Values["id_number"].(string); got != c.kept {
				t.Errorf("kept %q, want %q", got, c.kept)
			}
			if got, _ := saved.Values["birth"].(string); got != "2016-08-15" {
				t.Errorf("born %q", got)
			}
			if c.kept == "" {
				return
			}
			hits, err := o.house.Office().People.Search(t.Context(), o.viewer("child.officer"), people.Query{IDNumber: strings.ToLower(c.kept)})
			if err != nil || len(hits) == 0 || !strings.HasSuffix(at, fmt.Sprint(hits[0].Person)) {
				t.Errorf("found %v, %v", hits, err)
			}
		})
	}
}
