package keep

import (
	"fmt"
	"io"
	"log/slog"
	"strings"

	"golang.org/x/text/width"
)

// Recovery is the paper key: 200 random bits as eight groups of five
// characters, each group with a sixth that checks it and its place.
type Recovery struct{ secret [25]byte }

// alphabet has no I, L, O or U: nothing that a person mistakes on paper.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const (
	groups    = 8
	groupSize = 5
)

func newRecovery(random io.Reader) (Recovery, error) {
	var r Recovery
	if _, err := io.ReadFull(random, r.secret[:]); err != nil {
		return r, fmt.Errorf("drawing a paper key: %w", err)
	}
	return r, nil
}

// Groups are the key as printed.
func (r Recovery) Groups() []string {
	var symbols []byte
	acc, bits := 0, 0
	for _, b := range r.secret {
		acc, bits = acc<<8|int(b), bits+8
		for bits >= 5 {
			bits -= 5
			symbols = append(symbols, alphabet[acc>>bits&31])
			acc &= 1<<bits - 1
		}
	}
	out := make([]string, 0, groups)
	for i := range groups {
		g := string(symbols[i*groupSize : (i+1)*groupSize])
		out = append(out, g+string(checkSymbol(i, g)))
	}
	return out
}

// checkSymbol catches any one wrong character, any two neighbours swapped, and
// groups in the wrong order. It is a weighted sum over the field of 32
// elements, one for each symbol, with the powers of its generator as weights;
// a sum modulo 31 would take 0 for Z.
func checkSymbol(place int, group string) byte {
	sum := place + 1
	for i := range group {
		sum = double(sum) ^ strings.IndexByte(alphabet, group[i])
	}
	return alphabet[double(sum)]
}

// double multiplies by the generator of the field (x⁵ + x² + 1).
func double(n int) int {
	if n <<= 1; n > 31 {
		n ^= 0b100101
	}
	return n
}

// Format keeps the key out of logs and errors, whatever the verb.
func (r Recovery) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "恢复密钥（不显示）")
}

// LogValue keeps the key out of structured logs.
func (r Recovery) LogValue() slog.Value { return slog.StringValue("恢复密钥（不显示）") }

// CheckGroup says whether a typed group is group number place (from 0) of
// some key: right characters, right check, right place.
func CheckGroup(place int, typed string) error {
	g := normal(typed)
	if len(g) != groupSize+1 {
		return fmt.Errorf("第%d组应为%d个字符，现为%d个", place+1, groupSize+1, len([]rune(g)))
	}
	for i, c := range g {
		if !strings.ContainsRune(alphabet, c) {
			return fmt.Errorf("第%d组第%d个字符“%c”不会出现在密钥里，请核对", place+1, i+1, c)
		}
	}
	if checkSymbol(place, g[:groupSize]) != g[groupSize] {
		return fmt.Errorf("第%d组抄写有误，请逐字核对", place+1)
	}
	return nil
}

// normal folds what people type: any case, full width, letters that look like
// digits.
func normal(s string) string {
	s = strings.ToUpper(width.Narrow.String(s))
	return strings.NewReplacer("O", "0", "I", "1", "L", "1", "U", "V", "-", "", "—", "").Replace(strings.Join(strings.Fields(s), ""))
}

// ParseRecovery reads a typed paper key and names the first group that is
// wrong.
func ParseRecovery(typed string) (Recovery, error) {
	var r Recovery
	all := normal(typed)
	if len([]rune(all)) != groups*(groupSize+1) {
		return r, fmt.Errorf("恢复密钥共%d组、每组%d个字符，现有%d个字符", groups, groupSize+1, len([]rune(all)))
	}
	acc, bits, n := 0, 0, 0
	for place := range groups {
		if len(all) < (place+1)*(groupSize+1) {
			return r, ErrPaper
		}
		g := all[place*(groupSize+1) : (place+1)*(groupSize+1)]
		if err := CheckGroup(place, g); err != nil {
			return r, err
		}
		for _, c := range g[:groupSize] {
			acc, bits = acc<<5|strings.IndexRune(alphabet, c), bits+5
			if bits >= 8 {
				bits -= 8
				r.secret[n] = byte(acc >> bits)
				acc &= 1<<bits - 1
				n++
			}
		}
	}
	return r, nil
}
