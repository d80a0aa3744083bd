// Package backup is the office's backup desk: it decides when a bundle is
// due, makes it in the data folder, carries it to where the office keeps its
// bundles, reads it back from there, and proves by restoring that it is good.
//
// It promises that an acknowledged bundle has been re-read from its medium
// and found whole; that a slow or vanishing medium neither slows the office
// nor damages an earlier bundle; and that no bundle is removed from a place but
// by a plan that someone has seen. In the office's own folder chains go by
// themselves once a later one is off this PC, and those that the plan keeps
// stay. It must not know a page, nor what is in a record.
//
// What it remembers lies on the shelf "backup": "keyring" (bundle.Keyring),
// "settings" (Settings), "last" and "pending" (Made), "sequence", "drill" (Drill),
// "looked/…" (Looked), and under "receipt/…" and "district/…" what was carried
// where and what the district acknowledged. All are CBOR with numbered or named
// keys; later programs read what earlier ones wrote.
package backup
