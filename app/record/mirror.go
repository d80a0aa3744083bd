package record

import (
	"fmt"
	"slices"
	"sync"
)

// Mirror is something worked out from whole registers and kept in memory until
// one of them changes: a table of categories, a tree of places. Make one with
// NewMirror; it is safe for use by many at once.
type Mirror[T any] struct {
	registers []string
	read      func(*Tx) (T, error)

	mu      sync.Mutex
	known   bool
	through uint64 // journal sequence that the value stands at
	value   T
}

// NewMirror makes a mirror of registers; read works the value out with the
// rights of the office, and must not keep the transaction.
func NewMirror[T any](read func(*Tx) (T, error), registers ...string) *Mirror[T] {
	return &Mirror[T]{registers: registers, read: read}
}

// mirrorStep is how many journal entries are looked through for a change;
// with more behind, the value is worked out anew.
const mirrorStep = 500

// Get gives the value as the transaction sees it. What the transaction itself
// has written and may yet take back is seen and not kept.
func (m *Mirror[T]) Get(tx *Tx) (T, error) {
	office := tx.AsOffice()
	if slices.ContainsFunc(m.registers, tx.wrote) {
		return m.read(office)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if fresh, err := m.fresh(office); fresh || err != nil {
		return m.value, err
	}
	head, err := office.Seen()
	if err != nil {
		return m.value, err
	}
	v, err := m.read(office)
	if err != nil {
		return v, fmt.Errorf("reading what stands in %v: %w", m.registers, err)
	}
	m.value, m.known, m.through = v, true, head
	return v, nil
}

// fresh follows the journal and reports whether nothing of the registers has
// changed.
func (m *Mirror[T]) fresh(tx *Tx) (bool, error) {
	if !m.known {
		return false, nil
	}
	if m.through >= tx.book.Head() {
		return true, nil
	}
	changes, through, err := tx.Changes(m.through, mirrorStep)
	if err != nil {
		return false, fmt.Errorf("following %v: %w", m.registers, err)
	}
	changed := slices.ContainsFunc(changes, func(c Change) bool { return slices.Contains(m.registers, c.Ref.Register) })
	if changed || through >= m.through+mirrorStep {
		return false, nil
	}
	m.through = through
	return true, nil
}

// Seen is the last journal sequence that the transaction sees; others may have
// written since it began.
func (tx *Tx) Seen() (uint64, error) {
	for after := tx.book.Head(); after > 0; {
		after -= min(after, mirrorStep)
		_, through, err := tx.Changes(after, mirrorStep)
		if err != nil || through > after {
			return through, err
		}
	}
	return 0, nil
}

// wrote reports whether the transaction has written in a register.
func (tx *Tx) wrote(reg string) bool { return tx.touched[reg] }
