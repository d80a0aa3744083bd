// Package app opens an office and wires it: the only place where the parts
// below meet. A House is the data folder in whatever condition it is (absent,
// locked, in use, damaged); an Office is what opens inside it.
//
// It promises that a first run is proved and never guessed, that the office
// works while the search index is being made, and that closing is quick. It
// must not know HTTP, bbolt or Bleve.
package app
