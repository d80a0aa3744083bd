package search

// The sort key of a document is 40 bits: 28 of minutes, 12 of a keyed hash of
// its id. Bit b of the key is the term {0, b} of the document, so the postings
// of the 40 terms are a bit-sliced index of all keys: the newest n of any set
// and any range of dates come from intersecting bitmaps, without reading a
// value for every hit. Two-byte terms never meet the five-byte hashed ones.
const (
	dateBits = 28
	tieBits  = 12
	keyBits  = dateBits + tieBits
	// dateBias lets dates from 1714 to 2225 be told apart; others clamp.
	dateBias = 1 << (dateBits - 1)
)

// sortKey is the position of a document; greater is newer.
func sortKey(minutes int64, tie uint64) uint64 {
	return dateKey(minutes) | tie
}

// dateKey is the least key of a minute.
func dateKey(minutes int64) uint64 {
	d := min(max(minutes, -dateBias), dateBias-1) + dateBias
	return uint64(d) << tieBits
}

// keyDate is the minute of a key.
func keyDate(key uint64) int64 {
	return int64(key>>tieBits) - dateBias
}

// sliceTerm is the term of bit b.
func sliceTerm(b int) string { return string([]byte{0, byte(b)}) }

// putKey adds the terms of the bits that are set in key.
func putKey(s *termSet, key uint64) {
	for b := range keyBits {
		if key>>b&1 == 1 {
			s.put(sliceTerm(b))
		}
	}
}
