package place

import (
	"fmt"
	"strconv"
	"strings"

	"jiezhen/app/outline"
	"jiezhen/app/record"
	"jiezhen/embedstore"
)

// Fields of place.place.
const (
	fieldLevel     = "level"
	fieldParent    = "parent"
	fieldCode      = "code"
	fieldName      = "name"
	fieldFrom      = "from"
	fieldUntil     = "until"
	fieldSuccessor = "successor"
	fieldOutline   = "outline"
)

// Levels of places.
const (
	LevelDistrict  = "district"
	LevelTown      = "town"
	LevelCommunity = "community"
	LevelVillage   = "village"
	LevelGrid      = "grid"
	LevelBuilding  = "building"
	LevelDoorway   = "doorway"
)

// Community reports whether a level is a community or a village: the area to
// which a community worker is kept.
func Community(level string) bool { return level == LevelCommunity || level == LevelVillage }

// Behaviours are the rules of places that hold by whatever door they are
// written.
func Behaviours() []record.Behaviour {
	return []record.Behaviour{{Register: record.Places, Derive: derive, Check: check, Keys: keys}}
}

// keys finds a place by its code whether or not the form declares it.
func keys(r *record.Record) (equal, unique []embedstore.EqualKey) {
	if code := r.Text(fieldCode); code != "" {
		equal = append(equal, embedstore.EqualKey{Name: fieldCode, Value: code})
	}
	return equal, nil
}

// derive puts a place whose parent nobody named under the one that its code
// begins with, so that a list of codes and names is a tree.
func derive(tx *record.Tx, r *record.Record) error {
	up := parentCode(r.Text(fieldCode))
	if r.RefID(fieldParent) != 0 || up == "" {
		return nil
	}
	parents, err := tx.AsOffice().Find(record.Places, fieldCode, up)
	if err != nil {
		return fmt.Errorf("finding the place above: %w", err)
	}
	if p := inUse(parents); p != nil && p.ID != r.ID {
		r.Values[fieldParent] = strconv.FormatUint(p.ID, 10)
	}
	return nil
}

// gridDigits is the parameter that says how long the code of a grid is.
const gridDigits = "place.grid.digits"

// gridCode refuses the code of a grid that is not as long as codes of grids
// are: the figure is a parameter, for the standard's own is not known.
func gridCode(tx *record.Tx, r *record.Record) ([]record.Problem, error) {
	code := r.Text(fieldCode)
	if r.Text(fieldLevel) != LevelGrid || code == "" {
		return nil, nil
	}
	n, err := tx.Book().Policy().Integer(gridDigits, tx.Today())
	if err != nil {
		return nil, fmt.Errorf("reading how long the code of a grid is: %w", err)
	}
	if int64(len(code)) == n && strings.Trim(code, "0123456789") == "" {
		return nil, nil
	}
	return []record.Problem{{Field: fieldCode, Label: "代码", Text: fmt.Sprintf("网格码应为%d位数字（位数是参数，待核）：6位区划、3位街镇、3位村居、3位网格", n)}}, nil
}

// outlined refuses an outline that nothing can be drawn from.
func outlined(_ *record.Tx, r *record.Record) ([]record.Problem, error) {
	if _, err := outline.Decode(r.Text(fieldOutline)); err != nil {
		return []record.Problem{{Field: fieldOutline, Label: "边界", Text: err.Error()}}, nil
	}
	return nil, nil
}

// parentsMost is how deep a tree may be; deeper is a ring.
const parentsMost = 12

func check(tx *record.Tx, r, _ *record.Record) ([]record.Problem, error) {
	var out []record.Problem
	if from, until := r.Date(fieldFrom), r.Date(fieldUntil); from != "" && until != "" && until < from {
		out = append(out, record.Problem{Field: fieldUntil, Label: "止日", Text: "不能早于起日"})
	}
	up := r.RefID(fieldParent)
	for depth := 0; up != 0; depth++ {
		if up == r.ID || depth > parentsMost {
			return append(out, record.Problem{Field: fieldParent, Label: "上级", Text: "上级不能是自己或自己的下级"}), nil
		}
		p, err := tx.AsOffice().Open(record.Ref{Register: record.Places, ID: up})
		if err != nil {
			return nil, err
		}
		up = p.RefID(fieldParent)
	}
	for _, rule := range []func(*record.Tx, *record.Record) ([]record.Problem, error){gridCode, sameCode, outlined} {
		more, err := rule(tx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// sameCode refuses a second place with the same code at the same time; one
// code may pass from name to name in turn.
func sameCode(tx *record.Tx, r *record.Record) ([]record.Problem, error) {
	code := r.Text(fieldCode)
	if code == "" {
		return nil, nil
	}
	others, err := tx.AsOffice().Find(record.Places, fieldCode, code)
	if err != nil {
		return nil, err
	}
	for _, o := range others {
		if o.ID != r.ID && overlap(placeOf(r), placeOf(o)) {
			return []record.Problem{{Field: fieldCode, Label: "代码", Text: "同一时间已有“" + o.Text(fieldName) + "”用这个代码"}}, nil
		}
	}
	return nil, nil
}

func overlap(a, b Place) bool {
	return (a.Until == "" || b.From == "" || b.From <= a.Until) && (b.Until == "" || a.From == "" || a.From <= b.Until)
}
