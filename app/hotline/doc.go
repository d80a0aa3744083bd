// Package hotline is what the street's day does beyond its registers: orders
// of the 12345 hotline, the cases into which they are joined, and whistles.
//
// It promises that every deadline of an order can explain itself day by day;
// that orders about one trouble are tied to one case and untied again only
// with a reason, and nothing is moved or merged by itself; that a reply with
// something in it that should be mended leaves only when a person has said why;
// that the identity of a complainant who asked for secrecy is kept where no
// list, export, search or paper reaches; and that each of the three rates
// opens the orders behind it.
//
// It knows records and package insight; it must not know a page.
package hotline
