// Package staff is the people who work in the office: their accounts and
// posts, how they prove who they are, their sessions, and how one of them
// hands the work over and leaves.
//
// It promises that
//   - a password is kept only as an argon2id hash, a session token only as its
//     SHA-256, and a name that nobody has is answered exactly like a wrong
//     password, by the same steps;
//   - failures are counted in the store, by name and by terminal, so that
//     neither a restart nor a clock set back opens a lock early;
//   - no limit can be configured weaker than the facts' D9 asks;
//   - the three administrators do no business and exclude one another, and one
//     security administrator always remains;
//   - nothing stays in the hands of an account that has ended;
//   - every log-in, failure, lock and reset is in the journal, without what
//     was typed.
//
// Users are records of the register staff.user and reach the store only
// through package record. The package must not know a page, a cookie or a
// store's bucket.
package staff
