package search

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func seeds(f *testing.F) {
	for _, s := range []string{"低保", "张三 13812345678", "ＡＢc，㛃䶮𠅤", "葛\U000E0100城\u200b", "⽼人", "\xff\xfe低", "a\u0301", "2026-0001", "İK"} {
		f.Add(s, s)
		f.Add("低", s)
	}
}

// FuzzMatch holds Match, the terms and the plain scan together: a word that
// one term decides is matched exactly when the document has the term, and any
// match has all terms of its words.
func FuzzMatch(f *testing.F) {
	seeds(f)
	h := newHasher([32]byte{1})
	f.Fuzz(func(t *testing.T, q, text string) {
		words, texts := parse(q), []string{text}
		if got := Match(q, texts); got != (len(words) > 0 && scanRuns(q, texts)) {
			t.Fatalf("match %q in %q: %v", q, text, got)
		}
		terms := newHasher([32]byte{1}).terms(Doc{ID: "a/1", Texts: texts})
		for _, w := range words {
			has := true
			for _, term := range h.wordTerms(w) {
				has = has && terms[term] != nil
			}
			in := w.in(flatten(text))
			if in && !has || w.exact() && has && !in {
				t.Fatalf("%q in %q: match %v, terms %v", w.text, text, in, has)
			}
		}
	})
}

// FuzzRuns: folding is settled after one time, runs lie in order within the
// source, and a text matches its own words.
func FuzzRuns(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s, _ string) {
		end := 0
		eachRun(s, func(r *run) bool {
			if len(r.text) == 0 || len(r.at) != len(r.text) || r.at[0] < end || r.end > len(s) || r.end <= r.at[len(r.at)-1] {
				t.Fatalf("run %+v in %q", r, s)
			}
			for i, c := range r.text {
				if fold(c) != c {
					t.Fatalf("%U folds on to %U", c, fold(c))
				}
				if i > 0 && r.at[i] <= r.at[i-1] || r.han != isHan(c) {
					t.Fatalf("run %+v in %q", r, s)
				}
			}
			end = r.end
			return true
		})
		if len(parse(s)) > 0 && !Match(s, []string{s}) {
			t.Fatalf("%q doesn't match itself", s)
		}
	})
}

// FuzzSnippets: nothing is invented, nothing cut apart, nothing too long.
func FuzzSnippets(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, q, text string) {
		if !utf8.ValidString(text) {
			return
		}
		var b strings.Builder
		for _, s := range Snippets(q, text, 12) {
			if s.Text == "" || !utf8.ValidString(s.Text) {
				t.Fatalf("span %q", s.Text)
			}
			b.WriteString(s.Text)
		}
		got := strings.Trim(b.String(), "…")
		plain := addSpan(nil, text, false)
		if text != "" && !strings.Contains(plain[0].Text, got) {
			t.Fatalf("%q isn't in %q", got, text)
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add(cursor{place: place{key: 7, id: "a/1"}, total: 3, partial: true}.String())
	f.Fuzz(func(t *testing.T, s string) {
		c, err := parseCursor(s)
		if err != nil {
			return
		}
		if back, err := parseCursor(c.String()); err != nil || back != c {
			t.Fatalf("%+v became %+v, %v", c, back, err)
		}
	})
}
