package search

import (
	"context"
	"log/slog"
	"time"
)

// Config is what an index needs from its owner.
type Config struct {
	Dir   string           // folder that will hold search/ and the quarantined ones
	Key   [32]byte         // key of the term hashes; a different key makes a fresh index
	Clock func() time.Time // deadlines are not its business, only the names in the log
	Log   *slog.Logger     // never receives a term, a text or a name
}

// Doc is one thing that can be found. Nothing of Texts and Names is stored,
// only the set of their hashed terms.
type Doc struct {
	ID      string              // stored in clear: an id such as "child.case/42", never a name
	Date    int64               // minutes since the Unix epoch; newest first
	Texts   []string            // what is searched; a match never spans two texts
	Names   []string            // person names: searched as text and by pinyin and initials
	Filters map[string][]string // for example register, person, community, worker
	Readers []string            // rights tokens; a document without any is found by nobody
}

// Query asks for the newest documents that hold every word of Text.
type Query struct {
	Text    string            // words parted by space or punctuation; blank means every document
	Filters map[string]string // all must hold
	From    int64             // earliest Date, 0 means no limit
	To      int64             // latest Date (inclusive), 0 means no limit
	Readers []string          // any of these tokens; none finds nothing
	Limit   int               // hits a page, 20 when 0 or less
	After   string            // Result.Next of the page before
	// Confirm opens a document for the words that terms alone can't decide.
	// It returns Texts and Names as indexed; not ok leaves the document out.
	// Without Confirm such candidates are taken as they are.
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
	Total   int    // all matches, not only this page; a lower bound when Partial
	Partial bool   // the deadline came first
	Next    string // cursor of the next page, empty on the last
}

// Span is a piece of a snippet.
type Span struct {
	Text string
	Hit  bool
}

// Index is an open search index.
type Index struct{}

// Open opens the index under cfg.Dir.
func Open(cfg Config) (*Index, error) { return &Index{}, nil }

// Close ends it.
func (x *Index) Close() error { return nil }

// Apply adds and removes documents.
func (x *Index) Apply(ctx context.Context, add []Doc, remove []string, through uint64) error {
	return nil
}

// Through is the journal sequence that the index has seen.
func (x *Index) Through() uint64 { return 0 }

// Count is the number of documents.
func (x *Index) Count() (uint64, error) { return 0, nil }

// Fresh tells that Open made a new, empty index.
func (x *Index) Fresh() bool { return false }

// Broken tells that the index failed and must be closed and opened again.
func (x *Index) Broken() bool { return false }

// Search finds.
func (x *Index) Search(ctx context.Context, q Query) (Result, error) { return Result{}, nil }

// Match tells whether texts hold every word of q.
func Match(q string, texts []string) bool { return false }

// Snippets cuts the best window of text and marks the words of q.
func Snippets(q, text string, width int) []Span { return nil }
