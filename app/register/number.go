package register

import (
	"fmt"
	"regexp"
	"strings"
)

// numberPart matches what is filled in: the town's last three digits, the
// year, and a run of zeros as wide as the serial.
var numberPart = regexp.MustCompile(`\{(town3|yyyy|0+)\}`)

func checkNumbering(pattern string) error {
	if pattern == "" {
		return nil
	}
	serials := 0
	for _, m := range numberPart.FindAllStringSubmatch(pattern, -1) {
		if strings.HasPrefix(m[1], "0") {
			serials++
		}
	}
	if rest := numberPart.ReplaceAllString(pattern, ""); serials != 1 || strings.ContainsAny(rest, "{}") {
		return fmt.Errorf("number %q 里要有一个流水（如 {00000}），其余只能用 {town3} 和 {yyyy}", pattern)
	}
	return nil
}

// Series names the counter that a number of this pattern is drawn from: one a
// town and year.
func (d *Definition) Series(town string, year int) string {
	return numberPart.ReplaceAllStringFunc(d.Numbering, func(part string) string {
		if strings.HasPrefix(part, "{0") {
			return "#"
		}
		return d.part(part, town, year)
	})
}

// NumberFrom writes the number with this serial, such as B16-002-2026-00017.
func (d *Definition) NumberFrom(town string, year int, serial uint64) string {
	return numberPart.ReplaceAllStringFunc(d.Numbering, func(part string) string {
		if strings.HasPrefix(part, "{0") {
			return fmt.Sprintf("%0*d", len(part)-2, serial)
		}
		return d.part(part, town, year)
	})
}

func (d *Definition) part(part, town string, year int) string {
	if part == "{yyyy}" {
		return fmt.Sprintf("%04d", year)
	}
	if len(town) < 3 {
		return "000"
	}
	return town[len(town)-3:]
}
