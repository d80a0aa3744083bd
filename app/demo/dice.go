package demo

import "math/rand/v2"

// dice is a source of decisions that gives the same ones for the same seed.
type dice struct{ *rand.Rand }

// Streams keep what is drawn for one purpose apart from the rest, so that one
// more draw in one place does not change everything after it.
const (
	streamPeople = iota + 1
	streamFile
	streamStaff
	streamCare
	streamWords
)

// throw makes the dice of one thing: the i-th of a stream.
func throw(seed uint64, stream, i int) dice {
	return dice{rand.New(rand.NewPCG(seed, uint64(stream)<<40|uint64(i)))}
}

// chance is true p times in a hundred.
func (d dice) chance(p float64) bool { return d.Float64()*100 < p }

// from gives a whole number from a to b, both included.
func (d dice) from(a, b int) int {
	if b <= a {
		return a
	}
	return a + d.IntN(b-a+1)
}

// pick takes one of a list.
func pick[T any](d dice, list []T) T { return list[d.IntN(len(list))] }

// weighted takes the place of one of the weights, in proportion to them.
func weighted(d dice, weights []int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	n := d.IntN(sum)
	for i, w := range weights {
		if n -= w; n < 0 {
			return i
		}
	}
	return 0
}
