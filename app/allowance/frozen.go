package allowance

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"jiezhen/app/benefit"
	"jiezhen/app/record"
	"jiezhen/embedstore"
)

// Frozen is a run as it was sent for approval.
//
// FORMAT: CBOR map of these names, kept with the words of issued papers; new
// names may be added, none may change its meaning. Amounts are fen, months are
// 12·year + month - 1.
type Frozen struct {
	Format    int
	Programme string
	Month     int
	Version   string // of the rules
	Lines     []FrozenLine
}

// FrozenLine is a line of it, with the account and the standard of that moment.
type FrozenLine struct {
	Member, Person, Payee      uint64
	Of                         int
	Kind, Cause                string
	Amount                     int64
	Code, Basis                string // of the standard
	Standard                   int64
	Why, Holder, Bank, Account string
}

func freeze(r *Run) Frozen {
	f := Frozen{Format: 1, Programme: r.Programme.Code, Month: int(r.Month), Version: benefit.Version}
	for _, l := range r.Lines {
		f.Lines = append(f.Lines, FrozenLine{Member: l.Member, Person: l.Person, Payee: l.Payee, Of: int(l.Of), Kind: kindCodes[l.Kind], Cause: l.Cause, Amount: int64(l.Amount),
			Code: l.Standard.Code, Basis: l.Standard.Basis, Standard: int64(l.Standard.Amount), Why: l.Why, Holder: l.Holder, Bank: l.Bank, Account: l.Account})
	}
	return f
}

var kindCodes = map[benefit.LineKind]string{benefit.Regular: "regular", benefit.Arrears: "arrears", benefit.Recovery: "recovery"}

// digest is what makes two runs the same: who, for which month, why, how much,
// on which standard, into which account. Words do not count.
func (f Frozen) digest() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %d %s\n", f.Programme, f.Month, f.Version)
	for _, l := range f.Lines {
		fmt.Fprintf(h, "%d %d %d %d %s %s %d %s %d %q %q\n", l.Member, l.Person, l.Payee, l.Of, l.Kind, l.Cause, l.Amount, l.Code, l.Standard, l.Holder, l.Account)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Secrets of a cycle: what it is checked by, and shows nobody.
const (
	secretFrozen = "frozen" // id of what was sent for approval
	secretDigest = "digest" // of what was sent
)

// keep freezes it beside a record and gives the id to thaw it by.
func (f Frozen) keep(tx *record.Tx, of record.Ref) (uint64, error) {
	words, err := embedstore.Encode(f)
	if err != nil {
		return 0, fmt.Errorf("freezing a run: %w", err)
	}
	return tx.Freeze(of, words)
}

// thaw reads what was sent for approval with a cycle.
func thaw(tx *record.Tx, cycle *record.Record) (f Frozen, err error) {
	n, err := strconv.ParseUint(cycle.Secrets[secretFrozen], 10, 64)
	if err != nil {
		return f, fmt.Errorf("reading a frozen run: %w", err)
	}
	words, err := tx.Thaw(n)
	if err != nil {
		return f, fmt.Errorf("reading a frozen run: %w", err)
	}
	if err := embedstore.Decode(words, &f); err != nil {
		return f, fmt.Errorf("reading a frozen run: %w", err)
	}
	return f, nil
}

// Thaw reads what was sent for approval with a cycle that the viewer has
// opened.
func Thaw(tx *record.Tx, cycle *record.Record) (Frozen, error) { return thaw(tx, cycle) }
