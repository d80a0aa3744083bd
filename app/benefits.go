package app

import (
	"fmt"

	"jiezhen/app/benefit"
	"jiezhen/app/policy"
)

// Benefits is the rule book of allowances with the standards in force.
func (o *Office) Benefits() (*benefit.Book, error) {
	b, err := benefit.Load(o.assets)
	if err != nil {
		return nil, err
	}
	b.Standards, err = standards(o.policyNow())
	return b, err
}

// standards hands the dated amounts of policy to the engine.
func standards(set *policy.Set) (benefit.Standards, error) {
	var list []benefit.Standard
	for _, s := range set.Standards() {
		from, err := benefit.ParseMonth(string(s.From))
		if err != nil {
			return benefit.Standards{}, fmt.Errorf("standard %s: %w", s.Code, err)
		}
		var to benefit.Month
		if s.To != "" {
			if to, err = benefit.ParseMonth(string(s.To)); err != nil {
				return benefit.Standards{}, fmt.Errorf("standard %s: %w", s.Code, err)
			}
		}
		one := benefit.Standard{Code: s.Code, Amount: benefit.Fen(s.Amount), From: from, To: to, Basis: s.Basis, State: benefit.Example}
		if s.Payable() {
			one.State, one.By, one.Check = benefit.Confirmed, s.EnteredBy, s.CheckedBy
		}
		list = append(list, one)
	}
	return benefit.NewStandards(list)
}
