package insight

import (
	"slices"
	"strings"
)

// Words by which a text is taken to be about a child, or about disability.
var (
	minorWords      = []string{"未成年", "儿童", "孩子", "小孩", "婴儿", "幼儿", "学生", "留守", "孤儿", "辍学", "校园"}
	disabilityWords = []string{"残疾", "轮椅", "盲道", "盲人", "聋哑", "听障", "视障", "智障", "无障碍", "残联"}
)

// AboutMinor reports whether a text speaks of a child.
func AboutMinor(text string) bool { return speaks(text, minorWords) }

// AboutDisability reports whether a text speaks of disability.
func AboutDisability(text string) bool { return speaks(text, disabilityWords) }

func speaks(text string, of []string) bool {
	return slices.ContainsFunc(of, func(w string) bool { return strings.Contains(text, w) })
}
