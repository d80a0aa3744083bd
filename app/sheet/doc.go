// Package sheet is the way in and out for spreadsheets: the import desk, and
// exports that can be imported again.
//
// It promises that a file is tried by being written and taken back before it
// is written, so that a dry run finds what writing would find; that every
// refused row says why in the office's words; that persons, places and codes
// are matched and never guessed; that one file is not taken twice; that a whole
// import can be undone, and is when it was cut short; and that an export obeys
// rights, masks, consent and purpose, and is in the journal. Uploads wait
// sealed on a shelf and never lie in clear in the temporary folder.
//
// It knows registers and records; it must not know a page.
package sheet
