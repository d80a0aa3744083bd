package paper

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

const head = "id: a/b\ntitle: 表\nblocks:\n"

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, yaml, want string }{
		{"unknown key", "id: a/b\ntitel: 表\n", `line 2: unknown key "titel"`},
		{"unknown key of a cell", head + "  - grid:\n      columns: [1]\n      rows:\n        - [{feild: a}]\n", `line 7: unknown key "feild"`},
		{"no title", "id: a\nblocks: [{text: a}]\n", "title is missing"},
		{"no blocks", "id: a\ntitle: a\n", "blocks are missing"},
		{"two kinds", head + "  - {text: a, note: b}\n", "line 4: a block is exactly one"},
		{"no kind", head + "  - {align: left}\n", "line 4: a block is exactly one"},
		{"open brace", head + "  - text: a\n  - text: \"甲{name\"\n", "line 5: { without }"},
		{"no path", head + "  - text: \"甲{na me}\"\n", `line 4: "na me" is no path`},
		{"row too long", head + "  - grid:\n      columns: [1, 1]\n      rows:\n        - [a, b, c]\n", "line 7: cell reaches beyond"},
		{"row too short", head + "  - grid:\n      columns: [1, 1]\n      rows:\n        - [a]\n", "line 7: row 1 leaves column 2 empty"},
		{"overlap", head + "  - grid:\n      columns: [1, 1, 1]\n      rows:\n        - [a, {label: b, rows: 2}, c]\n        - [{label: d, span: 2}, e]\n", "line 8: cell overlaps"},
		{"rows beyond the grid", head + "  - grid:\n      columns: [1]\n      rows:\n        - [{label: a, rows: 2}]\n", "cell reaches beyond"},
		{"two values", head + "  - grid:\n      columns: [1]\n      rows:\n        - [{field: a, tick: b}]\n", "at most one of"},
		{"need of nothing", head + "  - grid:\n      columns: [1]\n      rows:\n        - [{label: a, need: true}]\n", "without a value"},
		{"bad face", head + "  - {text: a, face: comic}\n", `face "comic" is none of`},
		{"bad size", "id: a\ntitle: a\nsize: B5\nblocks: [{text: a}]\n", `size "B5" is none of`},
		{"column of no width", head + "  - grid:\n      columns: [.nan]\n      rows: [[a]]\n", "column width"},
		{"height", head + "  - grid:\n      columns: [1]\n      rows: [[{label: a, height: 9999}]]\n", "height 9999 is not between"},
		{"wrong type", head + "  - {text: [a]}\n", "line 4"},
		{"two documents", head + "  - text: a\n---\nid: b\n", "more than one document"},
		{"list of both", head + "  - list: {items: [a], rows: b, text: c}\n", "either items or rows"},
		{"table without columns", head + "  - table: {rows: a}\n", "columns: 1 to 60"},
		{"empty", "", "EOF"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("a/b.yaml", []byte(tc.yaml))
			if !errors.Is(err, ErrLayout) || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), "a/b.yaml") {
				t.Errorf("got %v\nwant %s", err, tc.want)
			}
		})
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	good := &fstest.MapFile{Data: []byte(head + "  - text: a\n")}
	layouts, err := Load(fstest.MapFS{"a/b.yaml": good, "a/README.md": {Data: []byte("x")}})
	if err != nil || len(layouts) != 1 || layouts["a/b"] == nil {
		t.Errorf("got %v, %v", layouts, err)
	}
	_, err = Load(fstest.MapFS{"a/c.yaml": good, "a/d.yaml": {Data: []byte("id: [")}})
	if err == nil || !strings.Contains(err.Error(), "a/c.yaml") || !strings.Contains(err.Error(), "a/d.yaml") {
		t.Errorf("both faults in one error, got %v", err)
	}
}

// FuzzParse holds that whatever loads also prints, inside its pages.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"form", "notice"} {
		data, err := os.ReadFile("testdata/sample/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	e := testEngine(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := Parse("fuzz.yaml", data)
		if err != nil {
			return
		}
		l.Paths()
		Missing(l, Values{})
		if _, _, err := pagesOf(e, Job{l, sampleValues(), sampleStamp()}); err != nil && !errors.Is(err, errPicture) {
			t.Skip() // a refusal is an answer; a panic is not
		}
	})
}
