package register

import (
	"fmt"
	"time"

	"github.com/expr-lang/expr"

	"jiezhen/app/value"
)

// functionNames are taken: a field of such a name would hide the function.
var functionNames = map[string]bool{"param": true, "age": true, "days": true, "elapsed": true, "latest": true, "plusdays": true, "plusmonths": true}

// functions that every expression may call. Dates and instants are civil ones
// written as text (2026-03-02, 2026-03-02 14:05); a missing one gives -1 where
// a number is asked for and nothing where a date is.
func functions(facts Facts) []expr.Option {
	return []expr.Option{
		expr.Function("param", func(args ...any) (any, error) {
			return facts.Param(args[0].(string), value.Date(args[1].(string)))
		}, new(func(string, string) any)),
		expr.Function("age", func(args ...any) (any, error) {
			birth, at := dateArg(args[0]), dateArg(args[1])
			if birth == "" || at == "" {
				return -1, nil
			}
			return value.AgeAt(birth, at, value.LeapFebruary28), nil
		}, new(func(string, string) int)),
		expr.Function("days", func(args ...any) (any, error) {
			from, to := dateArg(args[0]), dateArg(args[1])
			if from == "" || to == "" {
				return -1, nil
			}
			return value.DaysBetween(from, to), nil
		}, new(func(string, string) int)),
		expr.Function("elapsed", func(args ...any) (any, error) { return minutesBetween(args[0].(string), args[1].(string)), nil },
			new(func(string, string) int)),
		expr.Function("latest", func(args ...any) (any, error) { return latest(args[0]) }, new(func([]any) string), new(func([]string) string)),
		expr.Function("plusdays", func(args ...any) (any, error) {
			return shifted(args, func(d value.Date, n int) value.Date { return d.AddDays(n) })
		}, new(func(string, any) string)),
		expr.Function("plusmonths", func(args ...any) (any, error) {
			return shifted(args, func(d value.Date, n int) value.Date { return d.AddMonths(n) })
		}, new(func(string, any) string)),
	}
}

// dateArg is the day of a date or an instant.
func dateArg(arg any) value.Date {
	d, _ := arg.(string)
	if len(d) > len("2006-01-02") {
		d = d[:len("2006-01-02")]
	}
	return value.Date(d)
}

// minutesBetween counts whole minutes between two instants, -1 when one is
// missing or no instant.
func minutesBetween(from, to string) int {
	a, err1 := time.Parse(value.InstantLayout, from)
	b, err2 := time.Parse(value.InstantLayout, to)
	if err1 != nil || err2 != nil {
		return -1
	}
	return int(b.Sub(a) / time.Minute)
}

// latest is the last of several dates, nothing when there are none.
func latest(list any) (string, error) {
	last := ""
	keep := func(d string) { last = max(last, d) }
	switch list := list.(type) {
	case []string:
		for _, d := range list {
			keep(d)
		}
	case []any:
		for _, x := range list {
			d, ok := x.(string)
			if !ok {
				return "", fmt.Errorf("latest: %v is no date", x)
			}
			keep(d)
		}
	}
	return last, nil
}

// shifted moves a date by a number of days or months; no date stays none.
func shifted(args []any, move func(value.Date, int) value.Date) (any, error) {
	d := dateArg(args[0])
	if d == "" {
		return "", nil
	}
	switch n := args[1].(type) {
	case int:
		return string(move(d, n)), nil
	case int64:
		return string(move(d, int(n))), nil
	case float64:
		return string(move(d, int(n))), nil
	}
	return nil, fmt.Errorf("moving a date by %v: not a whole number", args[1])
}
