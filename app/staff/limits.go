package staff

import (
	"time"

	"jiezhen/app/policy"
	"jiezhen/app/value"
)

// Limits are the rules of passwords, locks and sessions in force.
type Limits struct {
	PasswordLength  int           // characters, at least
	PasswordClasses int           // kinds of characters, at least
	PasswordDays    int           // after so many days it must be changed
	PasswordHistory int           // so many last passwords are not taken again
	Failures        int           // in a row, then locked
	Lock            time.Duration // how long
	Idle            time.Duration // then the page is covered
	Absolute        time.Duration // then the session has ended, whatever was done
}

// floor is the third level of the facts' D9, and what applies when policy
// says nothing. Absolute is a long working day; D9 is silent on it.
func floor() Limits {
	return Limits{PasswordLength: 10, PasswordClasses: 3, PasswordDays: 90, PasswordHistory: 5,
		Failures: 5, Lock: 30 * time.Minute, Idle: 15 * time.Minute, Absolute: 12 * time.Hour}
}

// The keys under which policy may set stricter limits. Times are in minutes.
const (
	ParamPasswordLength  = "staff.password.length"
	ParamPasswordClasses = "staff.password.classes"
	ParamPasswordDays    = "staff.password.days"
	ParamPasswordHistory = "staff.password.history"
	ParamFailures        = "staff.lock.failures"
	ParamLock            = "staff.lock.minutes"
	ParamIdle            = "staff.session.idle"
	ParamAbsolute        = "staff.session.absolute"
)

// maxima keep a slip in a parameter from shutting everyone out.
const (
	mostLength  = 32
	mostClasses = 4
	mostHistory = 24
	mostLock    = 24 * time.Hour
	leastIdle   = time.Minute
	leastWhole  = 10 * time.Minute
)

// limitsOf reads the limits in force on a day. A value weaker than the floor
// is passed over: limits are configurable upward only.
func limitsOf(set *policy.Set, on value.Date) Limits {
	l := floor()
	number := func(key string) (int, bool) { return paramNumber(set, key, on) }
	minutes := func(key string) (time.Duration, bool) {
		n, ok := number(key)
		return time.Duration(n) * time.Minute, ok
	}
	raise(&l.PasswordLength, mostLength, ParamPasswordLength, number)
	raise(&l.PasswordClasses, mostClasses, ParamPasswordClasses, number)
	raise(&l.PasswordHistory, mostHistory, ParamPasswordHistory, number)
	raise(&l.Lock, mostLock, ParamLock, minutes)
	tighten(&l.PasswordDays, 1, ParamPasswordDays, number)
	tighten(&l.Failures, 1, ParamFailures, number)
	tighten(&l.Idle, leastIdle, ParamIdle, minutes)
	tighten(&l.Absolute, leastWhole, ParamAbsolute, minutes)
	return l
}

func raise[T int | time.Duration](at *T, most T, key string, get func(string) (T, bool)) {
	if v, ok := get(key); ok && v > *at {
		*at = min(v, most)
	}
}

func tighten[T int | time.Duration](at *T, least T, key string, get func(string) (T, bool)) {
	if v, ok := get(key); ok && v < *at {
		*at = max(v, least)
	}
}

// paramNumber reads a whole number; one that is absent or no number counts as
// not set, because the office must be able to log in to mend it.
func paramNumber(set *policy.Set, key string, on value.Date) (int, bool) {
	if set == nil || !set.HasParam(key, false) {
		return 0, false
	}
	p, err := set.Param(key, on)
	if err != nil {
		return 0, false
	}
	switch n := p.Value.(type) {
	case int:
		return n, true
	case int64:
		return int(n), true
	case float64:
		return int(n), true
	}
	return 0, false
}
