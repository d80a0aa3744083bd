package insight

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Example is a text whose class a person has decided.
type Example struct {
	Text  string
	Class string
}

// Model is a trained classifier. It is safe for use by many at once.
type Model struct {
	classes []string
	words   *vocabulary
	weights []float32 // one row of len(classes) for each feature, the last the bias
	sharp   float64   // factor of scores before they become probabilities
	rows    int
}

// Classes are the classes that a model knows, in order.
func (m *Model) Classes() []string { return slices.Clone(m.classes) }

// Rows is how many examples it has learned from.
func (m *Model) Rows() int { return m.rows }

// The recipe; see the package comment for what else was tried.
const (
	cost        = 1.0  // of a slack, times the class's balance
	bayesShare  = 0.2  // of complement naive Bayes in the weights
	smoothing   = 0.1  // of complement naive Bayes
	maxPasses   = 20   // over the examples
	settled     = 1e-3 // largest step at which the solution stands
	stepsBudget = 8e8  // multiplications of one training, so that it ends
	trialRows   = 2500 // about how many rows the sharpness is fitted on
	weightsMost = 24_000_000
)

// Train learns from examples. It refuses fewer than two classes; what is
// learned depends on the examples and their order alone.
func Train(examples []Example) (*Model, error) {
	texts := make([][]tally, len(examples))
	classes := make([]string, len(examples))
	for i, e := range examples {
		texts[i], classes[i] = counts(e.Text), e.Class
	}
	return train(texts, classes)
}

// train fits a model, and on a fifth of the rows held out how sharp its
// scores are; of many rows every so manieth is enough for that.
func train(texts [][]tally, classes []string) (*Model, error) {
	var fit, held []int
	every := 1 + len(texts)/trialRows
	for i := 0; i < len(texts); i += every {
		if i/every%5 == 4 {
			held = append(held, i)
			continue
		}
		fit = append(fit, i)
	}
	m, err := newModel(texts, classes)
	if err != nil {
		return nil, err
	}
	m.sharp = 2
	if trial, err := newModel(pick(texts, fit), pick(classes, fit)); err == nil && len(held) >= 20 {
		m.sharp = trial.sharpness(pick(texts, held), pick(classes, held))
	}
	return m, nil
}

func pick[T any](from []T, at []int) []T {
	out := make([]T, len(at))
	for i, n := range at {
		out[i] = from[n]
	}
	return out
}

func newModel(texts [][]tally, classes []string) (*Model, error) {
	m := &Model{classes: slices.Compact(slices.Sorted(slices.Values(classes))), rows: len(texts), sharp: 1}
	if len(m.classes) < 2 {
		return nil, fmt.Errorf("训练至少要有两个分类，现在只有 %d 个", len(m.classes))
	}
	m.words = newVocabulary(texts, weightsMost/len(m.classes))
	s := newSolver(m, texts, classes)
	s.solve()
	s.addBayes()
	return m, nil
}

// solver finds the weights of a model: for each class the L2-regularised
// squared-hinge machine against all others, by coordinate descent in the dual.
// All classes share one walk over the examples.
type solver struct {
	m      *Model
	x      []vector
	y      []int
	square []float64 // length² of each example with its bias
	bound  []float64 // 1/(2C) of each class's own examples
	dual   []float64
	bias   int // where the bias row begins
}

func newSolver(m *Model, texts [][]tally, classes []string) *solver {
	k := len(m.classes)
	s := &solver{m: m, x: make([]vector, len(texts)), y: make([]int, len(texts)), square: make([]float64, len(texts)),
		dual: make([]float64, len(texts)*k), bound: make([]float64, k), bias: len(m.words.idf) * k}
	m.weights = make([]float32, s.bias+k)
	of := make([]int, k)
	for i, t := range texts {
		s.x[i] = m.words.vector(t)
		s.y[i], _ = slices.BinarySearch(m.classes, classes[i])
		of[s.y[i]]++
		s.square[i] = 1
		if len(s.x[i]) > 0 {
			s.square[i] = 2
		}
	}
	for c, n := range of {
		s.bound[c] = 1 / (2 * cost * float64(len(texts)) / float64(k*n))
	}
	return s
}

