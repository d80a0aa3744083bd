// Package people is the office's knowledge of persons: one person has one
// file. It finds a person before a new file is made, tells duplicates apart
// and joins them, knows families, guards protected persons, and applies
// changes of key facts that a second person has approved.
//
// It promises that
//   - nobody gets a second file unawares: a match that the viewer may not open
//     still shows as a placeholder with whom to ask;
//   - a missing value never counts as equal, and “not the same person” is
//     remembered for good;
//   - a merge moves every reference in one transaction and can be undone;
//     what has been changed since is left as it is and named;
//   - ages are always of a stated date;
//   - nothing of a protected person, and nothing of a sealed register, shows
//     through search, family, timeline or duplicates.
//
// It is built on package record and must know no page, paper or spreadsheet.
package people
