// Package record is the one door to the office's records. Everything written
// goes through Book.Change: one transaction, one journal entry; everything
// read is read for a viewer. Rights, history, search, bundles and undo hold
// because there is no other door.
//
// It promises that a change which is refused changes nothing and says in the
// office's words everything that is missing; that due dates, indexes, numbers
// and tallies are right in the transaction that changes their inputs; and
// that numbers are never reused. It knows the register language and the
// store; it must not know a page, a file format, or what any one register is
// for (that is a Behaviour, given to it).
package record
