// Package fonts holds the fonts that papers are set in. Data only: README.md
// says what each file is, where it comes from and under which licence.
package fonts

import "embed"

// Files holds song.ttf, hei.ttf and the rare-*.ttf.gz fonts.
//
//go:embed *.ttf *.ttf.gz
var Files embed.FS