// solve walks over the examples in changing order until steps are small or
// the budget is spent.
func (s *solver) solve() {
	size := 0
	for _, x := range s.x {
		size += len(x) + 1
	}
	passes := max(4, min(maxPasses, int(stepsBudget/float64(2*size*len(s.m.classes)+1))))
	random := rand.New(rand.NewPCG(1, 2))
	order := random.Perm(len(s.x))
	score, step := make([]float64, len(s.m.classes)), make([]float32, len(s.m.classes))
	for range passes {
		random.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
		largest := 0.0
		for _, i := range order {
			largest = max(largest, s.visit(i, score, step))
		}
		if largest < settled {
			return
		}
	}
}

// visit makes one example's best step for every class; it gives the largest.
func (s *solver) visit(i int, score []float64, step []float32) float64 {
	s.m.scores(s.x[i], score)
	k, largest := len(score), 0.0
	for c := range score {
		side, bound := -1.0, 1/(2*cost)
		if s.y[i] == c {
			side, bound = 1, s.bound[c]
		}
		a := &s.dual[i*k+c]
		next := max(0, *a-(side*score[c]-1+*a*bound)/(s.square[i]+bound))
		step[c] = float32((next - *a) * side)
		largest, *a = max(largest, math.Abs(next-*a)), next
	}
	if largest > 1e-9 {
		for _, t := range s.x[i] {
			row := s.m.weights[int(t.id)*k:][:k]
			for c, d := range step {
				row[c] += t.weight * d
			}
		}
		for c, d := range step {
			s.m.weights[s.bias+c] += d
		}
	}
	return largest
}

// addBayes adds a share of complement naive Bayes: how little a gram belongs
// to all the other classes.
func (s *solver) addBayes() {
	k, features := len(s.m.classes), len(s.m.words.idf)
	total, own, of, all := make([]float64, features), make([]float64, features*k), make([]float64, k), 0.0
	for i, x := range s.x {
		for _, t := range x {
			w := float64(t.weight)
			total[t.id] += w
			own[int(t.id)*k+s.y[i]] += w
			of[s.y[i]] += w
			all += w
		}
	}
	row := make([]float64, k)
	for f := range features {
		mean := 0.0
		for c := range row {
			row[c] = -math.Log((total[f] - own[f*k+c] + smoothing) / (all - of[c] + smoothing*float64(features)))
			mean += row[c] / float64(k)
		}
		for c := range row {
			s.m.weights[f*k+c] += float32(bayesShare * (row[c] - mean))
		}
	}
}

// scores are the classes' scores of a vector.
func (m *Model) scores(x vector, out []float64) {
	k := len(out)
	for c, w := range m.weights[len(m.weights)-k:] {
		out[c] = float64(w)
	}
	for _, t := range x {
		row := m.weights[int(t.id)*k:][:k]
		w := float64(t.weight)
		for c, v := range row {
			out[c] += w * float64(v)
		}
	}
}

// sharpness is the factor with which the scores of rows held out become the
// most likely probabilities.
func (m *Model) sharpness(texts [][]tally, classes []string) float64 {
	best, most := 2.0, math.Inf(-1)
	score, chance := make([]float64, len(m.classes)), make([]float64, len(m.classes))
	for sharp := 0.5; sharp < 12; sharp *= 1.25 {
		sum := 0.0
		for i, t := range texts {
			c, known := slices.BinarySearch(m.classes, classes[i])
			if !known {
				continue
			}
			m.scores(m.words.vector(t), score)
			soften(score, sharp, chance)
			sum += math.Log(max(chance[c], 1e-9))
		}
		if sum > most {
			best, most = sharp, sum
		}
	}
	return best
}

// soften makes probabilities of scores.
func soften(score []float64, sharp float64, out []float64) {
	top, sum := slices.Max(score), 0.0
	for c, s := range score {
		out[c] = math.Exp((s - top) * sharp)
		sum += out[c]
	}
	for c := range out {
		out[c] /= sum
	}
}
