package search

import "strings"

// Spelling is one way to read a name on a Latin keyboard.
type Spelling struct {
	Full     string // zengxiaoman
	Initials string // zxm
	Head     string // full without the last syllable, from three syllables on
}

// Spellings are all ways to read a person's name, with the readings that its
// characters have as surnames: the same that the index finds names by. Without
// any readable character there are none.
func Spellings(name string) []Spelling {
	var out []Spelling
	for _, syllables := range spellings(name) {
		var initials strings.Builder
		for _, s := range syllables {
			initials.WriteByte(s[0])
		}
		spelling := Spelling{Full: strings.Join(syllables, ""), Initials: initials.String()}
		if n := len(syllables); n > 2 {
			spelling.Head = strings.Join(syllables[:n-1], "")
		}
		out = append(out, spelling)
	}
	return out
}
