package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Volume is a bundle that can be read more than once.
type Volume struct {
	Name string
	Open func() (io.ReadCloser, error)
}

// FileVolume is a bundle in a folder.
func FileVolume(path string) Volume {
	return Volume{path, func() (io.ReadCloser, error) { return OpenFile(path) }}
}

// Link is a verified bundle of a chain.
type Link struct {
	Volume
	Summary
}

// VerifyVolume verifies a bundle to its end.
func VerifyVolume(ctx context.Context, v Volume) (l Link, err error) {
	r, err := v.Open()
	if err != nil {
		return l, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	s, err := Verify(ctx, r)
	if err != nil {
		return l, fmt.Errorf("%s：%w", v.Name, err)
	}
	return Link{v, s}, nil
}

// Chain verifies bundles and puts them in the order in which they build on
// one another, from the last full one given. A bundle given twice counts once;
// one that is older than the full one is left out.
func Chain(ctx context.Context, volumes []Volume) ([]Link, error) {
	var links []Link
	for _, v := range volumes {
		l, err := VerifyVolume(ctx, v)
		if err != nil {
			return nil, err
		}
		links = append(links, l)
	}
	return Order(links)
}

// Order puts verified bundles into their chain.
func Order(links []Link) ([]Link, error) {
	slices.SortStableFunc(links, func(a, b Link) int { return int(int64(a.Manifest.Sequence) - int64(b.Manifest.Sequence)) })
	links = slices.CompactFunc(links, func(a, b Link) bool { return bytes.Equal(a.Digest, b.Digest) })
	start := -1
	for i, l := range links {
		if l.Manifest.Kind == Full {
			start = i
		}
	}
	if start < 0 {
		return nil, fmt.Errorf("%w：缺少完整备份，只有增量备份", ErrChain)
	}
	links = links[start:]
	for i := 1; i < len(links); i++ {
		if err := links[i].follows(links[i-1].Summary); err != nil {
			return nil, err
		}
	}
	return links, nil
}

// follows says why a bundle does not build on another.
func (l Link) follows(last Summary) error {
	m, before := l.Manifest, last.Manifest
	switch {
	case m.Office != before.Office:
		return fmt.Errorf("%w：第 %d 号与第 %d 号不是同一个单位的", ErrChain, m.Sequence, before.Sequence)
	case m.Sequence != before.Sequence+1 && !bytes.Equal(m.Previous, last.Digest):
		return fmt.Errorf("%w：第 %d 号之后缺第 %d 号", ErrChain, before.Sequence, before.Sequence+1)
	case !bytes.Equal(m.Previous, last.Digest), m.Base != before.Base, m.From != before.To, !bytes.Equal(m.Start, before.Head):
		return fmt.Errorf("%w：第 %d 号不是接着第 %d 号做的", ErrChain, m.Sequence, before.Sequence)
	}
	return nil
}

// Follows says why a bundle does not build on the last one that is held.
func Follows(next, last Summary) error { return Link{Summary: next}.follows(last) }
