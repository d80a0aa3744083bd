package benefit

// Exclusive says why one person may not simply draw two benefits at once, each
// of another office, by the table of overlaps; the same benefit may never be
// drawn twice.
func (b *Book) Exclusive(x, y string) (why string, exclusive bool) {
	if x == y {
		return "同一项目不能在两处领", true
	}
	p := b.pair(x, y)
	switch p.Rule {
	case Never:
		return "不能同时领，照领" + b.title(p.Keeps) + "（" + p.Basis + "）", true
	case Choose:
		return "只能选一项，要本人签字（" + p.Basis + "）", true
	case TopUp:
		return "只补差额（" + p.Basis + "）", true
	case Higher:
		return "只领高的一项（" + p.Basis + "）", true
	case Both:
	}
	return "", false
}
