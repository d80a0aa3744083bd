// Package returns works out the office's periodic returns (报表): what a
// system reports by month, quarter and year.
//
// A return is data, a file under assets/returns: which register it reads, and
// its figures as conditions in the register's own language with the period's
// first and last day. The program reads all of them when it starts and refuses
// to start on any fault, so that a figure never names a field, a code or a
// parameter that does not exist.
//
// It promises that a figure has one definition: the page, the rows that it
// opens, the workbook and the frozen month come from the same count, under the
// rights of whoever asks. Rates hold what is open and overdue in their
// denominator when the file says so, and without a denominator there is no
// rate. Of registers about children and disabled persons a figure below the
// least is written as less than that, never as itself, and a table hides a
// second cell where the hidden one could be worked out; of sealed registers no
// figure opens rows. A frozen return keeps its words and figures as they were,
// with the version of its formulas.
//
// It knows records through package record alone, and neither a page nor a
// workbook.
package returns
