package backup

import "context"

// MakeUntil makes a bundle as far as a program that ends in the midst of it:
// before or after the bundle gets its name, and always before it is
// acknowledged.
func (d *Desk) MakeUntil(ctx context.Context, named bool) (Made, error) {
	p, err := d.prepare(ctx, ReasonPlain)
	if err != nil {
		return Made{}, err
	}
	m, err := d.write(ctx, &p)
	if err != nil || !named {
		return m, err
	}
	return m, d.place(ctx, m)
}
