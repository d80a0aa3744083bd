package app

import (
	"slices"

	"jiezhen/app/benefit"
	"jiezhen/app/policy"
	"jiezhen/app/value"
)

// The switches of allowances that an office sets as parameters.
const (
	paramDeathMonth    = "benefit.death.month"
	paramSixServed     = "benefit.six.served"
	paramSchool        = "benefit.school.extends"
	paramGuardianScore = "benefit.guardian.score"
	paramMissedVisits  = "benefit.missed.visits"
	paramLeapMarch     = "person.leap.march"
)

var benefitParams = []string{paramDeathMonth, paramSixServed, paramSchool, paramGuardianScore, paramMissedVisits, paramLeapMarch}

// turnSwitches lays the office's parameters over the rules of a book: what held
// first, and from which month on what holds since.
func turnSwitches(b *benefit.Book, set *policy.Set) {
	first := b.Rules
	b.Rules = switched(first, set, "")
	var days []value.Date
	for _, p := range set.Params() {
		if p.From != "" && slices.Contains(benefitParams, p.Key) {
			days = append(days, p.From)
		}
	}
	slices.Sort(days)
	b.Later = nil
	for _, day := range slices.Compact(days) {
		from, err := benefit.ParseMonth(string(day)[:len("2006-01")])
		if err != nil {
			continue // no such day: the parameter's own check says so
		}
		if day.Day() != 1 {
			from++
		}
		b.Later = append(b.Later, benefit.DatedRules{From: from, Rules: switched(first, set, day)})
	}
}

// switched are rules with the parameters of a day; one that does not hold then
// leaves the rule as it is.
func switched(r benefit.Rules, set *policy.Set, on value.Date) benefit.Rules {
	if yes, err := set.YesNo(paramDeathMonth, on); err == nil {
		r.DeathMonth = yes
	}
	if yes, err := set.YesNo(paramSixServed, on); err == nil {
		r.SixMonths = map[bool]string{true: "served", false: "document"}[yes]
	}
	if yes, err := set.YesNo(paramSchool, on); err == nil {
		r.SchoolExtends = yes
	}
	if yes, err := set.YesNo(paramLeapMarch, on); err == nil {
		r.Leap = map[bool]benefit.LeapRule{true: benefit.LeapMarch, false: benefit.LeapFebruary}[yes]
	}
	if n, err := set.Integer(paramGuardianScore, on); err == nil {
		r.GuardianScore = int(n)
	}
	if n, err := set.Integer(paramMissedVisits, on); err == nil {
		r.MissedVisits = int(n)
	}
	return r
}
