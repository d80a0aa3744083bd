// Package trend counts orders and cases month by month in the terms of the
// classes in use today, so that a line goes on when the tree of classes is
// changed.
//
// Trees are data: every version is a set of records with codes of two, four
// and six digits. A mapping says into which class of the next version one went;
// several may go into one, and one into several. It promises that every record
// of a month is counted in exactly one row; that what went into several classes
// is counted at what these have in common and called undivided, never shared
// out; that what no mapping carries over stands in a row of its own under its
// old name; and that a mapping which would lead back to where it began is
// refused.
//
// It knows records; it must not know a page, nor what an order or a case does.
package trend
