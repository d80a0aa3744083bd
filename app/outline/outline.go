// Package outline reads the outlines of grids from GeoJSON, keeps them short,
// and lays them, or squares where there is no outline, out as a picture.
//
// It promises to end within bounds whatever bytes it is given, to take nothing
// for longitude and latitude that is not, and that what Encode writes Decode
// reads back. It knows geometry alone: no record, no page.
package outline

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Point is a longitude and a latitude in degrees, or a place in a picture.
type Point struct{ X, Y float64 }

// Ring is a closed line; the last point is not the first again.
type Ring []Point

// Shape is the rings of an area; a ring within another is a hole.
type Shape []Ring

// Points is how many points the shape has.
func (s Shape) Points() int {
	n := 0
	for _, r := range s {
		n += len(r)
	}
	return n
}

// Holds reports whether a point lies within the shape.
func (s Shape) Holds(p Point) bool {
	in := false
	for _, r := range s {
		for i, a := range r {
			b := r[(i+len(r)-1)%len(r)]
			if (a.Y > p.Y) != (b.Y > p.Y) && p.X < (b.X-a.X)*(p.Y-a.Y)/(b.Y-a.Y)+a.X {
				in = !in
			}
		}
	}
	return in
}

// FORMAT of an outline in a field, version 1: one ring a line, its points
// divided by a blank, each longitude,latitude with at most five digits behind
// the point (about a metre).
const digits = 5

// Encode writes a shape as a field holds it.
func Encode(s Shape) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 {
			b.WriteByte('\n')
		}
		for k, p := range r {
			if k > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(number(p.X))
			b.WriteByte(',')
			b.WriteString(number(p.Y))
		}
	}
	return b.String()
}

func number(x float64) string { return strconv.FormatFloat(round(x), 'f', -1, 64) }

func round(x float64) float64 {
	p := math.Pow10(digits)
	r := math.Round(x*p) / p
	if r == 0 {
		return 0 // no minus nought
	}
	return r
}

// Decode reads what Encode wrote.
func Decode(text string) (Shape, error) {
	var s Shape
	for _, line := range strings.Split(text, "\n") {
		var r Ring
		for _, pair := range strings.Fields(line) {
			x, y, ok := strings.Cut(pair, ",")
			lon, errX := strconv.ParseFloat(x, 64)
			lat, errY := strconv.ParseFloat(y, 64)
			if !ok || errX != nil || errY != nil || !onEarth(Point{lon, lat}) {
				return nil, fmt.Errorf("边界里的“%s”不是经度,纬度", pair)
			}
			r = append(r, Point{lon, lat})
		}
		if len(r) == 0 {
			continue
		}
		if len(r) < 3 {
			return nil, fmt.Errorf("边界的一圈至少要三个点")
		}
		s = append(s, r)
	}
	return s, nil
}

func onEarth(p Point) bool {
	return p.X >= -180 && p.X <= 180 && p.Y >= -90 && p.Y <= 90 // false for NaN
}

// Shorten leaves points out, those that matter least first, until the shape
// written takes at most so many bytes; ok is false where even triangles would
// not fit.
func Shorten(s Shape, most int) (Shape, bool) {
	s = rounded(s)
	for slack := 0.00001; len(Encode(s)) > most; slack *= 2 {
		if slack > 1 {
			return nil, false
		}
		short := make(Shape, 0, len(s))
		for _, r := range s {
			if k := thin(r, slack); len(k) >= 3 {
				short = append(short, k)
			}
		}
		if len(short) == 0 {
			return nil, false
		}
		s = short
	}
	return s, len(s) > 0
}

// rounded is a shape as Encode writes it: points that fall together are one.
func rounded(s Shape) Shape {
	var out Shape
	for _, r := range s {
		var k Ring
		for _, p := range r {
			q := Point{round(p.X), round(p.Y)}
			if len(k) == 0 || k[len(k)-1] != q {
				k = append(k, q)
			}
		}
		if n := len(k); n > 1 && k[0] == k[n-1] {
			k = k[:n-1]
		}
		if len(k) >= 3 {
			out = append(out, k)
		}
	}
	return out
}

// thin is a ring without the points that lie within a slack of the line that
// their neighbours make (Douglas and Peucker), without recursion.
func thin(r Ring, slack float64) Ring {
	if len(r) < 4 {
		return r
	}
	keep := make([]bool, len(r))
	far := farthest(r)
	keep[0], keep[far] = true, true
	stack := [][2]int{{0, far}, {far, len(r)}}
	for len(stack) > 0 {
		from, to := stack[len(stack)-1][0], stack[len(stack)-1][1]
		stack = stack[:len(stack)-1]
		at, most := 0, slack
		for i := from + 1; i < to; i++ {
			if d := off(r[i], r[from], r[to%len(r)]); d > most {
				at, most = i, d
			}
		}
		if at > 0 {
			keep[at] = true
			stack = append(stack, [2]int{from, at}, [2]int{at, to})
		}
	}
	var out Ring
	for i, k := range keep {
		if k {
			out = append(out, r[i])
		}
	}
	return out
}

func farthest(r Ring) int {
	at, most := 1, 0.0
	for i, p := range r {
		if d := math.Hypot(p.X-r[0].X, p.Y-r[0].Y); d > most {
			at, most = i, d
		}
	}
	return at
}

// off is how far a point lies from a line.
func off(p, a, b Point) float64 {
	length := math.Hypot(b.X-a.X, b.Y-a.Y)
	if length == 0 {
		return math.Hypot(p.X-a.X, p.Y-a.Y)
	}
	return math.Abs((b.X-a.X)*(a.Y-p.Y)-(a.X-p.X)*(b.Y-a.Y)) / length
}
