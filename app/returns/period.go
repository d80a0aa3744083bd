package returns

import (
	"fmt"
	"regexp"
	"strconv"

	"jiezhen/app/value"
)

// The kinds of period: a calendar month, quarter or year (facts D12).
const (
	Month   = "month"
	Quarter = "quarter"
	Year    = "year"
)

// months is how long a period of a kind is.
var months = map[string]int{Month: 1, Quarter: 3, Year: 12}

// Period is a span of whole months that a return is about.
type Period struct {
	Kind        string
	First, Last value.Date
}

var written = regexp.MustCompile(`^(\d{4})(?:-(0[1-9]|1[0-2])|Q([1-4]))?$`)

// ParsePeriod reads 2026-11, 2026Q4 or 2026.
func ParsePeriod(s string) (Period, error) {
	m := written.FindStringSubmatch(s)
	switch {
	case m == nil || m[1] < "1900":
		return Period{}, fmt.Errorf("reading a period from %q", s)
	case m[2] != "":
		return period(Month, value.Date(m[1]+"-"+m[2]+"-01")), nil
	case m[3] != "":
		n, _ := strconv.Atoi(m[3])
		return period(Quarter, value.Date(fmt.Sprintf("%s-%02d-01", m[1], 3*n-2))), nil
	}
	return period(Year, value.Date(m[1]+"-01-01")), nil
}

// PeriodOf is the period of a kind that a day lies in.
func PeriodOf(kind string, day value.Date) Period {
	month := day.Month()
	n := months[kind]
	return period(kind, value.Date(fmt.Sprintf("%04d-%02d-01", day.Year(), (month-1)/n*n+1)))
}

func period(kind string, first value.Date) Period {
	return Period{kind, first, first.AddMonths(months[kind]).AddDays(-1)}
}

// Before is the period before this one.
func (p Period) Before() Period { return period(p.Kind, p.First.AddMonths(-months[p.Kind])) }

// After is the period after this one.
func (p Period) After() Period { return period(p.Kind, p.First.AddMonths(months[p.Kind])) }

// YearAgo is the same period of the year before.
func (p Period) YearAgo() Period { return period(p.Kind, p.First.AddMonths(-12)) }

// String writes the period as ParsePeriod reads it.
func (p Period) String() string {
	switch p.Kind {
	case Quarter:
		return fmt.Sprintf("%04dQ%d", p.First.Year(), (p.First.Month()+2)/3)
	case Year:
		return fmt.Sprintf("%04d", p.First.Year())
	}
	return string(p.First[:7])
}

// Chinese names the period.
func (p Period) Chinese() string {
	switch p.Kind {
	case Quarter:
		return fmt.Sprintf("%d年第%s季度", p.First.Year(), []string{"一", "二", "三", "四"}[(p.First.Month()-1)/3])
	case Year:
		return fmt.Sprintf("%d年", p.First.Year())
	}
	return value.MonthOf(p.First).Chinese()
}

// Within reports whether a day lies in the period.
func (p Period) Within(day value.Date) bool { return p.First <= day && day <= p.Last }
