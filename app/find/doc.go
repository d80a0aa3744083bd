// Package find keeps the search index in step with the records and answers
// searches for a viewer.
//
// It promises that what it finds is what the viewer may open, that counts are
// those of a plain scan, and that a damaged, stale or absent index only costs
// time: it is made anew in the background from the records while the office
// works. The index is a cache; the records are the truth. It must not know a
// page, and search must not know it.
package find
