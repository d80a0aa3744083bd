// Package policy holds what authorities and the office set: parameters
// (limits, frequencies, switches), code lists, standards and retention
// classes. Each bears its basis and whether it is confirmed (法定, 已核) or
// only an example (示例, 待核), so that pages and papers can say so.
//
// It promises that a Set is whole and consistent, that values are taken as of
// a day, and that an office's own setting never replaces a statutory one
// unless it was approved. It is data only: no clock, no store.
package policy
