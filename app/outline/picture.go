package outline

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Tile is one area of a picture.
type Tile struct {
	Key  uint64
	Path string // SVG path
	At   Point  // where its label stands
}

// Picture is areas laid out in a box from 0,0 to Width,Height.
type Picture struct {
	Width, Height int
	Tiles         []Tile
}

// pictureWidth is how wide pictures are, in their own units.
const pictureWidth = 1000

// margin is left free around a picture.
const margin = 10

// Draw lays shapes out as they lie on the ground, north above.
func Draw(keys []uint64, shapes map[uint64]Shape) Picture {
	low, high := Point{math.Inf(1), math.Inf(1)}, Point{math.Inf(-1), math.Inf(-1)}
	for _, s := range shapes {
		for _, r := range s {
			for _, p := range r {
				low = Point{min(low.X, p.X), min(low.Y, p.Y)}
				high = Point{max(high.X, p.X), max(high.Y, p.Y)}
			}
		}
	}
	if low.X > high.X {
		return Picture{Width: pictureWidth, Height: 2 * margin}
	}
	narrow := math.Cos((low.Y + high.Y) / 2 * math.Pi / 180) // degrees of longitude are shorter than those of latitude
	wide, tall := max((high.X-low.X)*narrow, 1e-9), max(high.Y-low.Y, 1e-9)
	scale := (pictureWidth - 2*margin) / wide
	if tall*scale > 1.2*pictureWidth {
		scale = 1.2 * pictureWidth / tall
	}
	out := Picture{Width: pictureWidth, Height: int(tall*scale) + 2*margin}
	to := func(p Point) Point {
		return Point{margin + (p.X-low.X)*narrow*scale, margin + (high.Y-p.Y)*scale}
	}
	for _, k := range keys {
		if s, ok := shapes[k]; ok && len(s) > 0 {
			out.Tiles = append(out.Tiles, Tile{k, path(s, to), middle(s, to)})
		}
	}
	return out
}

func path(s Shape, to func(Point) Point) string {
	var b strings.Builder
	for _, r := range s {
		for i, p := range r {
			q := to(p)
			fmt.Fprintf(&b, "%s%.1f %.1f", map[bool]string{true: "M", false: "L"}[i == 0], q.X, q.Y)
		}
		b.WriteString("Z")
	}
	return b.String()
}

// middle is where a label fits: the centre of the largest ring, or a point of
// the shape where the centre lies outside.
func middle(s Shape, to func(Point) Point) Point {
	ring := slices.MaxFunc(s, func(a, b Ring) int { return int(math.Copysign(1, area(a)-area(b))) })
	var sum Point
	for _, p := range ring {
		sum = Point{sum.X + p.X, sum.Y + p.Y}
	}
	n := float64(len(ring))
	return to(Point{sum.X / n, sum.Y / n})
}

func area(r Ring) float64 {
	sum := 0.0
	for i, a := range r {
		b := r[(i+1)%len(r)]
		sum += a.X*b.Y - b.X*a.Y
	}
	return math.Abs(sum)
}

// Node is an area without an outline, and what lies beside it.
type Node struct {
	Key  uint64
	Near []uint64
}

// Arrange lays areas without outlines out as squares, neighbours side by side
// as far as it goes; the rest in the order given. It is a scheme, not a map.
func Arrange(nodes []Node) Picture {
	at, taken := map[uint64][2]int{}, map[[2]int]bool{}
	put := func(key uint64, where [2]int) { at[key], taken[where] = where, true }
	known := map[uint64]Node{}
	for _, n := range nodes {
		known[n.Key] = n
	}
	columns := max(1, int(math.Ceil(math.Sqrt(float64(len(nodes))*1.6))))
	next := 0
	for _, n := range nodes {
		if _, ok := at[n.Key]; ok {
			continue
		}
		for taken[[2]int{next % columns, next / columns}] {
			next++
		}
		put(n.Key, [2]int{next % columns, next / columns})
		spread(n.Key, known, at, taken, columns)
	}
	return squares(nodes, at)
}

// spread places the neighbours of an area around it, and theirs around them.
func spread(from uint64, known map[uint64]Node, at map[uint64][2]int, taken map[[2]int]bool, columns int) {
	queue := []uint64{from}
	for len(queue) > 0 {
		n := known[queue[0]]
		queue = queue[1:]
		for _, k := range n.Near {
			if _, ok := known[k]; !ok {
				continue
			}
			if _, ok := at[k]; ok {
				continue
			}
			where := beside(at[n.Key], taken, columns)
			at[k], taken[where] = where, true
			queue = append(queue, k)
		}
	}
}

// beside is the nearest free square.
func beside(from [2]int, taken map[[2]int]bool, columns int) [2]int {
	for reach := 1; ; reach++ {
		best, far := [2]int{}, math.MaxInt
		for dx := -reach; dx <= reach; dx++ {
			for dy := -reach; dy <= reach; dy++ {
				w := [2]int{from[0] + dx, from[1] + dy}
				d := 1000*(dx*dx+dy*dy) + w[0]*w[0] + w[1]*w[1] // of squares as near, the one that keeps the picture small
				if w[0] >= 0 && w[1] >= 0 && w[0] < columns && !taken[w] && d < far {
					best, far = w, d
				}
			}
		}
		if far < math.MaxInt {
			return best
		}
	}
}

// squares draws what was arranged.
func squares(nodes []Node, at map[uint64][2]int) Picture {
	columns, rows := 1, 1
	for _, w := range at {
		columns, rows = max(columns, w[0]+1), max(rows, w[1]+1)
	}
	size := (pictureWidth - 2*margin) / columns
	out := Picture{Width: pictureWidth, Height: rows*size + 2*margin}
	for _, n := range nodes {
		w := at[n.Key]
		x, y := margin+w[0]*size, margin+w[1]*size
		out.Tiles = append(out.Tiles, Tile{n.Key, fmt.Sprintf("M%d %dh%dv%dh-%dZ", x+2, y+2, size-4, size-4, size-4), Point{float64(x + size/2), float64(y + size/2)}})
	}
	return out
}
