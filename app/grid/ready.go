package grid

import (
	"context"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/value"
)

// readyEvery is how long the desk waits without a change before it looks again:
// the day may have turned.
const readyEvery = 10 * time.Minute

// readyAfter is how long the desk leaves the PC to whoever opens the first page
// after a start.
const readyAfter = 3 * time.Second

// Ready finds the pairs of the last days and judges this month and the last
// before anybody asks, whenever the office has changed and is quiet again, so
// that no page waits for it. It ends with the context.
func (d *Desk) Ready(ctx context.Context) {
	pause(ctx, readyAfter)
	for ctx.Err() == nil {
		seq := d.book.Head()
		if err := d.prepare(ctx); err != nil && ctx.Err() == nil {
			d.log.Error("readying the grid's pages", "error", err)
		}
		d.quiet(ctx, seq)
	}
}

func (d *Desk) prepare(ctx context.Context) error {
	if _, err := d.Pairs(ctx, access.Office()); err != nil {
		return err
	}
	if _, err := d.Ground(ctx, access.Office(), 0); err != nil {
		return err
	}
	month := value.MonthOf(d.book.Today())
	for _, m := range []value.Month{month, value.MonthOf(month.First().AddDays(-1))} {
		if _, err := d.counter.Marks(ctx, access.Office(), m); err != nil {
			return err
		}
	}
	return nil
}

// quiet waits until something has changed, or long enough, and then for a
// second in which nothing does.
func (d *Desk) quiet(ctx context.Context, seq uint64) {
	most, stop := context.WithTimeout(ctx, readyEvery)
	defer stop()
	_ = d.book.Wait(most, seq) // that the time is over is as good
	for busy := true; busy && ctx.Err() == nil; {
		at := d.book.Head()
		pause(ctx, time.Second)
		busy = d.book.Head() != at
	}
}

func pause(ctx context.Context, long time.Duration) {
	t := time.NewTimer(long)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
