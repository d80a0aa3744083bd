package search

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"unicode/utf8"

	index "github.com/blevesearch/bleve_index_api"
)

// Kinds keep terms of different meaning apart under one key.
const (
	kindHan    byte = 'h' // piece of Han text
	kindWord   byte = 'w' // word, prefix or tail of one, pinyin
	kindFilter byte = 'f' // name, 0, value
	kindReader byte = 'r' // rights token
	kindTie    byte = 't' // document id, orders equal dates
	kindKey    byte = 'k' // fingerprint of the key
)

const (
	// termLen: of 3 million different terms an office's index holds, one
	// falls on a given absent term with a chance of 3 in a million.
	termLen = 5
	// cacheMax bounds the hashes kept between batches to about 8 MB.
	cacheMax = 1 << 16
)

// hasher makes blind terms. It is not safe for concurrent use.
type hasher struct {
	mac   hash.Hash
	sum   []byte
	buf   []byte
	cache map[string]string
}

func newHasher(key [32]byte) *hasher {
	return &hasher{mac: hmac.New(sha256.New, key[:]), cache: map[string]string{}}
}

// term is the hash of kind and parts; parts are joined with a zero byte.
func (h *hasher) term(kind byte, parts ...string) string {
	h.buf = append(h.buf[:0], kind)
	for i, p := range parts {
		if i > 0 {
			h.buf = append(h.buf, 0)
		}
		h.buf = append(h.buf, p...)
	}
	return h.cached()
}

// runeTerm is term for a slice of runes, without making a string of it.
func (h *hasher) runeTerm(kind byte, rs []rune) string {
	h.buf = append(h.buf[:0], kind)
	for _, r := range rs {
		h.buf = utf8.AppendRune(h.buf, r)
	}
	return h.cached()
}

func (h *hasher) cached() string {
	if t, ok := h.cache[string(h.buf)]; ok {
		return t
	}
	if len(h.cache) >= cacheMax {
		clear(h.cache)
	}
	t := string(h.digest()[:termLen])
	h.cache[string(h.buf)] = t
	return t
}

// digest is the whole hash of buf, valid until the next call.
func (h *hasher) digest() []byte {
	h.mac.Reset()
	h.mac.Write(h.buf)
	h.sum = h.mac.Sum(h.sum[:0])
	return h.sum
}

// tie is the part of the sort key that orders documents of the same minute.
func (h *hasher) tie(id string) uint64 {
	h.buf = append(append(h.buf[:0], kindTie), id...)
	return uint64(binary.BigEndian.Uint16(h.digest())) >> (16 - tieBits)
}

// fingerprint names the key without giving anything of it away.
func (h *hasher) fingerprint() []byte {
	h.buf = append(h.buf[:0], kindKey)
	return append([]byte(nil), h.digest()[:8]...)
}

// termSet is the form in which Bleve takes the terms of a document. All terms
// share one frequency: a set tells nobody how often a word was written.
type termSet struct {
	h     *hasher
	terms index.TokenFrequencies
	once  *index.TokenFreq
}

func (s *termSet) put(term string) { s.terms[term] = s.once }

// terms is the whole set of d.
func (h *hasher) terms(d Doc) index.TokenFrequencies {
	once := &index.TokenFreq{}
	once.SetFrequency(1)
	s := &termSet{h: h, terms: make(index.TokenFrequencies, 256), once: once}
	for _, t := range d.Texts {
		s.text(t)
	}
	for _, n := range d.Names {
		s.text(n)
		for _, form := range pinyinForms(n) {
			s.word([]rune(form))
		}
	}
	for name, values := range d.Filters {
		for _, v := range values {
			s.put(h.term(kindFilter, name, v))
		}
	}
	for _, r := range d.Readers {
		s.put(h.term(kindReader, r))
	}
	putKey(s, sortKey(d.Date, h.tie(d.ID)))
	return s.terms
}

// text adds the terms of every run of t.
func (s *termSet) text(t string) {
	eachRun(t, func(r *run) bool {
		if r.han {
			s.han(r.text)
		} else {
			s.word(r.text)
		}
		return true
	})
}

// han adds every piece of up to gramMax characters.
func (s *termSet) han(rs []rune) {
	for i := range rs {
		for n := 1; n <= gramMax && i+n <= len(rs); n++ {
			s.put(s.h.runeTerm(kindHan, rs[i:i+n]))
		}
	}
}

// word adds a word, its prefixes and, if it is a number, its tails.
func (s *termSet) word(rs []rune) {
	for n := min(prefixMin, len(rs)); n <= min(prefixMax, len(rs)); n++ {
		s.put(s.h.runeTerm(kindWord, rs[:n]))
	}
	if !isNumber(rs) {
		return
	}
	for n := tailMin; n <= min(prefixMax, len(rs)-1); n++ {
		s.put(s.h.runeTerm(kindWord, rs[len(rs)-n:]))
	}
}

// wordTerms are the terms that every document with w has.
func (h *hasher) wordTerms(w word) []string {
	rs := []rune(w.text)
	switch {
	case !w.han:
		return []string{h.runeTerm(kindWord, rs[:min(w.n, prefixMax)])}
	case w.n <= gramMax:
		return []string{h.runeTerm(kindHan, rs)}
	}
	terms := make([]string, 0, w.n)
	for i := 0; i+gramMax <= w.n; i++ {
		terms = append(terms, h.runeTerm(kindHan, rs[i:i+gramMax]))
	}
	return terms
}
