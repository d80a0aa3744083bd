// Package register is the register language: one YAML file says what a
// system of the office keeps (fields), how a record moves (steps, actions),
// what falls due and when (due, duties), and how it is listed, counted and
// printed.
//
// The language is small on purpose. It holds what systems need identically;
// formulas, legal conditions and changes across records are Go packages
// beside it. There are no loops, queries or page layouts here.
//
// It promises that a Set which loaded is whole: every expression compiled and
// type-checked, every code list, parameter, step, role and field it names
// exists. A mistake stops the load with file, line and reason. It must not
// know the store, a viewer's session, or a page.
//
// assets/registers/README.md is the reference for authors.
package register
