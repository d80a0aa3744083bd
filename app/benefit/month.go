package benefit

import (
	"fmt"
	"time"
)

// Month is a calendar month, the cycle of every allowance: months since year 0.
type Month int

// MonthOf is the month of a day.
func MonthOf(d time.Time) Month { return Month(d.Year()*12 + int(d.Month()) - 1) }

// ParseMonth reads 2026-03.
func ParseMonth(s string) (Month, error) {
	d, err := time.Parse("2006-01", s)
	if err != nil {
		return 0, fmt.Errorf("月份“%s”应写成 2026-03", s)
	}
	return MonthOf(d), nil
}

// First is the first day of the month.
func (m Month) First() time.Time {
	return time.Date(int(m)/12, time.Month(int(m)%12+1), 1, 0, 0, 0, 0, time.UTC)
}

// Before is the last day of the month before: what holds then holds for the
// month, because what ends in a month ends the allowance from the next.
func (m Month) Before() time.Time { return m.First().AddDate(0, 0, -1) }

// String is 2026-03.
func (m Month) String() string { return m.First().Format("2006-01") }

// Title is 2026年3月.
func (m Month) Title() string { return fmt.Sprintf("%d年%d月", int(m)/12, int(m)%12+1) }

// LeapRule says on which day someone born on 29 February comes of age in a year
// without one (业务资料 D12: 可配).
type LeapRule string

// The two ways to read it.
const (
	LeapFebruary LeapRule = "02-28"
	LeapMarch    LeapRule = "03-01"
)

// Birthday is the day on which someone completes so many years.
func Birthday(birth time.Time, years int, leap LeapRule) time.Time {
	d := time.Date(birth.Year()+years, birth.Month(), birth.Day(), 0, 0, 0, 0, time.UTC)
	if d.Month() != birth.Month() && leap != LeapMarch {
		d = d.AddDate(0, 0, -1)
	}
	return d
}

// After is the day so many months later; a day that the month lacks is its
// last one.
func After(d time.Time, months int) time.Time {
	first := time.Date(d.Year(), d.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1)
	return first.AddDate(0, 0, min(d.Day(), last.Day())-1)
}
