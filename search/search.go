package search

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Errors that callers tell apart.
var (
	// ErrInUse: another process holds the index.
	ErrInUse = errors.New("search index is in use")
	// ErrBroken: the index failed in use. Close it and Open again, which puts
	// it aside and starts a fresh one.
	ErrBroken = errors.New("search index is broken")
	// ErrClosed: the index was closed.
	ErrClosed = errors.New("search index is closed")
	// ErrCursor: Query.After is no Result.Next.
	ErrCursor = errors.New("not a search cursor")
)

// Config is what an index needs from its owner.
type Config struct {
	Dir   string           // folder that holds search/ and the ones put aside
	Key   [32]byte         // key of the terms; another key means a fresh index
	Clock func() time.Time // times slow searches; default time.Now
	Log   *slog.Logger     // never receives a term, a text or a name; default slog.Default
}

// Doc is one thing that can be found. Nothing of Texts and Names is stored,
// only the set of their hashed terms.
type Doc struct {
	ID      string              // stored in clear: an id such as "child.case/42", never a name
	Date    int64               // minutes since the Unix epoch; newest first
	Texts   []string            // what is searched; no word spans two texts
	Names   []string            // person names: searched as text, by pinyin and by initials
	Filters map[string][]string // for example register, person, community, worker
	Readers []string            // rights tokens; a document without any is found by nobody
}

// Query asks for the newest documents that hold every word of Text.
type Query struct {
	Text    string            // words parted by space or punctuation; blank means every document
	Filters map[string]string // all must hold
	From    int64             // earliest Date; 0 means no limit
	To      int64             // latest Date, inclusive; 0 means no limit
	Readers []string          // any of these tokens; none finds nothing
	Limit   int               // hits a page; 20 when 0 or less
	After   string            // Result.Next of the page before, under the same query
	// Confirm opens a document for words that terms alone can't decide (Han
	// words of three characters and more). It returns the Texts and Names as
	// they were indexed; not ok leaves the document out. Without Confirm,
	// documents that hold all the pieces of such a word are taken as they are.
	Confirm func(ctx context.Context, id string) (texts []string, ok bool)
}

// Hit is one document found.
type Hit struct {
	ID   string
	Date int64 // minutes since the Unix epoch
}

// Result is one page of hits, newest first.
type Result struct {
	Hits    []Hit
	Total   int    // all matches, not only this page's; a lower bound when Partial
	Partial bool   // the deadline came first
	Next    string // cursor of the next page, empty on the last
}

// Span is a piece of a snippet.
type Span struct {
	Text string
	Hit  bool
}
