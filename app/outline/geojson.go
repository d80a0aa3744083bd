package outline

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Feature is an area of a file, with what it is called there.
type Feature struct {
	Code, Name string
	Shape      Shape
}

// Bounds of a file; more is no map of a town.
const (
	bytesMost    = 32 << 20
	featuresMost = 5000
	pointsMost   = 500_000
)

// ErrEmpty says that a file holds no area.
var ErrEmpty = errors.New("文件里没有面（Polygon、MultiPolygon），请从地图软件导出网格的面图层为 GeoJSON")

// names under which files call the code and the name of a grid.
var (
	codeKeys = []string{"code", "网格码", "网格编码", "网格代码", "代码", "编码", "grid_code", "gridcode", "wgbm", "bm", "id"}
	nameKeys = []string{"name", "名称", "网格名称", "网格", "grid_name", "gridname", "wgmc", "mc", "title"}
)

type rawFeature struct {
	Type       string                     `json:"type"`
	Geometry   *rawGeometry               `json:"geometry"`
	Properties map[string]json.RawMessage `json:"properties"`
	ID         json.RawMessage            `json:"id"`
}

type rawGeometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

// Parse reads the areas of a GeoJSON file (RFC 7946); features that are no area
// are left out and counted. Outlines must be in degrees.
func Parse(data []byte) (features []Feature, skipped int, err error) {
	if len(data) > bytesMost {
		return nil, 0, fmt.Errorf("文件超过 %d MB，请只导出本街镇的网格", bytesMost>>20)
	}
	data = []byte(strings.TrimPrefix(string(data), "\ufeff"))
	var file struct {
		Type     string       `json:"type"`
		Features []rawFeature `json:"features"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, 0, fmt.Errorf("不是 GeoJSON 文件：%w", err)
	}
	if file.Type != "FeatureCollection" {
		return nil, 0, fmt.Errorf("文件类型是“%s”，应为 FeatureCollection", brief(file.Type))
	}
	if len(file.Features) > featuresMost {
		return nil, 0, fmt.Errorf("文件里有 %d 个要素，最多 %d 个", len(file.Features), featuresMost)
	}
	points := 0
	for i, raw := range file.Features {
		shape, area, err := raw.shape()
		if err != nil {
			return nil, 0, fmt.Errorf("第 %d 个要素：%w", i+1, err)
		}
		if points += shape.Points(); points > pointsMost {
			return nil, 0, fmt.Errorf("点数超过 %d，请先在地图软件里简化边界", pointsMost)
		}
		if !area {
			skipped++
			continue
		}
		features = append(features, Feature{Code: raw.word(codeKeys), Name: raw.word(nameKeys), Shape: shape})
	}
	if len(features) == 0 {
		return nil, skipped, ErrEmpty
	}
	return features, skipped, nil
}

func brief(s string) string {
	r := []rune(s)
	return string(r[:min(len(r), 20)])
}

// shape is a feature's area; ok is false when it is a point or a line.
func (f rawFeature) shape() (s Shape, ok bool, err error) {
	if f.Geometry == nil {
		return nil, false, nil
	}
	var polygons [][][][]float64
	switch f.Geometry.Type {
	case "Polygon":
		var one [][][]float64
		if err := json.Unmarshal(f.Geometry.Coordinates, &one); err != nil {
			return nil, false, fmt.Errorf("坐标看不懂：%w", err)
		}
		polygons = append(polygons, one)
	case "MultiPolygon":
		if err := json.Unmarshal(f.Geometry.Coordinates, &polygons); err != nil {
			return nil, false, fmt.Errorf("坐标看不懂：%w", err)
		}
	default:
		return nil, false, nil
	}
	for _, polygon := range polygons {
		for _, line := range polygon {
			r, err := ring(line)
			if err != nil {
				return nil, false, err
			}
			if len(r) >= 3 {
				s = append(s, r)
			}
		}
	}
	return s, len(s) > 0, nil
}

func ring(line [][]float64) (Ring, error) {
	var r Ring
	for _, p := range line {
		if len(p) < 2 {
			return nil, errors.New("有的点没有经纬度")
		}
		if q := (Point{p[0], p[1]}); onEarth(q) {
			r = append(r, q)
			continue
		}
		return nil, fmt.Errorf("坐标 %g,%g 不是经纬度，可能是投影坐标；请导出为 CGCS2000 或 WGS84 经纬度", p[0], p[1])
	}
	if n := len(r); n > 1 && r[0] == r[n-1] {
		r = r[:n-1]
	}
	return r, nil
}

// word is the first of some properties that is filled, as text.
func (f rawFeature) word(keys []string) string {
	for _, key := range keys {
		for name, raw := range f.Properties {
			if strings.EqualFold(name, key) {
				if s := plain(raw); s != "" {
					return s
				}
			}
		}
	}
	if keys[0] == codeKeys[0] {
		return plain(f.ID)
	}
	return ""
}

func plain(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return strings.TrimSpace(s)
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}
