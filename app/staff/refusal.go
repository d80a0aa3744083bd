package staff

import "jiezhen/app/record"

// The kinds of refusal that this package adds to those of package record, so
// that a page can answer each rightly.
const (
	CodeWrong     record.Code = "wrong"     // name or password not right
	CodeLockedOut record.Code = "lockedout" // too many failures: wait
	CodeLocked    record.Code = "locked"    // the session is covered: the password uncovers it
	CodeEnded     record.Code = "ended"     // no such session, or it has ended: log in
	CodeDisabled  record.Code = "disabled"  // the account has ended
	CodeWeak      record.Code = "weak"      // the new password breaks a rule; Problems say which
)

// Is reports whether an error is a refusal of this kind.
func Is(err error, code record.Code) bool {
	r, ok := record.AsRefusal(err)
	return ok && r.Code == code
}

// problems builds a refusal out of one list of texts about one field.
func problems(code record.Code, field, label string, texts []string) *record.Refusal {
	r := &record.Refusal{Code: code, Text: "还有内容要补正"}
	for _, t := range texts {
		r.Problems = append(r.Problems, record.Problem{Field: field, Label: label, Text: t})
	}
	return r
}
