package record

import (
	"bytes"
	"encoding/base64"

	"jiezhen/app/register"
	"jiezhen/embedstore"
)

// way is the stretch of an index that a query walks.
type way struct {
	index string
	rng   embedstore.Range
}

// daysWalked is up to how many days a span of dates is weighed against other
// filters by what lies on each.
const daysWalked = 100

// path chooses the way: the rarest filter with an index of its own, else a span
// of dates that has one, else the order asked for; or the one on which a page
// before has gone. By a span rows come newest date first.
func (tx *Tx) path(def *register.Definition, q Query, n *narrow, gone string) (way, error) {
	if q.Sort == "due" {
		return way{index: "due"}, nil
	}
	best, out := uint64(1<<62), way{index: "all"}
	if gone == "all" {
		return out, nil
	}
	for _, s := range n.sets {
		c := n.columns[s.at]
		if !c.indexed || s.values != nil && len(s.values) != 1 || s.values == nil && q.Sort == "-" {
			continue
		}
		held, rng, err := tx.lying(def, c, s, best)
		if err != nil {
			return out, err
		}
		if c.name == gone {
			return way{c.name, rng}, nil
		}
		if held < best {
			best, out = held, way{c.name, rng}
		}
	}
	return out, nil
}

// pastDay is where a span that ends on a day stops; nil for one without end.
func pastDay(to uint64) []byte {
	if to == 0 {
		return nil
	}
	return u64(to + 1)
}

// lying is how many records a filter leaves, and where they lie. Of a span of
// dates it is told as far as that is quick: one without end, or of many days,
// counts as more than other filters leave and as less than everything.
func (tx *Tx) lying(def *register.Definition, c column, s colset, best uint64) (uint64, embedstore.Range, error) {
	for v := range s.values {
		held, err := tx.held(def, c.name, v)
		return held, embedstore.Range{Prefix: u64(v)}, err
	}
	rng := embedstore.Range{From: u64(max(s.from, 1)), To: pastDay(s.to)}
	if s.to == 0 || s.from == 0 || s.to-s.from > daysWalked {
		return 1<<62 - 1, rng, nil
	}
	sum := uint64(0)
	for day := s.from; day <= s.to && sum < best; day++ {
		held, err := tx.held(def, c.name, day)
		if err != nil {
			return 0, rng, err
		}
		sum += held
	}
	return sum, rng, nil
}

var errNoPlace = Refused(CodeInvalid, "翻页位置无效，请从第一页看起")

// placeIn reads where a page ended: in which index, and behind which entry. The
// next page goes on in that index, whatever has become rarer since.
func placeIn(after string) (index string, behind []byte, err error) {
	if after == "" {
		return "", nil, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(after)
	name, cursor, ok := bytes.Cut(raw, []byte{0})
	if err != nil || !ok || len(cursor) == 0 {
		return "", nil, errNoPlace
	}
	return string(name), cursor, nil
}

func placed(index string, cursor []byte) string {
	return base64.RawURLEncoding.EncodeToString(append(append([]byte(index), 0), cursor...))
}
