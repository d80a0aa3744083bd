package allowance

import (
	"fmt"
	"time"

	"jiezhen/app/benefit"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// The registers of allowances.
const (
	Standards  = "benefit.standard"
	Members    = "benefit.member"
	Cycles     = "benefit.cycle"
	Lines      = "benefit.line"
	Batches    = "benefit.batch"
	Payments   = "benefit.payment"
	Recoveries = "benefit.recovery"
	Conflicts  = "benefit.conflict"
	Growths    = "benefit.growth"
	Restores   = "benefit.restored"
)

// Rules give the rule book with the standards in force.
type Rules func() (*benefit.Book, error)

// Desk is where allowances are run and paid.
type Desk struct {
	book  *record.Book
	rules Rules
}

// New opens the desk.
func New(book *record.Book, rules Rules) *Desk { return &Desk{book, rules} }

// Behaviours are what the registers of allowances do.
func Behaviours(rules Rules) []record.Behaviour {
	return []record.Behaviour{
		{Register: Standards, Check: checkStandard, Guard: guardStandard, After: afterStandard},
		{Register: Members, Derive: deriveMember, Check: checkMember, After: afterMember, Keys: memberKeys},
		{Register: Cycles, Check: checkCycle, Guard: guardCycle, After: cycleDeeds{rules}.after, Keys: cycleKeys},
		{Register: Lines, Check: onlyProgram, Keys: lineKeys},
		{Register: Batches, Check: checkBatch, Guard: guardBatch, After: afterBatch, Keys: batchKeys},
		{Register: Payments, Check: onlyProgram, Keys: paymentKeys},
		{Register: Recoveries, Derive: deriveRecovery, Check: onlyBegun},
		{Register: Conflicts, Derive: deriveConflict, After: afterConflict},
		{Register: Growths, Derive: growthDeeds{rules}.derive, Check: growthDeeds{rules}.check, After: growthDeeds{rules}.after},
		{Register: Restores, Check: onlyBegun},
	}
}

// onlyProgram keeps records to the program: nobody writes an entitlement or a
// payment by hand.
func onlyProgram(tx *record.Tx, _, _ *record.Record) ([]record.Problem, error) {
	if tx.Viewer().Office {
		return nil, nil
	}
	return []record.Problem{{Text: "这里由发放期批准和制单时生成，不能手工登记或修改"}}, nil
}

// onlyBegun lets the program begin a record that people then work on.
func onlyBegun(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	if before != nil {
		return nil, nil
	}
	return onlyProgram(tx, r, before)
}

// day reads a date field; zero when it is empty.
func day(r *record.Record, field string) time.Time { return dayOf(r.Text(field)) }

func dayOf(s string) time.Time {
	d, err := time.Parse("2006-01-02", s)
	if err != nil {
		return time.Time{}
	}
	return d
}

// month reads a month; 0 when it is empty.
func month(s string) benefit.Month {
	m, err := benefit.ParseMonth(s)
	if err != nil {
		return 0
	}
	return m
}

func monthText(m benefit.Month) string {
	if m == 0 {
		return ""
	}
	return m.String()
}

func fen(r *record.Record, field string) int64 { n, _ := r.Values[field].(int64); return n }

func number(r *record.Record, field string) float64 { n, _ := r.Values[field].(float64); return n }

func rows(r *record.Record, field string) []map[string]any {
	list, _ := r.Values[field].([]map[string]any)
	return list
}

func text(v any) string { s, _ := v.(string); return s }

func id(n uint64) string { return fmt.Sprint(n) }

func ref(register string, id uint64) record.Ref { return record.Ref{Register: register, ID: id} }

// Money writes an amount as pages show it.
func Money(f benefit.Fen) string { return value.FormatMoney(int64(f)) }
