// Package ui is the office in the browser: routes, sessions, and the way from
// records to pages.
//
// It promises that every route asks for a signed-in viewer unless it says
// that it is open, that every POST carries the session's own token and comes
// from this very page, and that what was typed comes back whatever went
// wrong. Strings from the web framework are copied at its edge (visit), and
// nothing of it goes further down. It must not know a bucket, and decides no
// rights: app does.
package ui
