package installer

import (
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

// serviceSID is the identity of a Windows service's virtual account: it
// follows from its name, so that rights can be given before it exists. The
// hash is Windows' choice and guards nothing.
func serviceSID(name string) string {
	var raw []byte
	for _, u := range utf16.Encode([]rune(strings.ToUpper(name))) {
		raw = binary.LittleEndian.AppendUint16(raw, u)
	}
	sum := sha1.Sum(raw)
	out := "S-1-5-80"
	for i := 0; i < len(sum); i += 4 {
		out += fmt.Sprintf("-%d", binary.LittleEndian.Uint32(sum[i:]))
	}
	return out
}
