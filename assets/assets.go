// Package assets carries the data that the program is made of: registers,
// papers, codes, parameters, standards, holidays, templates, styles, fonts,
// help. It holds no code; who reads a folder checks it.
package assets

import (
	"embed"
	"io/fs"
)

//go:embed *
var files embed.FS

// FS is the tree of data as the program carries it.
func FS() fs.FS { return files }
