// Package grid is what the street's grid does beyond its registers: reports
// that become sources of a case, categories with their versions and limits,
// dispatch by territory and then by category, what probably is one trouble
// told twice, and where a text lies.
//
// It promises that a report, like an order of the hotline, is tied to one case
// and untied again only with a reason, and that nothing is merged by itself;
// that every suggestion — a cell, a unit, a case to join — says why; that a
// case's deadline follows its category's limit and explains itself day by day;
// and that what could be two places is left to a person.
//
// It knows records and package insight; it must not know a page, nor package
// hotline beside it: the two meet in the one register of cases.
package grid
