// Package page draws the pages of 街镇通: view models in, HTML out.
//
// Each page is one exported struct (HomeView, ListView, RecordView …) and one
// method of Renderer with the same name. A view model holds what is shown and
// ready-made URLs; it holds nothing that its reader may not see, because the
// package checks no rights. All text in a view is plain text and is escaped
// here; the one exception is HelpView.Body, which is trusted HTML from the
// embedded manual.
//
// What the package promises: templates are parsed once, a page is written
// either whole or not at all, and every page works without script, without a
// mouse and at 200 % zoom. The markup obeys the policy of the server
// (script-src 'self'; style-src 'self'): no inline script, handler or style.
//
// It must not know HTTP, Fiber, records, registers or the store.
package page
