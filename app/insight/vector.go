package insight

import (
	"cmp"
	"math"
	"slices"
)

// term is one feature of a vector.
type term struct {
	id     int32
	weight float32
}

// vector is a text as features, by id.
type vector []term

// unit brings a vector to length one.
func (v vector) unit() vector {
	sum := 0.0
	for _, t := range v {
		sum += float64(t.weight) * float64(t.weight)
	}
	if sum == 0 {
		return v
	}
	by := float32(1 / math.Sqrt(sum))
	for i := range v {
		v[i].weight *= by
	}
	return v
}

// Bounds of what is read of a text: orders are short, and a pasted law must
// not drown them.
const (
	readAtMost = 2000 // characters
	leadSize   = 60   // characters at the beginning that count twice
)

// vocabulary numbers the grams of the training texts.
type vocabulary struct {
	ids map[gram]int32
	idf []float64
}

// tally is how often a gram stands in a text.
type tally struct {
	gram  gram
	times float32
}

// counts are the grams of a text, in order.
func counts(text string) []tally {
	folded := fold(text)
	if len(folded) > readAtMost {
		folded = folded[:readAtMost]
	}
	all := make([]gram, 0, 2*len(folded)+2*leadSize)
	eachGram(folded, true, func(at int, g gram) {
		if all = append(all, g); at < leadSize {
			all = append(all, g)
		}
	})
	slices.Sort(all)
	var out []tally
	for i, g := range all {
		if i == 0 || g != all[i-1] {
			out = append(out, tally{g, 0})
		}
		out[len(out)-1].times++
	}
	return slices.Clip(out)
}

// leastTexts is how many texts a gram must stand in to be a feature.
const leastTexts = 2

// newVocabulary takes the grams of several texts, at most limit: those in the
// most texts. The order of ids is that of the grams, so that it is the same on
// every run.
func newVocabulary(texts [][]tally, limit int) *vocabulary {
	in := map[gram]int{}
	for _, t := range texts {
		for _, c := range t {
			in[c.gram]++
		}
	}
	grams := make([]gram, 0, len(in)/2)
	for g, n := range in {
		if n >= leastTexts {
			grams = append(grams, g)
		}
	}
	if len(grams) > limit {
		slices.SortFunc(grams, func(a, b gram) int { return cmp.Or(in[b]-in[a], cmp.Compare(a, b)) })
		grams = grams[:limit]
	}
	slices.Sort(grams)
	v := &vocabulary{ids: make(map[gram]int32, len(grams)), idf: make([]float64, len(grams))}
	for i, g := range grams {
		v.ids[g] = int32(i)
		v.idf[i] = math.Log(float64(1+len(texts))/float64(1+in[g])) + 1
	}
	return v
}

// vector is a text's TF-IDF vector of length one.
func (v *vocabulary) vector(text []tally) vector {
	out := make(vector, 0, len(text))
	for _, c := range text { // grams and ids have one order
		if id, ok := v.ids[c.gram]; ok {
			out = append(out, term{id, float32((1 + math.Log(float64(c.times))) * v.idf[id])})
		}
	}
	return out.unit()
}
