package installer

import _ "embed" // the icon

// iconPNG is the program's icon, 256 × 256; installer/release draws it.
//
//go:embed icon.png
var iconPNG []byte
