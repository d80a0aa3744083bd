package insight

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestEvaluationHoldsItsMark(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		rows       int
		f1, atMost float64 // one row in twenty is of another class: nobody gets them all
	}{
		"500":  {500, 0.75, 0.99},
		"1400": {1400, 0.82, 0.99},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := Evaluate(orders(tc.rows, 7))
			if err != nil {
				t.Fatal(err)
			}
			if e.MacroF1 < tc.f1 || e.MacroF1 > tc.atMost || e.Top3 < 0.95 {
				t.Errorf("macro-F1 %.3f, top-3 %.3f", e.MacroF1, e.Top3)
			}
			sum := 0
			for _, row := range e.Confusion {
				for _, n := range row {
					sum += n
				}
			}
			if sum != tc.rows || e.Rows != tc.rows {
				t.Errorf("%d rows judged, %d counted", sum, e.Rows)
			}
		})
	}
}

// Shuffled classes must not be learned: then the folds would leak.
func TestEvaluationDoesNotSeeItsAnswers(t *testing.T) {
	t.Parallel()
	rows := orders(600, 3)
	for i := range rows {
		rows[i].Class = rows[(i*7+3)%len(rows)].Class
	}
	rows = append(rows, rows[:200]...) // word for word the same
	e, err := Evaluate(rows)
	if err != nil {
		t.Fatal(err)
	}
	if e.MacroF1 > 0.3 {
		t.Errorf("macro-F1 %.3f on classes drawn by lot", e.MacroF1)
	}
	if e.Same < 200 {
		t.Errorf("%d rows the same", e.Same)
	}
}

func TestEvaluationIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	var first, second bytes.Buffer
	for _, w := range []*bytes.Buffer{&first, &second} {
		e, err := Evaluate(orders(300, 9))
		if err == nil {
			err = e.Write(w)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if first.String() != second.String() {
		t.Error("two runs differ")
	}
	if line, _, _ := strings.Cut(first.String(), "\n"); len(line) != len("macro-F1 0.xxx") || !strings.HasPrefix(line, "macro-F1 0.") {
		t.Errorf("first line %q", line)
	}
}

func TestClassesWithTooFewRows(t *testing.T) {
	t.Parallel()
	rows := append(orders(200, 4), Example{"装修执照怎么办", "稀有"}, Example{"门牌丢了", "稀有"})
	rows = slices.DeleteFunc(rows, func(e Example) bool { return e.Class == "教育文体" })
	e, err := Evaluate(rows)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(e.Left, []LeftOut{{"稀有", 2}}) {
		t.Errorf("left out: %v", e.Left)
	}
	for _, c := range e.Classes {
		if c.Class == "稀有" {
			t.Error("two rows are judged in five folds")
		}
	}
	_, err = Evaluate([]Example{{"路灯不亮", "市政"}, {"路灯不亮了", "市政"}, {"电梯坏", "物业"}})
	if err == nil || !strings.Contains(err.Error(), "“市政”2 行") {
		t.Errorf("three rows: %v", err)
	}
	if _, err := Evaluate(nil); err == nil {
		t.Error("no rows are judged")
	}
}

func TestSuggestionsNameTheWordsThatDecided(t *testing.T) {
	t.Parallel()
	m, err := Train(orders(500, 1))
	if err != nil {
		t.Fatal(err)
	}
	got := m.Suggest("滨河小区７号楼暖气不热，家里室温只有１５度", 3)
	if len(got) != 3 || got[0].Class != "供暖供水" || got[0].Chance < got[1].Chance {
		t.Fatalf("suggested %+v", got)
	}
	if words := strings.Join(got[0].Words, " "); !strings.Contains(words, "暖气") && !strings.Contains(words, "室温") {
		t.Errorf("decided by %q", got[0].Words)
	}
	if got[0].Chance <= 1/float64(len(m.Classes())) || got[0].Chance > 1 {
		t.Errorf("chance %v", got[0].Chance)
	}
	if half := m.Suggest("滨河小区7号楼暖气不热,家里室温只有15度", 3); !reflect.DeepEqual(half, got) {
		t.Error("full and half width are not the same")
	}
	for _, unknown := range []string{"", "，。！", "zzz"} {
		if s := m.Suggest(unknown, 3); s != nil {
			t.Errorf("%q is suggested %+v", unknown, s)
		}
	}
}

// An office that writes one phrase for every order of a class is judged all
// the same.
func TestClassesThatAlwaysSayTheSame(t *testing.T) {
	t.Parallel()
	var rows []Example
	for range 12 {
		rows = append(rows, Example{"暖气不热", "供暖"}, Example{"路灯不亮", "市政"})
	}
	e, err := Evaluate(rows)
	if err != nil || e.MacroF1 != 1 {
		t.Errorf("macro-F1 %v, %v", e.MacroF1, err)
	}
}

func TestTrainRefusesOneClass(t *testing.T) {
	t.Parallel()
	if _, err := Train([]Example{{"路灯不亮", "市政"}}); err == nil {
		t.Error("one class is learned")
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"１２３号楼，Ａ座！！":         "0号楼 a座",
		"  \n\t":             "",
		"13800138000 和 2026": "0 和 0",
		"路灯…不亮":              "路灯 不亮",
	} {
		if got := string(fold(in)); got != want {
			t.Errorf("%q folds to %q", in, got)
		}
	}
}

func FuzzSuggest(f *testing.F) {
	m, err := Train(orders(200, 1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add("来电人反映，路灯不亮")
	f.Add("\ufffd\u0301\x00𠮷野家")
	f.Fuzz(func(t *testing.T, text string) {
		sum := 0.0
		for _, s := range m.Suggest(text, 99) {
			sum += s.Chance
			for _, w := range s.Words {
				if !strings.Contains(string(fold(text)), w) {
					t.Errorf("%q does not stand in the text", w)
				}
			}
		}
		if sum != 0 && (sum < 0.999 || sum > 1.001) {
			t.Errorf("chances sum to %v", sum)
		}
	})
}

// BenchmarkTrain learns from 10,000 orders.
func BenchmarkTrain(b *testing.B) {
	rows := orders(10_000, 1)
	for b.Loop() {
		if _, err := Train(rows); err != nil {
			b.Fatal(err)
		}
	}
}
