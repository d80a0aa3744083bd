package demo

import (
	"context"
	"fmt"

	"jiezhen/app/returns"
)

// writeReturns keeps last month's returns, as the head of the desk would.
func (f *filler) writeReturns(ctx context.Context) error {
	head, last := f.users["welfare.head"], returns.PeriodOf(returns.Month, f.today).Before()
	for _, r := range f.office.Returns.Offered(head) {
		if !returns.MayFreeze(head, r) {
			continue
		}
		if _, err := f.office.Returns.Freeze(ctx, head, r.ID, last); err != nil {
			return fmt.Errorf("keeping the return %s: %w", r.ID, err)
		}
	}
	return nil
}
