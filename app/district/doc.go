// Package district is the receiving side: the desk of a district that takes
// in its offices' bundles, checks them, answers with signed receipts, and keeps
// a sealed replica of what it may read.
//
// It promises that a bundle counts only when its signature is that of the
// enrolled office, it builds on what was received before, and the journal in
// it agrees with the journal received before; that whatever fails is kept
// aside with a reason a clerk can act on; and that an office which has not
// handed in is named as missing, never counted as zero. It must not know a
// page, and it never learns what lies in a closed section.
//
// What it remembers lies on the shelf "district": "keys" (Keys), "office/…"
// (Office), "bundle/…" (Receipt), "aside/…" (Aside). The replica lies in
// collections named "at/<office>/<register>" of the district's own store.
package district
