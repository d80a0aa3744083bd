package patrol

import (
	"context"
	"log/slog"

	"jiezhen/app/record"
)

// Desk is where patrols are planned, entered and looked over.
type Desk struct {
	book   *record.Book
	log    *slog.Logger
	digest digest
}

// New opens the desk.
func New(book *record.Book, log *slog.Logger) *Desk { return &Desk{book: book, log: log} }

// Run reads what is on record, so that the first page does not wait for it.
func (d *Desk) Run(ctx context.Context) {
	if err := d.sync(ctx); err != nil && ctx.Err() == nil {
		d.log.Error("reading patrols", "error", err)
	}
}
