// Package paper turns a layout and a source of values into a PDF that an
// office can sign, stamp and file.
//
// A layout is one YAML file (see assets/papers/README.md): a title, blocks of
// text, ruled grids with cells to sign and to stamp, tables that run over
// pages. A Source answers for the values. The engine measures and breaks the
// text itself, sets every page as a list of marks (Op), and only then draws
// them; what was measured is what is drawn, and tests read the marks.
//
// Promises:
//   - No character is lost. Text that does not fit a cell makes the cell grow
//     and run over pages; it is never clipped. A character no font holds is
//     printed as 〔U+xxxxx〕 and listed in Result.Unprintable.
//   - Characters beyond U+FFFF print as themselves and copy out of the PDF as
//     themselves.
//   - The same layout, values and Stamp give the same bytes; the only clock is
//     Stamp.At.
//   - A document that makes the drawing code panic ends in an error for this
//     document alone.
//
// The package knows no store, no register, no viewer and no HTTP. Who may
// print, what a number is and that a print is journalled are the caller's.
package paper
