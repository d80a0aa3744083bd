package search

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
)

var everyone = []string{"all", "child", "relief", "minor"}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// opened is an index with docs on a fresh folder.
func opened(t *testing.T, docs []Doc) (*Index, Config) {
	t.Helper()
	cfg := Config{Dir: t.TempDir(), Key: [32]byte{7}, Log: quiet()}
	x := mustOpen(t, cfg)
	if err := x.Apply(t.Context(), docs, nil, uint64(len(docs))); err != nil {
		t.Fatal(err)
	}
	return x, cfg
}

func mustOpen(t *testing.T, cfg Config) *Index {
	t.Helper()
	x, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

// scanRuns is the plain scan that the index must agree with, written without
// its flattening: every run of the query inside a run of the text.
func scanRuns(q string, texts []string) bool {
	for _, w := range parse(q) {
		found := false
		for _, t := range texts {
			eachRun(t, func(r *run) bool {
				s := string(r.text)
				found = found || w.han && strings.Contains(s, w.text) ||
					!w.han && (s == w.text || w.n > 1 && strings.HasPrefix(s, w.text)) ||
					!w.han && w.n >= 4 && w.n <= 20 && isNumber(r.text) && strings.HasSuffix(s, w.text)
				return !found
			})
		}
		if !found {
			return false
		}
	}
	return true
}

// scan gives the ids that a query must find, newest first.
func scan(docs []Doc, q Query) []string {
	var hits []Doc
	for _, d := range docs {
		shared := slices.ContainsFunc(q.Readers, func(r string) bool { return slices.Contains(d.Readers, r) })
		ok := shared && (q.From == 0 || d.Date >= q.From) && (q.To == 0 || d.Date <= q.To)
		for name, v := range q.Filters {
			ok = ok && slices.Contains(d.Filters[name], v)
		}
		if ok && scanRuns(q.Text, slices.Concat(d.Texts, d.Names)) {
			hits = append(hits, d)
		}
	}
	h := newHasher([32]byte{7})
	slices.SortFunc(hits, func(a, b Doc) int {
		return place{sortKey(a.Date, h.tie(a.ID)), a.ID}.compare(place{sortKey(b.Date, h.tie(b.ID)), b.ID})
	})
	ids := make([]string, len(hits))
	for i, d := range hits {
		ids[i] = d.ID
	}
	return ids
}

// opener is a Confirm over docs.
func opener(docs []Doc) func(context.Context, string) ([]string, bool) {
	byID := map[string]Doc{}
	for _, d := range docs {
		byID[d.ID] = d
	}
	return func(_ context.Context, id string) ([]string, bool) {
		d, ok := byID[id]
		return slices.Concat(d.Texts, d.Names), ok
	}
}

// pages collects all pages of q.
func pages(t *testing.T, x *Index, q Query) (ids []string, total int) {
	t.Helper()
	for first := true; ; first = false {
		res, err := x.Search(t.Context(), q)
		if err != nil || res.Partial {
			t.Fatalf("search %q: partial %v, error %v", q.Text, res.Partial, err)
		}
		if first {
			total = res.Total
		} else if res.Total != total {
			t.Fatalf("%q: total %d on a later page, %d on the first", q.Text, res.Total, total)
		}
		for _, h := range res.Hits {
			ids = append(ids, h.ID)
		}
		if res.Next == "" {
			return ids, total
		}
		q.After = res.Next
	}
}

func expect(t *testing.T, x *Index, docs []Doc, q Query) {
	t.Helper()
	want := scan(docs, q)
	ids, total := pages(t, x, q)
	if total != len(want) || !slices.Equal(ids, want) {
		t.Errorf("%+v: total %d with %d ids, scan finds %d (same order: %v)",
			q, total, len(ids), len(want), slices.Equal(ids, want))
	}
}

// TestCountsEqualScan is the promise of the package: totals and order are
// those of a scan, whatever the length of the word, the filters, the readers
// and the dates, and after replacing and removing.
func TestCountsEqualScan(t *testing.T) {
	t.Parallel()
	c := newCorpus(2, 300)
	docs := c.docs(0, 3000)
	x, _ := opened(t, docs)
	docs, gone := docs[:2800], docs[2800:]
	for i := range 100 { // the same ids again with other texts
		docs[i*7] = c.doc(i * 7)
	}
	var remove []string
	for _, d := range gone {
		remove = append(remove, d.ID)
	}
	if err := x.Apply(t.Context(), docs[:700], remove, 9); err != nil {
		t.Fatal(err)
	}
	if n, err := x.Count(); err != nil || n != 2800 {
		t.Fatalf("count %d, %v", n, err)
	}
	for _, n := range []int{1, 2, 3, 4, 8} {
		t.Run(fmt.Sprintf("%d characters", n), func(t *testing.T) {
			t.Parallel()
			c := newCorpus(uint64(n), 0)
			for range 30 {
				q := Query{Text: c.piece(docs, n), Readers: everyone, Limit: 700, Confirm: opener(docs)}
				expect(t, x, docs, q)
			}
		})
	}
	t.Run("narrowed", func(t *testing.T) {
		t.Parallel()
		confirm := opener(docs)
		for _, q := range []Query{
			{Text: "低保", Readers: []string{"minor"}},
			{Text: "家访 张", Readers: []string{"minor", "child"}, Limit: 7},
			{Text: "困境儿童", Readers: everyone, Filters: map[string]string{"register": "child.case"}, Confirm: confirm, Limit: 11},
			{Text: "走访", Readers: everyone, From: 25e6, To: 26e6},
			{Text: "走访", Readers: everyone, From: docs[5].Date, To: docs[5].Date},
			{Text: "走访", Readers: []string{"nobody"}},
			{Text: "走访", Filters: map[string]string{"register": "other"}, Readers: everyone},
			{Text: "B16-002 残疾", Readers: everyone},
			{Text: "月收入，0元", Readers: everyone, Confirm: confirm},
		} {
			expect(t, x, docs, q)
		}
	})
}

func TestWords(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text, q string
		want          bool
	}{
		{"one character", "张三家访", "访", true},
		{"not across punctuation", "已送，达本人", "送达", false},
		{"not across script", "送A达", "送达", false},
		{"not across a line break", "送\n达", "送达", false},
		{"three characters need their order", "甲乙丙 乙丙甲乙", "丙甲乙", true},
		{"pieces alone are not enough", "甲乙，乙丙", "甲乙丙", false},
		{"all words", "张三 低保", "低保 李四", false},
		{"words in any order", "张三 低保", "低保 张", true},
		{"full width", "案号Ｂ１６－００２", "b16 002", true},
		{"query in full width", "b16-002", "Ｂ１６", true},
		{"upper case", "WeChat", "wechat", true},
		{"beginning of a number", "电话13812345678", "1381", true},
		{"tail of a number", "电话13812345678", "5678", true},
		{"middle of a number", "电话13812345678", "1234", false},
		{"identity number with X", "11010519491231002X", "002x", true},
		{"tail of a word is not found", "wechatgroup", "group", false},
		{"case number", "2026-0001", "2026-0001", true},
		{"case number typed partly", "2026-0001", "2026-00", true},
		{"single digit is a word", "3号楼", "3", true},
		{"single digit is no prefix", "31号楼", "3", false},
		{"longer than any prefix term", "123456789012345678901234567890", "1234567890123456789012345", true},
		{"longer and different", "123456789012345678901234567890", "1234567890123456789019", false},
		{"rare in the BMP", "㛃晨", "㛃", true},
		{"rare beyond", "王𠅤 陈𫖯", "𫖯", true},
		{"two rare ones", "𬍛𬭎", "𬍛𬭎", true},
		{"rare ones are not each other", "𬍛", "𬭎", false},
		{"䶮 is not 龑", "䶮", "龑", false},
		{"compatibility form stays itself", "凞", "熙", false},
		{"Kangxi radical from a PDF", "⽼人", "老人", true},
		{"variation selector", "葛\U000E0100城", "葛城", true},
		{"zero width space", "低\u200b保", "低保", true},
		{"private use", "王\ue123", "\ue123", true},
		{"zero written 〇", "二〇二六", "〇二", true},
		{"query language is text", "title:低保", `+title:"低保"*`, true},
		{"only punctuation", "，。", "，", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			docs := []Doc{{ID: "a/1", Texts: []string{tt.text}, Readers: everyone}}
			x, _ := opened(t, docs)
			res, err := x.Search(t.Context(), Query{Text: tt.q, Readers: everyone, Confirm: opener(docs)})
			if err != nil || (res.Total == 1) != tt.want || (len(res.Hits) == 1) != tt.want {
				t.Errorf("search %q in %q: %+v, %v", tt.q, tt.text, res, err)
			}
			if got := Match(tt.q, []string{tt.text}); got != tt.want {
				t.Errorf("match %q in %q: %v", tt.q, tt.text, got)
			}
		})
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		found string
		not   string
	}{
		{"张晓明", "zhangxiaoming zhangx zh zxm zx xiaoming zhang,xiaoming 晓明 张晓", "z angx xm zhangm"},
		{"曾伟", "zengwei cengwei zw cw", ""},
		{"单雄", "shanxiong danxiong chanxiong sx dx", ""},
		{"仇英", "qiuying chouying qy", ""},
		{"解缙", "xiejin jiejin xj jj", ""},
		{"查良", "zhaliang chaliang zl cl", ""},
		{"区勇", "ouyong quyong oy", ""},
		{"朴永", "piaoyong puyong py", ""},
		{"翟明", "zhaiming diming zm dm", ""},
		{"覃勇", "qinyong tanyong", ""},
		{"盖宽", "gekuan gaikuan gk", ""},
		{"尉迟恭", "yuchigong weichigong ycg", ""},
		{"单于琴", "chanyuqin cyq", ""},
		{"万俟咏", "moqiyong mqy wanqi", ""},
		{"吕丽", "lvli lyuli luli ll", ""},
		{"阿卜杜热西提·买买提", "abudu abdrxt maimaiti 买买提", ""},
		{"王𫖯", "wang 王𫖯 𫖯", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x, _ := opened(t, []Doc{{ID: "person/1", Names: []string{tt.name}, Readers: everyone}})
			for _, q := range strings.Fields(tt.found) {
				if res, err := x.Search(t.Context(), Query{Text: q, Readers: everyone}); err != nil || res.Total != 1 {
					t.Errorf("%q is not found: %v", q, err)
				}
			}
			for _, q := range strings.Fields(tt.not) {
				if res, err := x.Search(t.Context(), Query{Text: q, Readers: everyone}); err != nil || res.Total != 0 {
					t.Errorf("%q is found: %v", q, err)
				}
			}
		})
	}
}

