package insight

// Overlap is what share of the shorter text's pairs of characters stand in the
// other text too, 0 to 1: for two texts alone, when there is no office to weigh
// words by.
func Overlap(a, b string) float64 {
	x, y := pairs(a), pairs(b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	in := map[gram]bool{}
	for _, g := range x {
		in[g.gram] = true
	}
	both := 0
	for _, g := range y {
		both += count(in[g.gram])
	}
	return float64(both) / float64(min(len(x), len(y)))
}
