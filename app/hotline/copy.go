package hotline

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// The registers into which orders about children and about disability are
// copied, for the officers responsible, under the rules of protection.
const (
	MinorCopies      = "child.order"
	DisabilityCopies = "disability.order"
)

// copyTo is what marks an order, by which words, and where it is copied.
var copyTo = []struct {
	flag, register string
	words          []string
}{{"minor", MinorCopies, minorWords}, {"disability", DisabilityCopies, disabilityWords}}

// copyOrder copies an order that is marked to the officer responsible, once;
// what has already ended elsewhere is no longer copied.
func copyOrder(tx *record.Tx, r *record.Record) error {
	if !r.Open() {
		return nil
	}
	for _, c := range copyTo {
		if yes, _ := r.Values[c.flag].(bool); !yes {
			continue
		}
		if _, ok := tx.Book().Registers().Get(c.register); !ok {
			continue
		}
		made, err := tx.AsOffice().Children(c.register, r.Ref)
		if err != nil {
			return fmt.Errorf("looking for a copy of an order: %w", err)
		}
		if len(made) > 0 {
			continue
		}
		values := register.Values{"order": strconv.FormatUint(r.ID, 10), "external": r.Text("external"), "content": r.Text("content"), "address": r.Text("address"),
			"dispatched_at": r.Text("dispatched_at"), "unit": r.Text("unit"), "words": strings.Join(found(r, c.words), "、")}
		if r.Community != 0 {
			values["community"] = strconv.FormatUint(r.Community, 10)
		}
		if _, err := tx.AsOffice().Create(record.Draft{Register: c.register, Values: values}); err != nil {
			return fmt.Errorf("copying an order to %s: %w", c.register, err)
		}
	}
	return nil
}

// found are the words of a list that stand in an order.
func found(r *record.Record, words []string) []string {
	text := r.Text("title") + r.Text("content")
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool { return !strings.Contains(text, w) })
}
