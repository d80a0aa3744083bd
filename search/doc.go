// Package search finds documents by Chinese text, numbers, pinyin and rights
// without keeping a readable word of them. It is a disposable cache over Bleve's
// scorch: whatever it holds can be made again by applying the journal, so a
// damaged index is put aside and never a reason not to start.
//
// It promises:
//
//   - Totals, pages and order are those of a plain scan (Match is that scan):
//     Han words anywhere in an unbroken run of Han characters, other words at
//     the start of a word or at the end of a number, every word of the query
//     needed, newest first, for what the readers' tokens allow. Punctuation,
//     line breaks and a change of script end a run, and no match reaches over
//     one.
//   - The folder gives away ids, dates and how large each set of terms is. All
//     else is keyed hashes of five bytes, as sets: no order, no positions, no
//     frequencies, no text. Which documents share a term can be seen; what it
//     is, can't, without the key.
//   - A query ends with its context and says Partial; a panic inside Bleve ends
//     the index (Broken), not the process. What it can't hold against: a fault
//     of the disk met by Bleve's own background goroutines in a mapped file
//     still ends the process, and its owner must count starts.
//   - Through is written together with the documents. After a crash it names
//     the journal sequence that really is on disk.
//
// It must not know what a person, a register or a right is. Notes of sealed
// registers don't belong in it at all.
//
// # How it is built
//
// Documents reach scorch as ready sets of terms, past Bleve's mapping and
// analysis, in one field besides _id; queries read the postings of each segment
// as bitmaps, past its searchers and collectors. Words of one and two Han
// characters are one term and exact. Longer ones are the conjunction of their
// bigrams, and each candidate is confirmed on the opened record, newest first;
// a deadline then cuts the count, not the first page. Trigrams would decide
// words of three characters at once, but take the index beyond five times its
// text. Latin words and numbers have all their prefixes from two to twenty
// characters as terms, numbers of eight characters and more their tails from
// four. Names add pinyin and initials of all readings.
//
// The order costs no doc values: the bits of the sort key are terms themselves
// (a bit-sliced index), so the newest page of any set, any range of dates and
// any cursor is a walk down a trie of bitmap intersections. Sorting by a doc
// value read for every hit took 100 ms where a third of 100,000 notes matched.
//
// Measured on two cores shared with other work, notes of about 200 characters
// (BenchmarkOffice; the first table is the choice of terms on 20,000 notes):
//
//	terms                          index / text   notes/s
//	1 and 2 characters                4.2–4.4     1,200–2,900
//	the same, frequency 0 (¹)         4.6–4.9     1,200–3,400
//	1, 2 and 3 characters             5.6         1,400
//	1, 2, 3 and 4 characters          6.9           900
//
// ¹ Without a frequency the merger can't keep a term of one document inside the
// dictionary; see field.AnalyzedLength.
//
//	                       150,000 notes    500,000 notes
//	notes/s                        3,200            2,200
//	index / text                     3.4              3.0
//	peak MB, indexing                195              305
//	peak MB, queries too (²)         211              504
//	open, ms                           1                1
//	p95 ms at 1/2/3/4/8   3.5/3.3/3.3/3.2/2.8   6.8/5.1/5.1/5.2/5.4
//	p95 ms everyday (³)              3.3              5.2
//
// ² Mostly pages of the mapped files, which the system takes back at will.
// ³ 低保, 家访, 走访 and the like, in two fifths of all notes, counted and sorted.
//
// Opening a candidate of a longer word comes on top: its record, and about
// 10 µs at most to look through it.
package search
