package value

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Date is a civil date, canonical "2006-01-02"; "" is none. Dates compare as
// text.
type Date string

const dateLayout = "2006-01-02"

// InstantLayout is how a minute is written, canonical "2006-01-02 15:04", in
// the office's own time.
const InstantLayout = "2006-01-02 15:04"

// DateOf is the civil date of an instant where the office is.
func DateOf(t time.Time) Date { return Date(t.Local().Format(dateLayout)) }

// Time is the start of the day in UTC; the zero time for "".
func (d Date) Time() time.Time {
	t, err := time.Parse(dateLayout, string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}

// Year of the date; 0 for "".
func (d Date) Year() int { return d.part(0, 4) }

// Month of the date, 1 to 12.
func (d Date) Month() int { return d.part(5, 7) }

// Day of the date, 1 to 31.
func (d Date) Day() int { return d.part(8, 10) }

func (d Date) part(from, to int) int {
	if len(d) < to {
		return 0
	}
	n, _ := strconv.Atoi(string(d[from:to]))
	return n
}

// AddDays moves by n days.
func (d Date) AddDays(n int) Date {
	if d == "" {
		return ""
	}
	return Date(d.Time().AddDate(0, 0, n).Format(dateLayout))
}

// AddMonths moves by n months; a day that the month lacks becomes its last.
func (d Date) AddMonths(n int) Date {
	if d == "" {
		return ""
	}
	first := time.Date(d.Year(), time.Month(d.Month()+n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date(first.AddDate(0, 0, min(d.Day(), last)-1).Format(dateLayout))
}

// Weekday of the date.
func (d Date) Weekday() time.Weekday { return d.Time().Weekday() }

// Chinese writes 2006年1月2日; "" for none.
func (d Date) Chinese() string {
	if d == "" {
		return ""
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year(), d.Month(), d.Day())
}

// DaysBetween counts days from one date to another; negative backwards.
func DaysBetween(from, to Date) int {
	return int(to.Time().Sub(from.Time()).Hours() / 24)
}

// Month is a civil month, canonical "2006-01".
type Month string

// MonthOf is the month that a date lies in.
func MonthOf(d Date) Month {
	if len(d) < 7 {
		return ""
	}
	return Month(d[:7])
}

// Chinese writes 2006年1月.
func (m Month) Chinese() string {
	if len(m) < 7 {
		return ""
	}
	return fmt.Sprintf("%d年%d月", Date(m).Year(), Date(m).Month())
}

// First is the first day of the month.
func (m Month) First() Date { return Date(m + "-01") }

// LeapRule says when someone born on 29 February turns a year older in a
// common year.
type LeapRule int

// The two rules (facts D12, configurable).
const (
	LeapFebruary28 LeapRule = iota
	LeapMarch1
)

// AgeAt counts full years of age at the end of a day: a birthday counts from
// the day after it (facts D12: 满N周岁 from the following day).
func AgeAt(birth, at Date, rule LeapRule) int {
	if birth == "" || at == "" || at <= birth {
		return 0
	}
	age := at.Year() - birth.Year()
	day := birthdayIn(birth, at.Year(), rule)
	if at <= day {
		age--
	}
	return max(age, 0)
}

// birthdayIn is the birthday in a year.
func birthdayIn(birth Date, year int, rule LeapRule) Date {
	if birth.Month() == 2 && birth.Day() == 29 && time.Date(year, 2, 29, 0, 0, 0, 0, time.UTC).Month() != time.February {
		if rule == LeapMarch1 {
			return Date(fmt.Sprintf("%04d-03-01", year))
		}
		return Date(fmt.Sprintf("%04d-02-28", year))
	}
	return Date(fmt.Sprintf("%04d%s", year, birth[4:]))
}

// earliest is the first date that is taken (facts D1.4); dates may lie a
// hundred years ahead.
const (
	earliest = Date("1900-01-01")
	ahead    = 1200 // months
)

var (
	dateForms = []*regexp.Regexp{
		regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$`),
		regexp.MustCompile(`^(\d{4})年(\d{1,2})月(\d{1,2})[日号]?$`),
		regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`),
	}
	monthForms = []*regexp.Regexp{
		regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})$`),
		regexp.MustCompile(`^(\d{4})年(\d{1,2})月?$`),
		regexp.MustCompile(`^(\d{4})(\d{2})$`),
	}
)

// ParseDate reads the ways in which offices write a date. Two-digit years are
// refused: nobody can know the century.
func ParseDate(typed string, today Date) (Date, error) {
	s := compact(typed)
	for _, form := range dateForms {
		m := form.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		d := Date(fmt.Sprintf("%s-%s-%s", m[1], pad(m[2]), pad(m[3])))
		if d.Time().IsZero() {
			return "", fmt.Errorf("日期“%s”不存在，请核对月和日", s)
		}
		if d < earliest || today != "" && d > today.AddMonths(ahead) {
			return "", fmt.Errorf("日期“%s”超出范围（1900年以后、今后一百年以内）", s)
		}
		return d, nil
	}
	return "", fmt.Errorf("日期“%s”看不懂，请写成 2026-03-02（年份四位）", s)
}

func pad(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// ParseMonth reads a month.
func ParseMonth(typed string) (Month, error) {
	s := compact(typed)
	for _, form := range monthForms {
		m := form.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		if n, _ := strconv.Atoi(m[2]); n < 1 || n > 12 || m[1] < string(earliest[:4]) {
			return "", fmt.Errorf("月份“%s”不存在", s)
		}
		return Month(m[1] + "-" + pad(m[2])), nil
	}
	return "", fmt.Errorf("月份“%s”看不懂，请写成 2026-03", s)
}
