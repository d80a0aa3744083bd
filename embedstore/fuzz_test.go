package embedstore

import (
	"bytes"
	"testing"
)

// FuzzOpen feeds foreign bytes to everything that opens sealed values.
func FuzzOpen(f *testing.F) {
	s := &Store{}
	var err error
	if s.seal, err = newSealer([32]byte{1}, bytes.NewReader(make([]byte, 64))); err != nil {
		f.Fatal(err)
	}
	good, err := s.seal.seal([]byte("x"), bucketRec, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Fuzz(func(t *testing.T, data []byte) {
		if plain, err := s.seal.open(data, bucketRec, nil); err == nil && !bytes.Equal(data, good) {
			t.Errorf("opened foreign bytes to %q", plain)
		}
		_, _ = splitRec(data)
		_, _ = sniff(data)
	})
}

// FuzzDecode: whatever decodes as a record or journal header encodes again to
// something that decodes to the same bytes.
func FuzzDecode(f *testing.F) {
	f.Add(encoded(stored{Rev: 1, Body: Body{"a": text("b")}}))
	f.Add(encoded(header{Seq: 1, Kind: "save", Changes: []headChange{{Collection: "case", ID: 1}}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		again(t, data, new(stored), new(stored))
		again(t, data, new(header), new(header))
		again(t, data, new(salted), new(salted))
	})
}

func again(t *testing.T, data []byte, a, b any) {
	if Decode(data, a) != nil {
		return
	}
	once := encoded(a)
	if err := Decode(once, b); err != nil || !bytes.Equal(once, encoded(b)) {
		t.Errorf("does not come back: %v", err)
	}
}
