// Package patrol is the street's rounds: points to call at, who calls how
// often, sheets to carry, what came back, and whether every cell was covered.
//
// It promises that a call counts only when somebody was at the point and stayed
// long enough, reported something, or declared that nothing was wrong; that a
// problem found is a record of its own, tied to a case like an order of the
// hotline; and that every number can name the calls behind it. What it knows
// of past rounds it keeps in memory, made from the records and never the other
// way round. It must not know a page, and nothing of how orders are handled.
package patrol
