// Package sheet is the way in and out for spreadsheets: the import desk, and
// exports that can be imported again.
//
// It promises that a file is tried before it is written, that every refused
// row says why in the office's words, that a whole import can be undone, that
// one file is not taken twice, and that an export obeys rights, masks and
// purpose. It knows registers and records; it must not know a page.
package sheet