// TestPinyinOnlyForNames: the same characters in a text aren't found by pinyin.
func TestPinyinOnlyForNames(t *testing.T) {
	t.Parallel()
	x, _ := opened(t, []Doc{{ID: "a/1", Texts: []string{"张晓明"}, Readers: everyone}})
	if res, err := x.Search(t.Context(), Query{Text: "zxm", Readers: everyone}); err != nil || res.Total != 0 {
		t.Errorf("found %+v, %v", res, err)
	}
}

func TestReadersAreNeeded(t *testing.T) {
	t.Parallel()
	x, _ := opened(t, []Doc{
		{ID: "a/1", Texts: []string{"低保"}, Readers: []string{"relief"}},
		{ID: "a/2", Texts: []string{"低保"}},
	})
	for _, q := range []Query{{Text: "低保"}, {Text: ""}, {Text: "低保", Readers: []string{""}}, {Text: "低保", Readers: []string{"relie"}}} {
		if res, err := x.Search(t.Context(), q); err != nil || res.Total != 0 || len(res.Hits) != 0 {
			t.Errorf("%+v finds %+v, %v", q, res, err)
		}
	}
	res, err := x.Search(t.Context(), Query{Readers: []string{"x", "relief"}})
	if err != nil || res.Total != 1 || res.Hits[0].ID != "a/1" {
		t.Errorf("blank query: %+v, %v", res, err)
	}
}

