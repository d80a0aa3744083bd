package search

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// part is one segment as a query sees it. Segments hold disjoint documents,
// numbered from 0, and never change.
type part struct {
	seg     segment.Segment
	dict    segment.TermDictionary
	deleted *roaring.Bitmap
	slices  [keyBits]*roaring.Bitmap // of the sort key, read when needed
}

// parts are the segments of snap.
func parts(snap *scorch.IndexSnapshot) ([]*part, error) {
	var ps []*part
	for _, s := range snap.Segments() {
		dict, err := s.Segment().Dictionary(fieldTerms)
		if err != nil {
			return nil, fmt.Errorf("reading a dictionary of the search index: %w", err)
		}
		ps = append(ps, &part{seg: s.Segment(), dict: dict, deleted: s.Deleted()})
	}
	return ps, nil
}

// postings are the live documents with term. The bitmap may lie in the mapped
// file: it is read-only, and valid while the snapshot is held.
func (p *part) postings(term string) (*roaring.Bitmap, error) {
	list, err := p.dict.PostingsList([]byte(term), p.deleted, nil)
	if err != nil {
		return nil, fmt.Errorf("reading postings of the search index: %w", err)
	}
	it, ok := list.Iterator(false, false, false, nil).(segment.OptimizablePostingsIterator)
	if !ok {
		return roaring.New(), nil
	}
	if n, ok := it.DocNum1Hit(); ok {
		return roaring.BitmapOf(uint32(n)), nil
	}
	if bm := it.ActualBitmap(); bm != nil {
		return bm, nil
	}
	return roaring.New(), nil
}

// all are the documents that have every one of terms and any one of readers.
func (p *part) all(terms, readers []string) (*roaring.Bitmap, error) {
	sets := make([]*roaring.Bitmap, 0, len(terms)+1)
	for _, t := range terms {
		bm, err := p.postings(t)
		if err != nil || bm.IsEmpty() {
			return roaring.New(), err
		}
		sets = append(sets, bm)
	}
	allowed := make([]*roaring.Bitmap, 0, len(readers))
	for _, r := range readers {
		bm, err := p.postings(r)
		if err != nil {
			return nil, err
		}
		allowed = append(allowed, bm)
	}
	sets = append(sets, roaring.FastOr(allowed...))
	slices.SortFunc(sets, func(a, b *roaring.Bitmap) int {
		return cmp.Compare(a.GetCardinality(), b.GetCardinality())
	})
	found := sets[0].Clone()
	for _, s := range sets[1:] {
		found.And(s)
	}
	return found, nil
}

// slice are the documents that have bit b of the sort key set.
func (p *part) slice(b int) (*roaring.Bitmap, error) {
	if p.slices[b] == nil {
		bm, err := p.postings(sliceTerm(b))
		if err != nil {
			return nil, err
		}
		p.slices[b] = bm
	}
	return p.slices[b], nil
}

// atLeast are the documents of set whose key is key or greater.
func (p *part) atLeast(set *roaring.Bitmap, key uint64) (*roaring.Bitmap, error) {
	greater, equal := roaring.New(), set
	for b := keyBits - 1; b >= 0 && !equal.IsEmpty(); b-- {
		ones, err := p.slice(b)
		if err != nil {
			return nil, err
		}
		if key>>b&1 == 1 {
			equal = roaring.And(equal, ones)
			continue
		}
		greater.Or(roaring.And(equal, ones))
		equal = roaring.AndNot(equal, ones)
	}
	greater.Or(equal)
	return greater, nil
}

// between are the documents of set dated from (0: any) to (0: any).
func (p *part) between(set *roaring.Bitmap, from, to int64) (*roaring.Bitmap, error) {
	var err error
	if from != 0 {
		if set, err = p.atLeast(set, dateKey(from)); err != nil {
			return nil, err
		}
	}
	if to != 0 && to < dateBias-1 {
		later, err := p.atLeast(set, dateKey(to+1))
		if err != nil {
			return nil, err
		}
		set = roaring.AndNot(set, later)
	}
	return set, nil
}
