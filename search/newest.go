package search

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// leafMax documents are sorted by reading their keys; larger sets are divided.
const leafMax = 32

// place is where a document stands in the order: greater keys first, then
// lesser ids.
type place struct {
	key uint64
	id  string
}

// compare is negative when a comes before b.
func (a place) compare(b place) int {
	if c := cmp.Compare(b.key, a.key); c != 0 {
		return c
	}
	return cmp.Compare(a.id, b.id)
}

// node is a set of documents whose keys agree above bit, with the rest of the
// key still unknown. A node with without set stands for set less without,
// which is only computed when its turn comes.
type node struct {
	set, without *roaring.Bitmap
	bit          int // bits below this one are unknown
	key          uint64
}

// descent yields the documents of one part newest first, dividing only as far
// as it is asked to: a trie of the keys, walked from its newest edge.
type descent struct {
	p     *part
	after *place // only what comes behind it
	stack []node
	leaf  []place // sorted, next first
}

func newDescent(p *part, set *roaring.Bitmap, after *place) *descent {
	return &descent{p: p, after: after, stack: []node{{set: set, bit: keyBits}}}
}

// head is the next document without taking it; false at the end.
func (d *descent) head() (place, bool, error) {
	for len(d.leaf) == 0 {
		if len(d.stack) == 0 {
			return place{}, false, nil
		}
		n := d.stack[len(d.stack)-1]
		d.stack = d.stack[:len(d.stack)-1]
		if err := d.open(n); err != nil {
			return place{}, false, err
		}
	}
	return d.leaf[0], true, nil
}

// take removes the head.
func (d *descent) take() { d.leaf = d.leaf[1:] }

// open divides a node or makes it the leaf.
func (d *descent) open(n node) error {
	if d.after != nil && n.key > d.after.key {
		return nil
	}
	if n.without != nil {
		n.set = roaring.AndNot(n.set, n.without)
	}
	switch size := n.set.GetCardinality(); {
	case size == 0:
		return nil
	case n.bit == 0 || size <= leafMax:
		return d.sort(n)
	}
	bit := n.bit - 1
	ones, err := d.p.slice(bit)
	if err != nil {
		return err
	}
	newer := roaring.And(n.set, ones)
	d.stack = append(d.stack,
		node{set: n.set, without: newer, bit: bit, key: n.key},
		node{set: newer, bit: bit, key: n.key | 1<<bit})
	return nil
}

// sort makes the leaf of a small set, or of one whose keys are all the same.
func (d *descent) sort(n node) error {
	for it := n.set.Iterator(); it.HasNext(); {
		doc := it.Next()
		key, err := d.key(doc, n)
		if err != nil {
			return err
		}
		id, err := d.p.seg.DocID(uint64(doc))
		if err != nil {
			return fmt.Errorf("reading an id of the search index: %w", err)
		}
		at := place{key: key, id: string(id)}
		if d.after == nil || d.after.compare(at) < 0 {
			d.leaf = append(d.leaf, at)
		}
	}
	slices.SortFunc(d.leaf, place.compare)
	return nil
}

// key completes the key of a document in n.
func (d *descent) key(doc uint32, n node) (uint64, error) {
	key := n.key
	for b := n.bit - 1; b >= 0; b-- {
		ones, err := d.p.slice(b)
		if err != nil {
			return 0, err
		}
		if ones.Contains(doc) {
			key |= 1 << b
		}
	}
	return key, nil
}

// newest merges the descents of all parts.
type newest []*descent

// next takes the first document of all; false at the end.
func (ns newest) next() (place, bool, error) {
	var best place
	var from *descent
	for _, d := range ns {
		at, ok, err := d.head()
		if err != nil {
			return place{}, false, err
		}
		if ok && (from == nil || at.compare(best) < 0) {
			best, from = at, d
		}
	}
	if from == nil {
		return place{}, false, nil
	}
	from.take()
	return best, true, nil
}