// TestOrder: newest first over the whole range of dates, ties always alike,
// and pages that neither skip nor repeat.
func TestOrder(t *testing.T) {
	t.Parallel()
	var docs []Doc
	for i := range 900 {
		date := int64(i % 3) // 300 of each minute
		switch i {
		case 0:
			date = -dateBias * 2
		case 1:
			date = dateBias * 2
		}
		docs = append(docs, Doc{ID: fmt.Sprint("a/", i), Date: date, Texts: []string{"低保"}, Readers: everyone})
	}
	x, _ := opened(t, docs)
	for _, limit := range []int{1, 7, 0, 899, 900, 901} {
		expect(t, x, docs, Query{Text: "低保", Readers: everyone, Limit: limit})
	}
	if _, err := x.Search(t.Context(), Query{Text: "低保", Readers: everyone, After: "?"}); err != ErrCursor {
		t.Errorf("bad cursor: %v", err)
	}
}

// TestDeadline: when time runs out, what was found is kept and said to be
// partial, and the next page goes on from there.
func TestDeadline(t *testing.T) {
	t.Parallel()
	c := newCorpus(3, 100)
	docs := c.docs(0, 600)
	for i := range docs {
		docs[i].Texts = append(docs[i].Texts, "持续关注对象")
	}
	x, _ := opened(t, docs)
	ctx, cancel := context.WithCancel(t.Context())
	opens, confirm := 0, opener(docs)
	q := Query{Text: "持续关注对象", Readers: everyone, Limit: 50, Confirm: func(ctx context.Context, id string) ([]string, bool) {
		if opens++; opens == 30 {
			cancel()
		}
		return confirm(ctx, id)
	}}
	res, err := x.Search(ctx, q)
	if err != nil || !res.Partial || len(res.Hits) != 30 || res.Total != 30 || res.Next == "" {
		t.Fatalf("%d hits of %d, partial %v, %v", len(res.Hits), res.Total, res.Partial, err)
	}
	want := scan(docs, q)
	q.After = res.Next
	rest, err := x.Search(t.Context(), q)
	if err != nil || len(rest.Hits) != 50 || rest.Hits[0].ID != want[30] || !rest.Partial {
		t.Errorf("next page: %d hits, partial %v, %v", len(rest.Hits), rest.Partial, err)
	}
	res, err = x.Search(ctx, Query{Text: "低保", Readers: everyone})
	if err != nil || !res.Partial {
		t.Errorf("with the deadline past: %+v, %v", res, err)
	}
}

