package ui

import (
	"strings"
	"testing"

	"jiezhen/app/insight"
)

// The page says to which mark the suggestions are held, and whether they reach
// it.
func TestSuggestionsAreHeldToTheirMarks(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	v := &visit{office: o.house.Office()}
	for _, row := range []struct {
		name     string
		rows     int
		f1, top3 float64
		want     string
	}{
		{"too few to say", 499, 0.99, 1, "不足500件"},
		{"at the first mark", 500, 0.75, 0.97, "现在达到"},
		{"below the first", 500, 0.7499, 1, "没有达到"},
		{"the first is too little later", 1400, 0.80, 0.99, "没有达到"},
		{"at the second", 1400, 0.82, 0.97, "现在达到"},
		{"three do not hold it", 1400, 0.9, 0.96, "没有达到"},
	} {
		said, err := v.heldTo(insight.Evaluation{Rows: row.rows, MacroF1: row.f1, Top3: row.top3})
		if err != nil || !strings.Contains(said, row.want) || !strings.Contains(said, "≥0.75") || !strings.Contains(said, "≥97%") {
			t.Errorf("%s: %q, %v", row.name, said, err)
		}
	}
}
