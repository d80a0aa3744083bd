package grid

import (
	"jiezhen/app/calendar"
	"jiezhen/app/record"
	"jiezhen/app/trend"
)

// deriveCategory puts a category under the one that its code begins with, whose
// kind it shares unless it names its own.
func deriveCategory(tx *record.Tx, r *record.Record) error {
	if err := trend.Hang(tx, r); err != nil || r.RefID("parent") == 0 || r.Text("kind") != "" {
		return err
	}
	code := r.Text("code")
	up, err := trend.Find(tx, r.Text("group"), r.Text("version"), code[:len(code)-2])
	if err != nil || up == nil {
		return err
	}
	if up.Text("kind") != "" {
		r.Values["kind"] = up.Text("kind")
	}
	return nil
}

// checkCategory refuses a code that has no place in its tree, a class of the
// next version that there is not, and a limit nobody can read.
func checkCategory(tx *record.Tx, r, _ *record.Record) ([]record.Problem, error) {
	out, err := trend.CheckPlace(tx, r)
	if err != nil {
		return nil, err
	}
	if next := r.Text("next"); next != "" {
		c, err := trend.Find(tx, r.Text("group"), r.Text("next_version"), next)
		if err != nil {
			return nil, err
		}
		if c == nil || c.ID == r.ID {
			out = append(out, record.Problem{Field: "next", Label: "新版对应代码", Text: "“" + r.Text("next_version") + "”的同一性质里没有代码 " + next + "，请核对，或先登记新版分类"})
		}
	}
	if text := r.Text("limit"); text != "" {
		if _, err := calendar.ParseLimit(text); err != nil {
			out = append(out, record.Problem{Field: "limit", Label: "处置时限", Text: err.Error()})
		}
	}
	return out, nil
}
