package app

import (
	"io/fs"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/policy"
	"jiezhen/app/staff"
)

// Town is a street or town that set-up offers.
type Town struct{ Code, Name string }

// Towns are the streets and towns that the program knows by name; others are
// typed in.
func Towns(assets fs.FS) []Town {
	text, err := fs.ReadFile(assets, "places/mentougou.tsv")
	if err != nil {
		return nil // set-up then asks for code and name
	}
	var out []Town
	for _, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		if len(cells) < 2 {
			continue
		}
		code, name := cells[0], cells[1]
		if len(code) == 9 && code[0] >= '0' && code[0] <= '9' {
			out = append(out, Town{code, name})
		}
	}
	return out
}

// PasswordWords says what a password must be before there is an office to ask.
func PasswordWords(assets fs.FS) string {
	set, err := policy.Load(assets)
	if err != nil {
		return ""
	}
	return staff.LimitsOf(set, "").Words()
}

// CheckFirstAccounts refuses accounts that could not be made, before anything
// is written.
func CheckFirstAccounts(assets fs.FS, users []staff.NewUser) error {
	set, err := policy.Load(assets)
	if err != nil {
		return err
	}
	roles, err := access.LoadRoles(assets, "roles.yaml")
	if err != nil {
		return err
	}
	return staff.CheckAccounts(staff.LimitsOf(set, ""), roles, users)
}
