package place

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Import is one line of an office's own list of places.
type Import struct {
	Level, Code, Name string
	ParentCode        string // "": the first digits of the code, see parentCode
	From              value.Date
}

// Set puts an office's own places into the register: a code that is known
// keeps its record (its name is brought up to date), any other makes one.
// All or nothing.
func (d *Desk) Set(ctx context.Context, v access.Viewer, list []Import) (made, renamed int, err error) {
	err = d.book.Change(ctx, v, "导入村居名单", func(tx *record.Tx) error {
		made, renamed = 0, 0
		for i, line := range list {
			fresh, changed, err := setOne(tx, line)
			if err != nil {
				return fmt.Errorf("第%d行“%s”：%w", i+1, line.Name, err)
			}
			made, renamed = made+count(fresh), renamed+count(changed)
		}
		return nil
	})
	return made, renamed, err
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func setOne(tx *record.Tx, line Import) (fresh, changed bool, err error) {
	have, err := tx.AsOffice().Find(record.Places, fieldCode, line.Code)
	if err != nil {
		return false, false, err
	}
	if r := inUse(have); r != nil {
		if r.Text(fieldName) == line.Name {
			return false, false, nil
		}
		_, err := tx.Save(r.Ref, r.Rev, map[string]any{fieldName: line.Name})
		return false, true, err
	}
	values := map[string]any{fieldLevel: line.Level, fieldCode: line.Code, fieldName: line.Name}
	if line.From != "" {
		values[fieldFrom] = string(line.From)
	}
	up := line.ParentCode
	if up == "" {
		up = parentCode(line.Code)
	}
	if up != "" {
		parents, err := tx.AsOffice().Find(record.Places, fieldCode, up)
		if err != nil {
			return false, false, err
		}
		if parent := inUse(parents); parent != nil {
			values[fieldParent] = strconv.FormatUint(parent.ID, 10)
		}
	}
	_, err = tx.Create(record.Draft{Register: record.Places, Values: values})
	return true, false, err
}

// inUse is the place that has a code now; those that had it before keep their
// names.
func inUse(places []*record.Record) *record.Record {
	for _, r := range places {
		if r.Date(fieldUntil) == "" {
			return r
		}
	}
	return nil
}

// parentCode is the code above: 6 digits county, 9 town, 12 village or
// community (facts D4), 15 grid (facts C17). Buildings and doorways name
// theirs.
func parentCode(code string) string {
	code = strings.TrimSpace(code)
	switch len(code) {
	case 15:
		return code[:12]
	case 12:
		return code[:9]
	case 9:
		return code[:6]
	}
	return ""
}
