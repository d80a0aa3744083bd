package hotline

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"jiezhen/app/record"
	"jiezhen/embedstore"
)

// identity are the fields that say who complains.
var identity = []string{"complainant", "phone"}

// told are the fields in whose words a complainant may be named.
var told = []string{"title", "content", "contact_note", "reply", "gate_note", "dissatisfaction", "delivery_note", "suggested"}

// Hidden stands in place of a complainant's identity that is kept secret.
const Hidden = "（保密）"

// hideIdentity keeps the identity of a complainant who asked for secrecy among
// the record's secrets, out of reach of lists, exports, search and papers, in
// the words of the order and the reasons of its moves too; it comes back when
// secrecy is lifted.
func hideIdentity(r *record.Record) {
	secret, _ := r.Values["secret"].(bool)
	for _, f := range identity {
		text, kept := r.Text(f), r.Secrets[f]
		switch {
		case secret && text != "" && text != Hidden:
			keepSecret(r, f, text)
			r.Values[f] = Hidden
		case !secret && text == Hidden && kept != "":
			r.Values[f] = kept
			delete(r.Secrets, f)
		}
	}
	for _, f := range told {
		hideWords(r, f, secret)
	}
	if secret {
		for i := range r.Log {
			r.Log[i].Note = Redact(r, r.Log[i].Note)
		}
	}
}

func keepSecret(r *record.Record, key, text string) {
	if r.Secrets == nil {
		r.Secrets = map[string]string{}
	}
	r.Secrets[key] = text
}

// wordsKey is under which secret the words of a field lie as they were given.
func wordsKey(field string) string { return "words:" + field }

// hideWords takes the identity out of the words of a field, or gives the words
// back as they were if nobody has changed them since.
func hideWords(r *record.Record, field string, secret bool) {
	text, kept := r.Text(field), r.Secrets[wordsKey(field)]
	if !secret {
		if kept != "" {
			if Redact(r, kept) == text {
				r.Values[field] = kept
			}
			delete(r.Secrets, wordsKey(field))
		}
		return
	}
	if redacted := Redact(r, text); redacted != text {
		keepSecret(r, wordsKey(field), text)
		r.Values[field] = redacted
	}
}

// Redact takes the identity of a complainant who asked for secrecy out of words
// about their order. It leaves the words about others alone.
func Redact(r *record.Record, text string) string {
	if secret, _ := r.Values["secret"].(bool); !secret && r.Text("complainant") != Hidden && r.Text("phone") != Hidden {
		return text
	}
	if name := r.Secrets["complainant"]; utf8.RuneCountInString(name) >= 2 {
		text = strings.ReplaceAll(text, name, "（诉求人）")
	}
	if number := digits(r.Secrets["phone"]); len(number) >= 7 {
		text = spaced(number).ReplaceAllString(text, "（电话）")
	}
	return text
}

func digits(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, s)
}

// spaced matches a number however its digits are set apart.
func spaced(number string) *regexp.Regexp {
	return regexp.MustCompile(strings.Join(strings.Split(number, ""), `[-\s　－]?`))
}

// reporterKey finds the orders of one reporter, however secret: the index holds
// a keyed hash of it.
const reporterKey = "reporter"

func orderKeys(r *record.Record) (equal, unique []embedstore.EqualKey) {
	if who := reporterOf(r); who != "" {
		equal = append(equal, embedstore.EqualKey{Name: reporterKey, Value: who})
	}
	return equal, nil
}
