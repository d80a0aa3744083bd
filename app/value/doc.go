// Package value holds the office's own types of value: civil dates, money,
// identity numbers, names. Each has one home here: how it is read from what
// people type, checked, printed and masked.
//
// It promises that what it accepts is in one canonical form, and that every
// refusal says in Chinese what is wrong and what to do. It is pure: it holds
// no clock and no store.
package value
