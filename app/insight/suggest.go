package insight

import (
	"cmp"
	"slices"
)

// Suggestion is one class that a text may belong to.
type Suggestion struct {
	Class  string
	Chance float64  // 0 to 1; over all classes they sum to 1
	Words  []string // pieces of the text that spoke for it most, strongest first; empty when none did
}

// Suggest gives the likeliest classes of a text, best first, at most n. A text
// in which the model knows nothing has no suggestions.
func (m *Model) Suggest(text string, n int) []Suggestion {
	x := m.words.vector(counts(text))
	if len(x) == 0 {
		return nil
	}
	score, chance := make([]float64, len(m.classes)), make([]float64, len(m.classes))
	m.scores(x, score)
	soften(score, m.sharp, chance)
	order := make([]int, len(score))
	for c := range order {
		order[c] = c
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
	var out []Suggestion
	for _, c := range order[:min(n, len(order))] {
		out = append(out, Suggestion{m.classes[c], chance[c], m.deciding(text, x, c)})
	}
	return out
}

// wordsShown is how many deciding words a suggestion names.
const wordsShown = 5

// deciding are the words of a text that spoke for a class. Neighbouring pairs
// that both spoke for it are read together: 供暖不热, not 供暖, 暖不, 不热.
func (m *Model) deciding(text string, x vector, class int) []string {
	spoke := m.spoke(x, class)
	folded := fold(text)
	type word struct {
		text   string
		weight float64
	}
	var words []word
	seen := map[string]bool{}
	take := func(from, to int, weight float64) {
		if w := string(folded[from:to]); to-from >= 2 && !seen[w] {
			seen[w] = true
			words = append(words, word{w, weight})
		}
	}
	from, weight := 0, 0.0
	for i := range folded {
		v := 0.0
		if i+1 < len(folded) {
			if id, ok := m.words.ids[pair(folded[i], folded[i+1])]; ok && folded[i] != gap && folded[i+1] != gap {
				v = spoke[id]
			}
		}
		if v > 0 && i-from < 5 {
			weight += v
			continue
		}
		if weight > 0 {
			take(from, i+1, weight)
		}
		from, weight = i, v
		if v <= 0 {
			from = i + 1
		}
	}
	slices.SortStableFunc(words, func(a, b word) int { return cmp.Compare(b.weight, a.weight) })
	var out []string
	for _, w := range words[:min(wordsShown, len(words))] {
		out = append(out, w.text)
	}
	return out
}

// spoke is what each pair of a text added to a class beyond what it added to
// the classes on the whole; small addends are left out.
func (m *Model) spoke(x vector, class int) map[int32]float64 {
	out := map[int32]float64{}
	k, most := len(m.classes), 0.0
	for _, t := range x {
		row := m.weights[int(t.id)*k:][:k]
		mean := 0.0
		for _, w := range row {
			mean += float64(w) / float64(k)
		}
		v := float64(t.weight) * (float64(row[class]) - mean)
		out[t.id] = v
		most = max(most, v)
	}
	for id, v := range out {
		if v < most/5 {
			delete(out, id)
		}
	}
	return out
}
