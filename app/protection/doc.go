// Package protection is what the registers of child protection do across
// records, beyond the register language: a foster home takes no more children
// than the measure allows, and a visit moves the dates of the placement that
// it is paid to.
//
// It promises that these hold in the transaction that changes their inputs. It
// knows records; it must not know a page.
package protection
