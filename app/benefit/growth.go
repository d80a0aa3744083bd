package benefit

import (
	"errors"
	"fmt"
	"math/big"
)

// Formula is how a standard grows (业务资料 B7).
type Formula string

// The formulas: each multiplies a base, or adds a step to the last standard.
const (
	TimesRelief   Formula = "低保倍数"
	OfConsumption Formula = "居民人均消费支出比例"
	WithPrices    Formula = "CPI联动"
	OfWage        Formula = "最低工资比例"
	FixedStep     Formula = "固定步长"
)

// Growth is a proposal for a new standard. Factor is a decimal in words, such
// as "1.7" or "0.012": floating point has no place in money.
type Growth struct {
	Formula Formula
	Base    Fen    // 低保, 消费支出, 最低工资; the last standard for prices and step
	Factor  string // k, p, the rise of prices
	Step    Fen
	Last    Fen // the standard so far
	RoundTo Fen // rounded up to a multiple; 0: to the fen
	Least   Fen // national minimum; 0: none
}

// Grown is what a proposal comes to.
type Grown struct {
	Raw    string // before rounding, in yuan
	Result Fen
	Notes  []string
}

// Reckon works the formula out: rounding first, then the clauses that protect.
func (g Growth) Reckon() (Grown, error) {
	factor, ok := new(big.Rat).SetString(g.Factor)
	if g.Formula != FixedStep && (!ok || factor.Sign() < 0 && g.Formula != WithPrices) {
		return Grown{}, fmt.Errorf("系数“%s”不是数", g.Factor)
	}
	var raw *big.Rat
	base := new(big.Rat).SetInt64(int64(g.Base))
	switch g.Formula {
	case TimesRelief, OfConsumption, OfWage:
		raw = base.Mul(base, factor)
	case WithPrices:
		raw = base.SetInt64(int64(g.Last))
		raw.Mul(raw, factor.Add(factor, big.NewRat(1, 1)))
	case FixedStep:
		raw = base.SetInt64(int64(g.Last + g.Step))
	default:
		return Grown{}, errors.New("没有这种测算公式")
	}
	out := Grown{Raw: new(big.Rat).Quo(raw, big.NewRat(100, 1)).FloatString(2)}
	out.Result = roundUp(raw, max(g.RoundTo, 1))
	if out.Result < g.Last {
		out.Notes = append(out.Notes, fmt.Sprintf("测算 %s 元低于上期，维持 %s 元", out.Result, g.Last))
		out.Result = g.Last
	}
	if out.Result < g.Least {
		out.Notes = append(out.Notes, fmt.Sprintf("低于全国最低，按 %s 元", g.Least))
		out.Result = g.Least
	}
	return out, nil
}

// roundUp is the least multiple of to that is no less than x.
func roundUp(x *big.Rat, to Fen) Fen {
	unit := new(big.Rat).SetInt64(int64(to))
	q := new(big.Rat).Quo(x, unit)
	n := new(big.Int).Quo(q.Num(), q.Denom())
	if new(big.Rat).SetInt(n).Cmp(q) < 0 {
		n.Add(n, big.NewInt(1))
	}
	return Fen(n.Int64()) * to
}

// BackPay is what members are due for months already paid under the old
// standard: (new − old) for every month that was paid.
func BackPay(old, fresh Fen, months int) Fen { return max(0, fresh-old) * Fen(max(0, months)) }

// YearlyCost is what a rise costs a year for so many members.
func YearlyCost(old, fresh Fen, members int) Fen { return (fresh - old) * 12 * Fen(members) }
