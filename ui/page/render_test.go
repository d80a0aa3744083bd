package page

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

func TestNewRefusesMissingTemplates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		fsys fs.FS
	}{
		{"no folder", fstest.MapFS{}},
		{"no templates", fstest.MapFS{"ui/static/page.js": {}}},
		{"no page", fstest.MapFS{"ui/static/page.js": {}, "ui/templates/parts/a.html": {Data: []byte(`{{define "layout"}}{{end}}`)}}},
		{"broken part", fstest.MapFS{"ui/static/page.js": {}, "ui/templates/parts/a.html": {Data: []byte(`{{define`)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if _, err := New(c.fsys, Config{}); err == nil {
				t.Error("no error")
			}
		})
	}
}

type brokenWriter struct{ err error }

func (b brokenWriter) Write([]byte) (int, error) { return 0, b.err }

func TestWriteErrorIsReported(t *testing.T) {
	t.Parallel()
	want := errors.New("connection gone")
	err := newRenderer(t).Home(brokenWriter{want}, HomeView{})
	if !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
}

func TestStaticFilesCarryTheirHash(t *testing.T) {
	t.Parallel()
	r := newRenderer(t)
	for name, kind := range map[string]string{"style.css": "text/css", "page.js": "text/javascript", "mark.svg": "image/svg+xml"} {
		s, ok := r.Static(name)
		if !ok || !strings.HasPrefix(s.Type, kind) || len(s.Tag) != 12 || len(s.Body) == 0 {
			t.Errorf("%s: ok %t, type %q, tag %q", name, ok, s.Type, s.Tag)
		}
	}
	if _, ok := r.Static("../pages.go"); ok {
		t.Error("serves a file it does not own")
	}
}

func TestWidgets(t *testing.T) {
	t.Parallel()
	few := []Option{{Value: "a", Text: "甲"}, {Value: "b", Text: "乙"}}
	many := append(append(append([]Option{}, few...), few...), few...)
	for _, c := range []struct {
		name  string
		field Field
		want  []string
	}{
		{"few codes are radios", Field{Kind: KindCode, Options: few}, []string{`type="radio"`, `role="radiogroup"`}},
		{"many codes are a select", Field{Kind: KindCode, Options: many}, []string{"<select", "请选择"}},
		{"codes are boxes", Field{Kind: KindCodes, Options: few, Values: []string{"b"}}, []string{`type="checkbox" name="x" value="b" checked`}},
		{"yes or no", Field{Kind: KindYesNo, Value: "是"}, []string{`value="是" checked`, "否"}},
		{"date is typed", Field{Kind: KindDate, Value: "2026-03"}, []string{`type="text"`, `data-date="date"`, `value="2026-03"`}},
		{"money is in yuan", Field{Kind: KindMoney}, []string{"元", `inputmode="decimal"`}},
		{"first line break of a note survives", Field{Kind: KindNote, Value: "\n甲"}, []string{"\">\n\n甲</textarea>"}},
		{"error is tied to the box", Field{Kind: KindText, Error: "错", Hint: "请"}, []string{`aria-describedby="f-x-e f-x-h"`, `aria-invalid="true"`}},
		{"condition", Field{Kind: KindText, Show: []Condition{{"grade", "in", []string{"red"}}}}, []string{`data-show="[{&#34;field&#34;:&#34;grade&#34;`}},
		{"person without script", Field{Kind: KindPerson, Candidates: []Choice{{"7", "尚未晚", "男"}}}, []string{`type="radio" name="x" value="7"`, `value="find.x"`}},
		{"locked sends nothing", Field{Kind: KindText, Locked: true, Value: "13"}, []string{`class="locked"`}},
		{"password is never shown", Field{Kind: KindPassword, Auto: "new-password", Value: "secret"}, []string{`type="password"`, `value="" `, `autocomplete="new-password"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.field.Name, c.field.Label = "x", "项"
			var buf bytes.Buffer
			view := FormView{Frame: Frame{Title: "试"}, Form: Form{Action: "/x", Sections: []Section{{Fields: []Field{c.field}}}}}
			if err := newRenderer(t).Form(&buf, view); err != nil {
				t.Fatal(err)
			}
			for _, w := range c.want {
				if !strings.Contains(buf.String(), w) {
					t.Errorf("no %s in\n%s", w, buf.String())
				}
			}
		})
	}
}

func TestGraphKeepsNodesApart(t *testing.T) {
	t.Parallel()
	box := sampleGraph().layout()
	for i, a := range box.Nodes {
		if a.X < 0 || a.Y < 0 || a.X+a.W > box.Width || a.Y+a.H > box.Height {
			t.Errorf("%s lies outside", a.Name)
		}
		for _, b := range box.Nodes[i+1:] {
			if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
				t.Errorf("%s covers %s", a.Name, b.Name)
			}
		}
	}
	if len(box.Edges) != len(sampleGraph().Edges) {
		t.Errorf("%d edges drawn", len(box.Edges))
	}
}

func BenchmarkList(b *testing.B) {
	r := newRenderer(b)
	v := sampleList()
	for len(v.Table.Rows) < 50 {
		v.Table.Rows = append(v.Table.Rows, v.Table.Rows[0])
	}
	var buf bytes.Buffer
	for b.Loop() {
		buf.Reset()
		if err := r.List(&buf, v); err != nil {
			b.Fatal(err)
		}
	}
}
