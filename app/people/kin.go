package people

import "slices"

// Codes of sex (GB/T 2261.1).
const (
	male   = "1"
	female = "2"
)

// between reports whether a two-digit code lies in a range, both ends
// included.
func between(code, from, to string) bool { return len(code) == 2 && code >= from && code <= to }

// bySex picks a code by sex; an unknown sex gives the third.
func bySex(sex, man, woman, unknown string) string {
	switch sex {
	case male:
		return man
	case female:
		return woman
	}
	return unknown
}

// Reverse turns a relation round (GB/T 4761-2008, facts D3): when A is B's
// code, B is A's Reverse(code, sex of B). Where the standard has no single
// code for the other direction the general one of its group stands.
func Reverse(code, sex string) string {
	switch {
	case between(code, "10", "12"):
		return bySex(sex, "11", "12", "10")
	case between(code, "20", "49"):
		return reverseDown(code, sex)
	case between(code, "50", "69"):
		return reverseUp(code, sex)
	case between(code, "70", "79"):
		return reverseBeside(code, sex)
	case between(code, "81", "96"):
		return reverseCollateral(code, sex)
	case code == "02":
		return "97"
	}
	return code // 01 oneself, 80 other, 97 other kin, 99 no kin
}

// reverseDown: from children and grandchildren up.
func reverseDown(code, sex string) string {
	switch code {
	case "27", "37":
		return bySex(sex, "57", "58", "59")
	case "28":
		return bySex(sex, "55", "56", "59")
	case "38":
		return bySex(sex, "53", "54", "59")
	case "29", "39":
		return "59"
	case "41", "42":
		return bySex(sex, "61", "62", "60")
	case "43", "44":
		return bySex(sex, "63", "64", "60")
	case "45", "46":
		return "65"
	case "47", "48":
		return bySex(sex, "66", "67", "60")
	case "40", "49":
		return "60"
	}
	return bySex(sex, "51", "52", "50")
}

// reverseUp: from parents and grandparents down.
func reverseUp(code, sex string) string {
	switch code {
	case "53", "54":
		return "38"
	case "55", "56":
		return "28"
	case "57", "58":
		return bySex(sex, "27", "37", "29")
	case "59":
		return bySex(sex, "29", "39", "29")
	case "61", "62":
		return bySex(sex, "41", "42", "40")
	case "63", "64":
		return bySex(sex, "43", "44", "40")
	case "65":
		return bySex(sex, "46", "45", "40")
	case "66", "67":
		return bySex(sex, "47", "48", "49")
	case "60":
		return "40"
	case "68", "69":
		return "49"
	}
	return bySex(sex, "20", "30", "20")
}

// reverseBeside: brothers and sisters and their spouses.
func reverseBeside(code, sex string) string {
	switch code {
	case "71", "75":
		return bySex(sex, "73", "77", "70")
	case "73", "77":
		return bySex(sex, "71", "75", "70")
	case "70":
		return "70"
	}
	return "79"
}

// reverseCollateral: uncles, aunts, nephews and nieces.
func reverseCollateral(code, sex string) string {
	switch {
	case slices.Contains([]string{"81", "82", "83", "84", "89", "90"}, code):
		return bySex(sex, "93", "94", "97")
	case between(code, "85", "88"):
		return bySex(sex, "95", "96", "97")
	case code == "91", code == "92":
		return code
	}
	return "97" // a nephew's uncle may be of the father's or the mother's side
}

// Generation says how many generations younger someone's code is than the
// other: -1 for parents, 1 for children.
func Generation(code string) int {
	switch {
	case code == "47", code == "48":
		return 3
	case between(code, "40", "49"):
		return 2
	case between(code, "20", "39"), between(code, "93", "96"):
		return 1
	case code == "66", code == "67", code == "68":
		return -3
	case between(code, "60", "69"):
		return -2
	case between(code, "50", "59"), between(code, "81", "90"):
		return -1
	}
	return 0
}

// isParent reports whether a code is a parent by blood, adoption or marriage:
// whose children are brothers and sisters.
func isParent(code string) bool {
	return slices.Contains([]string{"50", "51", "52", "57", "58", "59"}, code)
}

// isChild is the other direction of isParent.
func isChild(code string) bool {
	return between(code, "20", "39") && code != "28" && code != "38"
}
