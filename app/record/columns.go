package record

import (
	"fmt"
	"slices"

	"jiezhen/embedstore"
)

// Column is one indexed value of a record, as the list index keeps it.
type Column uint64

// ID is the column of a person, place or record.
func (c Column) ID() uint64 { return uint64(c) }

// Fen is the column of an amount; 0 when it is empty.
func (c Column) Fen() int64 {
	if c == 0 {
		return 0
	}
	return int64(uint64(c) ^ 1<<63)
}

// Months is the column of a month: 12·year + month, 0 when it is empty.
func (c Column) Months() int { return int(c) }

// CodeColumn is what the column of a code field holds for a code.
func (b *Book) CodeColumn(field, code string) Column { return Column(b.columns.code(field, code)) }

// EachColumn walks the records of a register whose filter field has a value,
// and gives their indexed values without opening any record: for sums over
// very many. Office only; the slice is good only until fn returns.
func (tx *Tx) EachColumn(reg, filter, v string, names []string, fn func(id uint64, values []Column) error) error {
	if !tx.viewer.Office {
		return Refused(CodeDenied, "只有系统可以通读索引")
	}
	def, err := tx.definition(reg)
	if err != nil {
		return err
	}
	columns := tx.book.layouts[def.ID]
	at := make([]int, len(names))
	for i, name := range names {
		if at[i] = slices.IndexFunc(columns, func(c column) bool { return c.name == name }); at[i] < 0 {
			return fmt.Errorf("reading columns of %s: no column %s", reg, name)
		}
	}
	of := slices.IndexFunc(columns, func(c column) bool { return c.name == filter })
	if of < 0 || !columns[of].indexed {
		return fmt.Errorf("reading columns of %s: %s has no index", reg, filter)
	}
	prefix := u64(tx.book.columns.parseColumn(columns[of], v))
	values := make([]Column, len(names))
	return tx.store.Range(def.ID, filter, embedstore.Range{Prefix: prefix}, func(hit embedstore.Hit) (bool, error) {
		for i, n := range at {
			values[i] = Column(coverAt(hit.Cover, n))
		}
		return true, fn(hit.ID, values)
	})
}
