// Package demo makes a fictional office of any size: people in households,
// communities, accounts of every post, and some years of work with children
// in difficulty. It is what the command demo opens, what tests look at and
// what benchmarks grow to 150,000 people.
//
// It promises that nothing in it is anybody: every identity number carries the
// district's code 110109 and a sequence of 901 to 984, which is never given to
// a person (facts E); every telephone is 010-0000xxxx; places, schools and
// organisations say that they are fictional. The same options, clock and
// definitions make the same records, numbers and words.
//
// It writes through app alone, in transactions of a bounded size, and holds in
// memory no more than a line for each person and each event. It must not know
// a page, a store or an index.
package demo
