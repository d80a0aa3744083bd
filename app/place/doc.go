// Package place is the office's map: places as a tree with dates. A town, its
// communities and villages, grids and buildings are records of place.place;
// each names the place above it and from when until when it went by its name.
//
// It promises that a tree can be read as it stood on any day (a town becomes a
// street, a community is split), and that reading it is cheap: the tree is
// kept in memory and read anew when a place has changed. Places are no
// secret: every viewer may know their names. It must not know a person.
package place
