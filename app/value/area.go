package value

import (
	_ "embed"
	"strings"
)

// areas is every county-level and higher code of GB/T 2260 ever used, one a
// line after a leading line break: an identity number keeps the code of the
// day on which it was given. Compiled by black-06/GB (Apache-2.0).
//
//go:embed areas.tsv
var areas string

// AreaName is the name of a code of GB/T 2260, abolished ones included; ok is
// false for one that has never been used.
func AreaName(code string) (name string, ok bool) {
	if len(code) != 6 {
		return "", false
	}
	_, rest, ok := strings.Cut(areas, "\n"+code+"\t")
	name, _, _ = strings.Cut(rest, "\n")
	return name, ok
}
