// Package issue prints the papers of records: previews without a number,
// issues under a number that stays on the record with a hash, and reprints
// that say what the original said.
//
// It promises that a number is drawn only for a paper that could be printed,
// that rights, protection and consent are asked before a word is set, and
// that a reprint is marked 补打. It knows records and layouts; it must not
// know pages.
package issue