func TestSnippets(t *testing.T) {
	t.Parallel()
	show := func(spans []Span) string {
		var b strings.Builder
		for _, s := range spans {
			if s.Hit {
				b.WriteString("[" + s.Text + "]")
			} else {
				b.WriteString(s.Text)
			}
		}
		return b.String()
	}
	tests := []struct {
		name, q, text string
		width         int
		want          string
	}{
		{"whole", "低保", "申请低保，低 保", 40, "申请[低保]，低 保"},
		{"overlapping", "低保 保金", "低保金", 40, "[低保金]"},
		{"cut", "低保", "一二三四五六七八九十低保一二三四五六七八九十", 8, "…九十[低保]一二三四…"},
		{"at the end", "低保", "一二三四五六七八九十低保", 8, "…五六七八九十[低保]"},
		{"beyond the BMP", "𫖯", "𬍛𬭎𫖯𠅤", 40, "𬍛𬭎[𫖯]𠅤"},
		{"variation selector stays", "葛", "葛\U000E0100城", 40, "[葛\U000E0100]城"},
		{"prefix", "1381", "电话13812345678", 40, "电话[1381]2345678"},
		{"tail", "5678", "电话13812345678", 40, "电话1381234[5678]"},
		{"line break", "保", "低\n保", 40, "低 [保]"},
		{"nothing", "zxm", "张晓明来访", 3, "张晓明…"},
		{"most hits", "甲 乙", "甲一二三四五六七八九十甲乙一", 6, "…八九十[甲乙]一"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := show(Snippets(tt.q, tt.text, tt.width)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
