package benefit

import (
	"fmt"
	"slices"
	"strings"
)

// Fen is money in integer fen.
type Fen int64

// String is 2450.00.
func (f Fen) String() string {
	sign := ""
	if f < 0 {
		sign, f = "-", -f
	}
	return fmt.Sprintf("%s%d.%02d", sign, f/100, f%100)
}

// State says how far a standard is confirmed.
type State string

// The states. No formal payment list can be built on an example.
const (
	Example   State = "示例"
	Confirmed State = "已核"
)

// Standard is an amount a month over a stretch of months (业务资料 0.5).
type Standard struct {
	Code   string
	Amount Fen
	From   Month
	To     Month // last month in force; 0: open
	Basis  string
	State  State
	By     string // entered by
	Check  string // checked by someone else
}

// Standards are the dated tables. The zero value has none.
type Standards struct{ byCode map[string][]Standard }

// NewStandards puts tables together. Stretches of one code must not overlap,
// and what is confirmed must have been checked by another than who entered it.
func NewStandards(list []Standard) (Standards, error) {
	s := Standards{map[string][]Standard{}}
	for _, x := range list {
		switch {
		case x.Code == "" || x.Amount < 0:
			return s, fmt.Errorf("标准 %q 的金额不对", x.Code)
		case x.To != 0 && x.To < x.From:
			return s, fmt.Errorf("标准 %s 的失效月早于生效月", x.Code)
		case x.State != Example && x.State != Confirmed:
			return s, fmt.Errorf("标准 %s 没有写明示例或已核", x.Code)
		case x.State == Confirmed && (x.By == "" || x.Check == "" || x.By == x.Check):
			return s, fmt.Errorf("标准 %s 已核，须另有一人复核", x.Code)
		}
		s.byCode[x.Code] = append(s.byCode[x.Code], x)
	}
	for code, table := range s.byCode {
		slices.SortFunc(table, func(a, b Standard) int { return int(a.From - b.From) })
		for i := 1; i < len(table); i++ {
			if last := table[i-1]; last.To == 0 || last.To >= table[i].From {
				return s, fmt.Errorf("标准 %s 的时间段重叠：%s 与 %s 起的", code, last.From, table[i].From)
			}
		}
	}
	return s, nil
}

// At is the standard of a code in a month.
func (s Standards) At(code string, m Month) (Standard, bool) {
	for _, x := range s.byCode[code] {
		if x.From <= m && (x.To == 0 || m <= x.To) {
			return x, true
		}
	}
	return Standard{}, false
}

// Formal says why no formal payment list can be built on the standards that
// lines were reckoned with; nil when it can.
func Formal(lines []Entitlement) error {
	var codes []string
	for _, l := range lines {
		if l.Amount != 0 && l.Standard.State != Confirmed && !slices.Contains(codes, l.Standard.Code) {
			codes = append(codes, l.Standard.Code)
		}
	}
	if len(codes) > 0 {
		return fmt.Errorf("标准 %s 还是示例，不能做正式发放名册；请录入文号并由另一人复核", strings.Join(codes, "、"))
	}
	return nil
}

// With gives the tables with one more standard, which ends the one that it
// follows: what would hold if it came into force.
func (s Standards) With(fresh Standard) (Standards, error) {
	var list []Standard
	for code, table := range s.byCode {
		for _, x := range table {
			if code == fresh.Code && x.From < fresh.From && (x.To == 0 || x.To >= fresh.From) {
				x.To = fresh.From - 1
			}
			list = append(list, x)
		}
	}
	return NewStandards(append(list, fresh))
}
