// Package access decides who may do what to which record. It is pure: it
// holds no store and reads no clock, so that every decision can be tested as
// a row of a table.
//
// It promises one mechanism: pages, commands, exports, search and papers all
// ask Decide (or, for sets of records, the tokens that Decide is built to
// agree with). It must not know what a page or a store is.
package access
