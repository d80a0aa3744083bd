package register

import (
	"fmt"

	"github.com/expr-lang/expr"

	"jiezhen/app/value"
)

// periodNames are what an expression about a period knows besides a record:
// the first and the last day of the period, the day each step of the record was
// due and was left, and the ids of its clocks that are overdue.
func periodNames() Env {
	return Env{"first": "", "last": "", "due": map[string]string{}, "left": map[string]string{}, "overdue": []string{}}
}

// PeriodCondition compiles a condition on a register's records over a period,
// such as what a return counts. today is the last day of the period, or the
// real one while the period lasts.
func (d *Definition) PeriodCondition(source string, facts Facts) (*Condition, error) {
	e, err := d.periodExpression(source, facts, expr.AsBool())
	if err != nil {
		return nil, err
	}
	return &Condition{*e}, nil
}

// PeriodValue compiles an expression that yields a number for a record over a
// period.
func (d *Definition) PeriodValue(source string, facts Facts) (*Expression, error) {
	return d.periodExpression(source, facts, expr.AsFloat64())
}

func (d *Definition) periodExpression(source string, facts Facts, options ...expr.Option) (*Expression, error) {
	env := zeroEnv(d.Fields)
	for name, zero := range periodNames() {
		if _, taken := env[name]; taken {
			return nil, fmt.Errorf("登记簿 %s 有叫 %s 的字段，与统计用名冲突", d.ID, name)
		}
		env[name] = zero
	}
	program, err := compileIn(env, source, d.Fields, facts, options...)
	if err != nil {
		return nil, err
	}
	return &Expression{source, program}, nil
}

// Period adds to an environment what an expression about a period knows.
func (e Env) Period(first, last value.Date) {
	for name, zero := range periodNames() {
		if _, known := e[name]; !known {
			e[name] = zero
		}
	}
	e["first"], e["last"] = string(first), string(last)
}
