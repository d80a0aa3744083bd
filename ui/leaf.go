package ui

import (
	"strconv"

	"jiezhen/ui/page"
)

// leaf is one page of a list that is held whole: from and to bound what it
// shows, and the pager leads to the others; nil when all is shown. param is the
// query's word for where the page begins.
func (v *visit) leaf(param string, total, size int) (from, to int, pager *page.Pager) {
	from, _ = strconv.Atoi(v.query(param))
	from = max(0, min(from, (total-1)/size*size)) // past the end: the last page
	to = min(from+size, total)
	if total <= size {
		return from, to, nil
	}
	pager = &page.Pager{Total: total, From: from + 1, To: to}
	if from > 0 {
		pager.First, pager.Prev = v.with(param, ""), v.with(param, strconv.Itoa(max(0, from-size)))
	}
	if to < total {
		pager.Next = v.with(param, strconv.Itoa(to))
	}
	return from, to, pager
}
