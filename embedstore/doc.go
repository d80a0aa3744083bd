// Package embedstore is the office's sealed store: records, their indexes and
// a hash-chained journal in one bbolt file, attachments beside it.
//
// It promises that one transaction writes records, indexes and one journal
// entry or nothing; that what Update acknowledged survives a kill at any
// moment; that nothing a person could read stands in the file in clear but
// what callers put into index keys and covers; and that damage is found by
// Check and never ends the program. It knows no register, no viewer and no
// field: bodies are maps of bytes to it.
//
// format.go says what lies in the file.
package embedstore
