// Package bundle writes, reads and restores backup bundles: one office's
// records, opened from its store, compressed, sealed to those who may read
// them, and signed by the office.
//
// It promises that nothing of a bundle reaches a store before its signature
// has been verified, that a bundle which lost, gained or changed a single bit
// is refused, that what a reader's key doesn't open he doesn't learn, and that
// nothing is ever on disk in clear. It must not know a register, a page or
// where bundles are carried: which collections are closed is told to it.
//
// format.go says what lies in the file.
package bundle
