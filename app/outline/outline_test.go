package outline

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

const square = `{"type":"FeatureCollection","features":[
 {"type":"Feature","properties":{"网格编码":"110109002003005","网格名称":"东第五网格"},"geometry":{"type":"Polygon","coordinates":[[[116.1,39.9],[116.11,39.9],[116.11,39.91],[116.1,39.91],[116.1,39.9]]]}},
 {"type":"Feature","properties":{"CODE":110109002003006,"NAME":"东第六网格"},"geometry":{"type":"MultiPolygon","coordinates":[[[[116.11,39.9],[116.12,39.9],[116.12,39.91]]],[[[116.2,39.9],[116.21,39.9],[116.2,39.91]]]]}},
 {"type":"Feature","properties":null,"geometry":{"type":"Point","coordinates":[116.1,39.9]}},
 {"type":"Feature","properties":{},"geometry":null}]}`

func TestParse(t *testing.T) {
	t.Parallel()
	got, skipped, err := Parse([]byte("\ufeff" + square))
	if err != nil || len(got) != 2 || skipped != 2 {
		t.Fatalf("%d areas, %d left out, %v", len(got), skipped, err)
	}
	if f := got[0]; f.Code != "110109002003005" || f.Name != "东第五网格" || len(f.Shape) != 1 || len(f.Shape[0]) != 4 {
		t.Errorf("first %+v", f)
	}
	if f := got[1]; f.Code != "110109002003006" || f.Name != "东第六网格" || len(f.Shape) != 2 {
		t.Errorf("second %+v", f)
	}
	if !got[0].Shape.Holds(Point{116.105, 39.905}) || got[0].Shape.Holds(Point{116.115, 39.905}) {
		t.Error("inside and outside")
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	collection := func(geometry string) string {
		return `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":` + geometry + `}]}`
	}
	for name, row := range map[string]struct{ data, words string }{
		"no JSON":           {"PK\x03\x04", "不是 GeoJSON"},
		"not a collection":  {`{"type":"Topology"}`, "Topology"},
		"nothing":           {`{"type":"FeatureCollection","features":[]}`, "没有面"},
		"projected":         {collection(`{"type":"Polygon","coordinates":[[[441234.5,4412345.6],[1,2],[3,4]]]}`), "投影坐标"},
		"a point of one":    {collection(`{"type":"Polygon","coordinates":[[[116.1],[1,2],[3,4]]]}`), "没有经纬度"},
		"words for numbers": {collection(`{"type":"Polygon","coordinates":[[["a","b"]]]}`), "坐标看不懂"},
	} {
		if _, _, err := Parse([]byte(row.data)); err == nil || !strings.Contains(err.Error(), row.words) {
			t.Errorf("%s: %v", name, err)
		}
	}
	many := `{"type":"FeatureCollection","features":[` + strings.Repeat(`{},`, featuresMost) + `{}]}`
	if _, _, err := Parse([]byte(many)); err == nil || errors.Is(err, ErrEmpty) {
		t.Errorf("too many: %v", err)
	}
}

func TestShortenKeepsTheForm(t *testing.T) {
	t.Parallel()
	var r Ring
	for i := range 20_000 {
		a := 2 * math.Pi * float64(i) / 20_000
		r = append(r, Point{116 + 0.01*math.Cos(a), 39.9 + 0.01*math.Sin(a)})
	}
	short, ok := Shorten(Shape{r}, 8000)
	if !ok || len(Encode(short)) > 8000 || short.Points() < 30 {
		t.Fatalf("%v: %d points in %d bytes", ok, short.Points(), len(Encode(short)))
	}
	for _, p := range []Point{{116, 39.9}, {116.0095, 39.9}, {116, 39.8905}} {
		if !short.Holds(p) {
			t.Errorf("%v fell out", p)
		}
	}
	if short.Holds(Point{116.0101, 39.9}) {
		t.Error("it grew")
	}
}

func TestPictures(t *testing.T) {
	t.Parallel()
	got, _, err := Parse([]byte(square))
	if err != nil {
		t.Fatal(err)
	}
	p := Draw([]uint64{1, 2, 3}, map[uint64]Shape{1: got[0].Shape, 2: got[1].Shape})
	if len(p.Tiles) != 2 || p.Tiles[0].Key != 1 || !strings.HasPrefix(p.Tiles[0].Path, "M") || p.Height < 20 || p.Height > 1300 {
		t.Errorf("%+v", p)
	}
	var nodes []Node
	for i := range uint64(30) {
		nodes = append(nodes, Node{Key: i + 1, Near: []uint64{i, i + 2, 999}})
	}
	p = Arrange(nodes)
	where := map[string]uint64{}
	for _, x := range p.Tiles {
		if o, ok := where[x.Path]; ok {
			t.Errorf("%d lies on %d", x.Key, o)
		}
		where[x.Path] = x.Key
		if x.At.X < 0 || x.At.X > float64(p.Width) || x.At.Y < 0 || x.At.Y > float64(p.Height) {
			t.Errorf("%d lies outside: %v", x.Key, x.At)
		}
	}
	if len(p.Tiles) != 30 {
		t.Errorf("%d of 30", len(p.Tiles))
	}
	if a, b := p.Tiles[0].At, p.Tiles[1].At; math.Abs(a.X-b.X)+math.Abs(a.Y-b.Y) > 200 {
		t.Errorf("neighbours at %v and %v", a, b)
	}
	if empty := Arrange(nil); len(empty.Tiles) != 0 {
		t.Errorf("%+v", empty)
	}
}

// Whatever parses can be shortened, written and read back the same, and drawn.
func FuzzParse(f *testing.F) {
	f.Add([]byte(square))
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"geometry":{"type":"Polygon","coordinates":[[[0,0],[0,0],[0,0]]]}}]}`))
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"geometry":{"type":"Polygon","coordinates":[[[180,90],[-180,-90],[1e-9,0]]]}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		features, _, err := Parse(data)
		if err != nil {
			return
		}
		shapes, keys := map[uint64]Shape{}, []uint64{}
		for i, x := range features {
			short, ok := Shorten(x.Shape, 8000)
			if !ok {
				continue
			}
			text := Encode(short)
			back, err := Decode(text)
			if err != nil || Encode(back) != text || len(text) > 8000 {
				t.Fatalf("%q read back as %q, %v", text, Encode(back), err)
			}
			keys, shapes[uint64(i)] = append(keys, uint64(i)), back
		}
		for _, tile := range Draw(keys, shapes).Tiles {
			if strings.Contains(tile.Path, "NaN") || strings.Contains(tile.Path, "Inf") {
				t.Fatal(fmt.Sprint("drawn ", tile.Path))
			}
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add("116.1,39.9 116.2,39.9 116.2,40")
	f.Add("NaN,1 2,3 4,5")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Decode(text)
		if err != nil {
			return
		}
		if again, err := Decode(Encode(s)); err != nil || Encode(again) != Encode(s) {
			t.Fatalf("%q: %v", text, err)
		}
	})
}
