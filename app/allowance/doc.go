// Package allowance pays what package benefit reckons: it keeps who is a
// member of which programme, reckons a month as a dry run, freezes it when it
// is sent for approval, writes the entitlements when another person approves,
// and follows every payment to the bank and back.
//
// It promises that one person has one entitlement for a programme, month, kind
// and cause, held by the store, however often and by whomever a month is run;
// that what was approved is what was sent for approval, to the fen and the
// account; that past entitlements are never edited, only made good by lines of
// their own; that only payments that failed are made again; that nothing is
// paid on a standard nobody has checked, and nothing after a restore until what
// was paid meanwhile is known; and that what a register has not settled goes to
// a person and is not paid.
//
// Which registers grant a programme and what they say of a child stands in
// source.go: an allowance of another kind is one more entry there.
//
// It knows records and package benefit; it must not know a page.
package allowance
