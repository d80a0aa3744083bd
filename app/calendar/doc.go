// Package calendar counts days as offices do: natural days, workdays with
// make-up workdays, months, hours. Every date it computes can explain itself
// day by day.
//
// It promises never to guess: a date that depends on a year whose State
// Council notice has not been read in is refused, and the refusal says which
// year is missing. It is pure data and arithmetic: it reads no clock and must
// know no record.
package calendar
