// Package benefit is the engine behind allowances: from dated facts and dated
// standards it says, month by month, who is entitled to what and why.
//
// Its words are the field's: a programme has members; a cycle is a month; an
// entitlement is what one member is due for one month of one programme. Money
// is integer fen; months are calendar months and never split into days
// (业务资料 0.5); the standard of a month is the one in force in that month,
// not on the day it is paid.
//
// It promises that it never guesses: what a rule needs and nobody has said is
// "unknown" and goes to a person; that the same facts give the same months;
// and that every decision says its rules, their values, their evidence and
// what is missing, in a paragraph that can be read to a parent. It knows no
// store, no page and no viewer.
package benefit
