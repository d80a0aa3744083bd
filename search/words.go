package search

import (
	"slices"
	"strings"
	"unicode"
)

// Lengths in characters that decide what is exact.
const (
	// gramMax is the longest piece of Han text kept as a term of its own.
	gramMax = 2
	// prefixMin: a single letter or digit matches whole words only; its prefix
	// term would be in nearly every document and say nothing.
	prefixMin = 2
	// prefixMax covers an identity number (18) and a bank card (19). Longer
	// words are found by their first 20 characters and then confirmed.
	prefixMax = 20
	// tailMin: people read out the last four digits of a phone or a card.
	tailMin = 4
	// numberMin: a run of at least eight characters with a digit in it is a
	// number (phone, card, case number) and can be found by its tail.
	numberMin = 8
)

// word is one word of a query.
type word struct {
	han  bool
	text string
	n    int // characters
}

// parse splits a query into its distinct words. The query is nothing but text:
// no character has a meaning of its own.
func parse(q string) []word {
	var words []word
	seen := map[string]bool{}
	eachRun(q, func(r *run) bool {
		w := word{han: r.han, text: string(r.text), n: len(r.text)}
		if !seen[w.text] {
			seen[w.text] = true
			words = append(words, w)
		}
		return true
	})
	return words
}

// exact tells whether one term decides w.
func (w word) exact() bool {
	if w.han {
		return w.n <= gramMax
	}
	return w.n <= prefixMax
}

// in tells whether w occurs in a flattened text.
func (w word) in(flat string) bool {
	switch {
	case w.han:
		return strings.Contains(flat, w.text)
	case w.n < prefixMin:
		return strings.Contains(flat, gap+w.text+gap)
	case strings.Contains(flat, gap+w.text):
		return true
	}
	return w.tailIn(flat)
}

// tailIn tells whether a number in flat ends with w.
func (w word) tailIn(flat string) bool {
	if w.n < tailMin || w.n > prefixMax {
		return false
	}
	for {
		i := strings.Index(flat, w.text+gap)
		if i < 0 {
			return false
		}
		start := strings.LastIndex(flat[:i], gap) + 1
		if isNumber([]rune(flat[start : i+len(w.text)])) {
			return true
		}
		flat = flat[i+len(w.text):]
	}
}

// isNumber tells runs that are found by their tail too.
func isNumber(run []rune) bool {
	if len(run) < numberMin {
		return false
	}
	for _, r := range run {
		if unicode.IsDigit(r) {
			return true
		}
	}
	return false
}

// Match tells whether texts together hold every word of q, by the same rules
// as the index: Han words anywhere within a run, other words at the start of a
// word, or at the end of a number. It is the plain scan that the index agrees
// with, except that it knows no pinyin.
func Match(q string, texts []string) bool {
	return matchAll(parse(q), texts)
}

// matchAll tells whether each of words is in one of texts. Most Han words stand
// in the text as typed, which needs no folding to see.
func matchAll(words []word, texts []string) bool {
	if len(words) == 0 {
		return false
	}
	var flat []string
	for _, w := range words {
		if w.han && slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(t, w.text) }) {
			continue
		}
		for i := len(flat); i < len(texts); i++ {
			flat = append(flat, flatten(texts[i]))
		}
		if !inAny(w, flat) {
			return false
		}
	}
	return true
}

// inAny tells whether w is in one of the flattened texts.
func inAny(w word, flat []string) bool {
	for _, f := range flat {
		if w.in(f) {
			return true
		}
	}
	return false
}
