package record

import (
	"errors"
	"fmt"
	"strings"

	"jiezhen/embedstore"
)

// Code says what kind of refusal it is, so that a page can answer rightly.
type Code string

// The kinds of refusal.
const (
	CodeDenied   Code = "denied"   // the viewer may not
	CodeGuarded  Code = "guarded"  // a protected person: opening takes a reason
	CodeNotFound Code = "notfound" // no such record, or none that the viewer may know of
	CodeInvalid  Code = "invalid"  // something is missing or wrong
	CodeStale    Code = "stale"    // someone else saved in between
	CodeTaken    Code = "taken"    // a value that may exist only once is in use
	CodeClosed   Code = "closed"   // the record has ended
	CodeReadOnly Code = "readonly" // the office is read-only for now
)

// Problem is one thing that is missing or wrong. Field may be empty.
type Problem struct {
	Field string // field id, "table.3.column" inside a table
	Label string
	Text  string // Chinese, says what to do
	Link  string // where it can be mended, when not on the same form
	Warn  bool   // does not refuse; the user confirms it
}

// Refusal is an answer in the office's words. Nothing has been changed.
type Refusal struct {
	Code     Code
	Text     string
	Problems []Problem
	Ref      Ref    // the record meant, if any
	Rev      uint64 // its present revision, for CodeStale
}

func (r *Refusal) Error() string {
	if len(r.Problems) == 0 {
		return r.Text
	}
	parts := make([]string, 0, len(r.Problems))
	for _, p := range r.Problems {
		parts = append(parts, strings.TrimPrefix(p.Label+"："+p.Text, "："))
	}
	return r.Text + "：" + strings.Join(parts, "；")
}

// Refused builds a refusal.
func Refused(code Code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Text: fmt.Sprintf(format, args...)}
}

// AsRefusal finds the refusal in an error chain.
func AsRefusal(err error) (*Refusal, bool) {
	var r *Refusal
	ok := errors.As(err, &r)
	return r, ok
}

// invalid gathers problems into a refusal, or nil when none of them refuses.
func invalid(problems []Problem) error {
	for _, p := range problems {
		if !p.Warn {
			return &Refusal{Code: CodeInvalid, Text: "还有内容要补正", Problems: problems}
		}
	}
	return nil
}

// fromStore puts the store's errors into the office's words.
func fromStore(err error, ref Ref) error {
	var stale *embedstore.StaleError
	var taken *embedstore.TakenError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &stale):
		return &Refusal{Code: CodeStale, Ref: ref, Rev: stale.Current,
			Text: "这条记录刚被别人保存过，请对照两边的内容后再保存"}
	case errors.As(err, &taken):
		return &Refusal{Code: CodeTaken, Ref: Ref{taken.Collection, taken.ID},
			Text: "已有同样的登记，不能重复建立"}
	case errors.Is(err, embedstore.ErrNotFound):
		return &Refusal{Code: CodeNotFound, Ref: ref, Text: "没有这条记录，或您无权查看"}
	}
	return err
}
