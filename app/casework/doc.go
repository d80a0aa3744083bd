// Package casework is what children's files, cases and visits do beyond their
// registers: scores and grades, what must be done before a case closes, what
// a visit means for the case, and the week's visit sheets.
//
// It promises that scores and grades are always those of the answers given,
// that a visit moves the dates it should in the same transaction, and that
// two visits without seeing the child raise the case. It knows records; it
// must not know a page.
package casework
