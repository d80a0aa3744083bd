package grid

import (
	"fmt"
	"strconv"

	"jiezhen/app/calendar"
	"jiezhen/app/record"
)

// depths is how many digits the code of each level has.
var depths = map[int]int{2: 1, 4: 2, 6: 3}

// deriveCategory puts a category under the one that its code begins with.
func deriveCategory(tx *record.Tx, r *record.Record) error {
	delete(r.Values, "depth")
	delete(r.Values, "parent")
	code := r.Text("code")
	depth, ok := depths[len(code)]
	if !ok {
		return nil // the check says so
	}
	r.Values["depth"] = float64(depth)
	if depth == 1 {
		return nil
	}
	up, err := sameVersion(tx, r, code[:len(code)-2])
	if err != nil || up == nil {
		return err
	}
	r.Values["parent"] = strconv.FormatUint(up.ID, 10)
	if r.Text("kind") == "" && up.Text("kind") != "" {
		r.Values["kind"] = up.Text("kind")
	}
	return nil
}

// sameVersion is another category with a code in the version and group of r,
// or nil: parts and events number alike.
func sameVersion(tx *record.Tx, r *record.Record, code string) (*record.Record, error) {
	found, err := tx.AsOffice().Find(Categories, "code", code)
	if err != nil {
		return nil, fmt.Errorf("looking for a category: %w", err)
	}
	for _, c := range found {
		if c.ID != r.ID && c.Text("version") == r.Text("version") && c.Text("group") == r.Text("group") {
			return c, nil
		}
	}
	return nil, nil
}

// checkCategory refuses a code that is not of two, four or six digits, that
// stands twice in a version, or hangs in the air, and a limit nobody can read.
func checkCategory(tx *record.Tx, r, _ *record.Record) ([]record.Problem, error) {
	var out []record.Problem
	code := r.Text("code")
	depth, ok := depths[len(code)]
	if !ok || !digits(code) {
		return []record.Problem{{Field: "code", Label: "代码", Text: "应为2、4或6位数字：大类2位、小类4位、再细的6位"}}, nil
	}
	twin, err := sameVersion(tx, r, code)
	if err != nil {
		return nil, err
	}
	if twin != nil {
		out = append(out, record.Problem{Field: "code", Label: "代码", Text: "这个版本的同一性质里已有“" + twin.Text("name") + "”用这个代码", Link: "/r/" + twin.Ref.String()})
	}
	if depth > 1 && r.Text("parent") == "" {
		out = append(out, record.Problem{Field: "code", Label: "代码", Text: "这个版本的同一性质里还没有上级 " + code[:len(code)-2] + "，请先登记上级（导入时上级排在前面）"})
	}
	if text := r.Text("limit"); text != "" {
		if _, err := calendar.ParseLimit(text); err != nil {
			out = append(out, record.Problem{Field: "limit", Label: "处置时限", Text: err.Error()})
		}
	}
	return out, nil
}

func digits(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}
