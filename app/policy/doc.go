// Package policy holds the dated things that an authority sets and an office
// may not invent: parameters (limits, frequencies, thresholds), code lists,
// benefit standards and retention classes. They are data under assets, read
// once; an office's own approved changes lie over them.
//
// It promises that
//   - every number and code carries its basis and its state (法定, 已核, 示例,
//     待核), so that a page can show a badge and a pay-out can be refused;
//   - a set never changes: With gives a new one;
//   - statutory values move only by a change that has been approved;
//   - two standards of one code never hold in the same month;
//   - a mistake in the data stops the load with file, line and reason.
//
// It must know no store, register or page, and reads no clock.
package policy
