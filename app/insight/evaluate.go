package insight

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
)

// folds is into how many parts examples are cut: each part is judged by a
// model that has seen only the others.
const folds = 5

// Evaluation is how well the classifier does on the office's own examples.
type Evaluation struct {
	Rows      int
	Classes   []ClassScore // in the order of the confusion table
	MacroF1   float64      // mean of the classes' F1
	Accuracy  float64      // share of rows whose first suggestion was right
	Top3      float64      // share of rows with the right class among three suggestions
	Confusion [][]int      // [true][suggested]
	Left      []LeftOut    // classes with too few rows to be judged
	Same      int          // rows that say word for word what another row says
	Contrary  int          // of these, rows whose class differs from the first's
}

// ClassScore is how well one class is found.
type ClassScore struct {
	Class             string
	Rows              int
	Precision, Recall float64
	F1                float64
}

// LeftOut is a class that could not be judged.
type LeftOut struct {
	Class string
	Rows  int
}

// Evaluate judges the classifier by five-fold stratified cross-validation.
// Rows that say the same word for word stay in one fold, so that no model is
// asked what it has seen. A class of fewer than five rows is left out and
// named.
func Evaluate(examples []Example) (Evaluation, error) {
	var e Evaluation
	texts, classes := e.admit(examples)
	if len(e.Classes) < 2 {
		return e, fmt.Errorf("至少要有两个分类各有 %d 行以上，才能评测；现在够数的分类有 %d 个%s", folds, len(e.Classes), e.leftWords())
	}
	e.Rows = len(texts)
	part := e.deal(texts, classes)
	counted := make([][]tally, len(texts))
	for i, t := range texts {
		counted[i] = counts(t)
	}
	suggested, err := judge(counted, classes, part)
	if err != nil {
		return e, err
	}
	e.score(classes, suggested)
	return e, nil
}

// admit sorts out what can be judged.
func (e *Evaluation) admit(examples []Example) (texts, classes []string) {
	of := map[string]int{}
	for _, x := range examples {
		of[x.Class]++
	}
	for class, n := range of {
		if n < folds {
			e.Left = append(e.Left, LeftOut{class, n})
			continue
		}
		e.Classes = append(e.Classes, ClassScore{Class: class, Rows: n})
	}
	slices.SortFunc(e.Left, func(a, b LeftOut) int { return cmp.Compare(a.Class, b.Class) })
	slices.SortFunc(e.Classes, func(a, b ClassScore) int { return cmp.Or(b.Rows-a.Rows, cmp.Compare(a.Class, b.Class)) })
	for _, x := range examples {
		if of[x.Class] >= folds {
			texts, classes = append(texts, x.Text), append(classes, x.Class)
		}
	}
	return texts, classes
}

func (e *Evaluation) leftWords() string {
	if len(e.Left) == 0 {
		return ""
	}
	var names []string
	for _, l := range e.Left[:min(6, len(e.Left))] {
		names = append(names, fmt.Sprintf("“%s”%d 行", l.Class, l.Rows))
	}
	more := ""
	if len(e.Left) > len(names) {
		more = "等"
	}
	return fmt.Sprintf("（行数不够的：%s%s）", strings.Join(names, "、"), more)
}

// deal gives each row its fold: each class is shuffled and dealt round.
func (e *Evaluation) deal(texts, classes []string) []int {
	first, distinct := map[string]int{}, map[string]int{}
	for i, t := range texts {
		if _, again := first[t]; !again {
			first[t] = i
			distinct[classes[i]]++
		}
	}
	part, by, twin := make([]int, len(texts)), map[string][]int{}, map[int]int{}
	for i, t := range texts {
		at := first[t]
		if at != i {
			if e.Same++; classes[at] != classes[i] {
				e.Contrary++
			}
			if distinct[classes[i]] >= folds { // else a fold would have to do without the class
				twin[i] = at
				continue
			}
		}
		by[classes[i]] = append(by[classes[i]], i)
	}
	next, random := 0, rand.New(rand.NewPCG(5, 12345))
	for _, c := range e.Classes {
		rows := by[c.Class]
		random.Shuffle(len(rows), func(a, b int) { rows[a], rows[b] = rows[b], rows[a] })
		for _, i := range rows {
			part[i] = next % folds
			next++
		}
	}
	for i, at := range twin {
		part[i] = part[at]
	}
	return part
}

// judge gives each row's three first suggestions by the model of the other
// folds; two folds are worked on at a time.
func judge(texts [][]tally, classes []string, part []int) ([][]string, error) {
	out := make([][]string, len(texts))
	failed := make([]error, folds)
	var running sync.WaitGroup
	room := make(chan struct{}, 2)
	for f := range folds {
		running.Add(1)
		room <- struct{}{}
		go func() {
			defer func() { <-room; running.Done() }()
			failed[f] = judgeFold(texts, classes, part, f, out)
		}()
	}
	running.Wait()
	for _, err := range failed {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func judgeFold(texts [][]tally, classes []string, part []int, f int, out [][]string) error {
	var seen []int
	for i, p := range part {
		if p != f {
			seen = append(seen, i)
		}
	}
	m, err := newModel(pick(texts, seen), pick(classes, seen))
	if err != nil {
		return err
	}
	score := make([]float64, len(m.classes))
	for i, p := range part {
		if p == f {
			out[i] = m.first(texts[i], 3, score)
		}
	}
	return nil
}

// first are the n best classes of a text.
func (m *Model) first(text []tally, n int, score []float64) []string {
	m.scores(m.words.vector(text), score)
	order := slices.Clone(m.classes)
	slices.SortStableFunc(order, func(a, b string) int {
		i, _ := slices.BinarySearch(m.classes, a)
		j, _ := slices.BinarySearch(m.classes, b)
		return cmp.Compare(score[j], score[i])
	})
	return order[:min(n, len(order))]
}

// score counts what was right.
func (e *Evaluation) score(classes []string, suggested [][]string) {
	at := map[string]int{}
	for i, c := range e.Classes {
		at[c.Class] = i
		e.Confusion = append(e.Confusion, make([]int, len(e.Classes)))
	}
	for i, c := range classes {
		e.Confusion[at[c]][at[suggested[i][0]]]++
		if suggested[i][0] == c {
			e.Accuracy += 1 / float64(len(classes))
		}
		if slices.Contains(suggested[i], c) {
			e.Top3 += 1 / float64(len(classes))
		}
	}
	for c := range e.Classes {
		s := &e.Classes[c]
		right, said := e.Confusion[c][c], 0
		for _, row := range e.Confusion {
			said += row[c]
		}
		s.Recall = float64(right) / float64(s.Rows)
		if said > 0 {
			s.Precision = float64(right) / float64(said)
		}
		s.F1 = 2 * float64(right) / float64(s.Rows+said)
		e.MacroF1 += s.F1 / float64(len(e.Classes))
	}
}
