package insight

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// Index finds texts that say nearly the same as one at hand: duplicates while
// an order is being typed, and past cases that were like it. Texts are
// compared by the cosine of their TF-IDF pairs of characters. It is safe for
// use by many at once.
type Index struct {
	// Most bounds how many texts are kept, those that came or changed last; 0: all.
	Most int

	mu    sync.RWMutex
	old   int // no text that is kept stands before
	ids   []uint64
	at    map[uint64]int32
	grams [][]tally
	size  []float64 // length of each text's vector, by the frequencies of today
	fresh int       // how many texts the lengths were worked out for
	in    map[gram][]posting
}

type posting struct {
	text  int32
	times float32
}

// NewIndex makes an empty index.
func NewIndex() *Index { return &Index{at: map[uint64]int32{}, in: map[gram][]posting{}} }

// Len is how many texts are in the index.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.at)
}

// Put takes in a text under an identity, in place of what stood under it.
func (x *Index) Put(id uint64, text string) {
	grams := pairs(text)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.drop(id)
	n := int32(len(x.ids))
	x.ids, x.grams, x.at[id] = append(x.ids, id), append(x.grams, grams), n
	for _, g := range grams {
		x.in[g.gram] = append(x.in[g.gram], posting{n, g.times})
	}
	if x.Most > 0 && len(x.at) > x.Most {
		x.forget()
	}
}

// forget drops the text that has not changed for the longest.
func (x *Index) forget() {
	for ; x.old < len(x.ids); x.old++ {
		id := x.ids[x.old]
		if at, ok := x.at[id]; ok && at == int32(x.old) {
			x.drop(id)
			return
		}
	}
}

// Drop takes a text out.
func (x *Index) Drop(id uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.drop(id)
}

func (x *Index) drop(id uint64) {
	n, ok := x.at[id]
	if !ok {
		return
	}
	for _, g := range x.grams[n] {
		x.in[g.gram] = slices.DeleteFunc(x.in[g.gram], func(p posting) bool { return p.text == n })
	}
	delete(x.at, id)
	x.grams[n] = nil
}

// pairs are the pairs of characters of a text, in order.
func pairs(text string) []tally {
	folded := fold(text)
	if len(folded) > readAtMost {
		folded = folded[:readAtMost]
	}
	all := make([]gram, 0, len(folded))
	eachGram(folded, false, func(_ int, g gram) { all = append(all, g) })
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

// frequencies are in how many texts each pair stands, of how many.
func (x *Index) frequencies(grams []tally) (in []int, of int) {
	in = make([]int, len(grams))
	if x == nil {
		return in, 0
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	for i, g := range grams {
		in[i] = len(x.in[g.gram])
	}
	return in, len(x.at)
}

// Near is a text of the index that is like the one asked about.
type Near struct {
	ID       uint64
	Likeness float64 // 0 to 1; 1 says the same
}

// Likenesses from which a text is worth showing.
const (
	LikelySame = 0.60 // says the same: probably reported twice
	Similar    = 0.10 // is about the same kind of trouble
)

// Near finds the n texts that are most like one, from a likeness on, likest
// first. skip, when not nil, leaves texts out.
func (x *Index) Near(text string, n int, least float64, skip func(id uint64) bool) []Near {
	query := pairs(text)
	x.mu.Lock()
	x.measure()
	x.mu.Unlock()
	x.mu.RLock()
	defer x.mu.RUnlock()
	sums, length := make([]float64, len(x.ids)), 0.0
	for _, g := range query {
		in := x.in[g.gram]
		rare := rarity(len(in), len(x.at))
		w := often(g.times) * rare
		length += w * w
		for _, p := range in {
			sums[p.text] += w * rare * often(p.times)
		}
	}
	var out []Near
	for t, sum := range sums {
		if sum == 0 {
			continue
		}
		if size := x.sizeOf(int32(t)); size > 0 && length > 0 {
			if c := sum / math.Sqrt(length) / size; c >= least && (skip == nil || !skip(x.ids[t])) {
				out = append(out, Near{x.ids[t], min(c, 1)})
			}
		}
	}
	slices.SortFunc(out, func(a, b Near) int { return cmp.Or(cmp.Compare(b.Likeness, a.Likeness), cmp.Compare(b.ID, a.ID)) })
	return out[:min(n, len(out))]
}

// weigh is the TF-IDF weight of a pair that stands so often in a text, and in
// so many of all texts.
func weigh(times float32, in, all int) float64 { return often(times) * rarity(in, all) }

// often weighs how often a pair stands in one text: mostly once.
func often(times float32) float64 {
	if times == 1 {
		return 1
	}
	return 1 + math.Log(float64(times))
}

// rarity weighs in how many of all texts a pair stands.
func rarity(in, all int) float64 { return math.Log(float64(1+all)/float64(1+in)) + 1 }

// holesLeast is how many texts must have been dropped before the index is closed
// up.
const holesLeast = 1000

// closeUp gives the texts new places without the holes that changed and dropped
// texts have left.
func (x *Index) closeUp() {
	ids, grams := x.ids, x.grams
	x.ids, x.grams, x.in, x.fresh, x.size = nil, nil, map[gram][]posting{}, 0, nil
	x.old = 0
	for old, id := range ids {
		if at, ok := x.at[id]; !ok || at != int32(old) {
			continue
		}
		n := int32(len(x.ids))
		x.ids, x.grams, x.at[id] = append(x.ids, id), append(x.grams, grams[old]), n
		for _, g := range grams[old] {
			x.in[g.gram] = append(x.in[g.gram], posting{n, g.times})
		}
	}
}

// measure works the lengths out anew when the index has grown by a tenth:
// frequencies shift slowly.
func (x *Index) measure() {
	if len(x.ids) > 2*len(x.at)+holesLeast {
		x.closeUp()
	}
	if len(x.ids)-x.fresh <= x.fresh/10 {
		return
	}
	x.size = make([]float64, len(x.ids))
	for t := range x.ids {
		x.size[t] = x.length(int32(t))
	}
	x.fresh = len(x.ids)
}

func (x *Index) sizeOf(t int32) float64 {
	if int(t) < len(x.size) {
		return x.size[t]
	}
	return x.length(t)
}

func (x *Index) length(t int32) float64 {
	sum := 0.0
	for _, g := range x.grams[t] {
		w := weigh(g.times, len(x.in[g.gram]), len(x.at))
		sum += w * w
	}
	return math.Sqrt(sum)
}
