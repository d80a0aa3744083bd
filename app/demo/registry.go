package demo

import (
	"fmt"

	"jiezhen/app/value"
)

// GB/T 2261.1.
const (
	male   = "1"
	female = "2"
)

// The range of sequence numbers that the district never gives to anybody
// (facts E). Men have odd numbers, women even ones.
const (
	district  = "110109"
	firstUsed = 901
	lastUsed  = 984
)

// registry gives out identity numbers of the fictional range, each once.
type registry struct{ taken map[value.Date][2]uint64 }

func newRegistry() registry { return registry{map[value.Date][2]uint64{}} }

// take marks a number of the samples as given.
func (r registry) take(number string) {
	birth := value.Date(number[6:10] + "-" + number[10:12] + "-" + number[12:14])
	seq := 0
	for _, c := range number[14:17] {
		seq = 10*seq + int(c-'0')
	}
	r.mark(birth, seq-firstUsed)
}

func (r registry) mark(birth value.Date, k int) {
	bits := r.taken[birth]
	bits[k/64] |= 1 << (k % 64)
	r.taken[birth] = bits
}

func (r registry) free(birth value.Date, k int) bool {
	return r.taken[birth][k/64]&(1<<(k%64)) == 0
}

// give draws a number for someone of this sex born on or, when all of that
// day are given, on the last day before.
func (r registry) give(d dice, birth value.Date, sex string) (number string, born value.Date) {
	const many = lastUsed - firstUsed + 1
	for ; ; birth = birth.AddDays(-1) {
		start := d.IntN(many)
		for i := range many {
			k := (start + i) % many
			odd := (firstUsed+k)%2 == 1
			if odd != (sex == male) || !r.free(birth, k) {
				continue
			}
			r.mark(birth, k)
			first := fmt.Sprintf("%s%04d%02d%02d%03d", district, birth.Year(), birth.Month(), birth.Day(), firstUsed+k)
			return first + string(value.CheckDigit(first)), birth
		}
	}
}

// phone draws a number of the exchange that rings nowhere.
func phone(d dice) string { return fmt.Sprintf("010-0000%04d", d.IntN(10000)) }
