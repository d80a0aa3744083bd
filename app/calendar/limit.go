package calendar

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Unit is what a limit counts.
type Unit string

// The units. Days and months are natural ones whose last day, when it is a day
// off, moves to the next workday (civil code 201–203); plain days and plain
// months do not move: a visit or an emergency waits for no holiday. Hours and
// minutes run through, urgent hours (紧急工作时 of the grid's standards) likewise;
// working hours count within office hours on workdays. As a date they are the
// day that they reach into; working hours, eight to a workday.
const (
	Days        Unit = "days"
	PlainDays   Unit = "plaindays"
	Workdays    Unit = "workdays"
	Months      Unit = "months"
	PlainMonths Unit = "plainmonths"
	Hours       Unit = "hours"
	Minutes     Unit = "minutes"
	UrgentHours Unit = "urgenthours"
	WorkHours   Unit = "workhours"
)

// Limit is so many of a unit.
type Limit struct {
	N    int
	Unit Unit
}

func (u Unit) chinese() string {
	switch u {
	case Days:
		return "日"
	case PlainDays:
		return "天"
	case Workdays:
		return "个工作日"
	case Months, PlainMonths:
		return "个月"
	case Hours:
		return "小时"
	case Minutes:
		return "分钟"
	case UrgentHours:
		return "紧急工作时"
	case WorkHours:
		return "工作时"
	}
	return ""
}

// Rolls reports whether the last day moves off a day off.
func (u Unit) Rolls() bool { return u == Days || u == Months }

// Plain is the unit without moving off days off.
func (u Unit) Plain() Unit {
	switch u {
	case Days:
		return PlainDays
	case Months:
		return PlainMonths
	}
	return u
}

// Chinese writes the limit as the law does.
func (l Limit) Chinese() string {
	if l.N == 0 && (l.Unit == Hours || l.Unit == Minutes) {
		return "立即"
	}
	if l.N == 0 {
		return "当日"
	}
	return strconv.Itoa(l.N) + l.Unit.chinese()
}

// String is the form that ParseLimit reads.
func (l Limit) String() string { return strconv.Itoa(l.N) + " " + string(l.Unit) }

// largest bounds the number: more is a slip of the hand.
const largest = 100_000

var limitForm = regexp.MustCompile(`^(\d{1,6})\s*([a-z]+|个工作日|工作日|日|天|个月|月|小时|分钟|紧急工作时|工作时|周)$`)

// ParseLimit reads “15 workdays” as data has it, and “15个工作日” as people
// write it; a week is seven plain days.
func ParseLimit(s string) (Limit, error) {
	m := limitForm.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return Limit{}, fmt.Errorf("期限“%s”看不懂，请写成“15个工作日”“30日”“3个月”“24小时”", s)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n > largest {
		return Limit{}, fmt.Errorf("期限“%s”太长，请核对", s)
	}
	if m[2] == "周" {
		return Limit{7 * n, PlainDays}, nil
	}
	u := unitOf(m[2])
	if u == "" {
		return Limit{}, fmt.Errorf("期限“%s”的单位不存在", s)
	}
	return Limit{n, u}, nil
}

func unitOf(word string) Unit {
	switch word {
	case "工作日":
		return Workdays
	case "月":
		return Months
	}
	for _, u := range []Unit{Days, PlainDays, Workdays, Months, PlainMonths, Hours, Minutes, UrgentHours, WorkHours} {
		if word == string(u) || word == u.chinese() {
			return u
		}
	}
	return ""
}

// Instant is when a limit of hours or minutes ends; ok is false for others,
// which only dates can answer.
func (l Limit) Instant(start time.Time) (end time.Time, ok bool) {
	switch l.Unit {
	case Hours, UrgentHours:
		return start.Add(time.Duration(l.N) * time.Hour), true
	case Minutes:
		return start.Add(time.Duration(l.N) * time.Minute), true
	}
	return time.Time{}, false
}
