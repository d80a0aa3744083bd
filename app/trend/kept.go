package trend

import (
	"context"
	"sync"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// state is what a table is made of: while it is the same, so is the table.
type state struct {
	whole bool // for who may know of all; others' tables are not kept
	reg   string
	first value.Month
	today value.Date
	trees *trees
	rev   uint64
}

// tables keeps the tables that were made last: they are opened again and again
// while few classes change.
type tables struct {
	mu   sync.Mutex
	made map[state]*Table
}

// tablesMost is how many are kept.
const tablesMost = 4

func (k *tables) get(s state) *Table {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.made[s]
}

func (k *tables) put(s state, t *Table) {
	if !s.whole {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.made == nil || len(k.made) >= tablesMost {
		k.made = map[state]*Table{}
	}
	k.made[s] = t
}

// state is what the table of a viewer would be made of now.
func (d *Desk) state(ctx context.Context, v access.Viewer, reg string, first value.Month) (state, error) {
	_, all, err := d.area(v, reg)
	s := state{whole: all, reg: reg, first: first, today: d.book.Today()}
	if err != nil || !all {
		return s, err
	}
	err = d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
		if s.trees, err = d.trees.Get(tx); err != nil {
			return err
		}
		if s.rev = d.orders.Revision(); reg == Cases {
			s.rev, err = d.cases.state(tx, first)
		}
		return err
	})
	return s, err
}
