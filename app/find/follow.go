package find

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/embedstore/disk"
	"jiezhen/search"
)

// Config is what a Finder is made of.
type Config struct {
	Book  *record.Book
	Dir   string   // folder of the index
	Key   [32]byte // key of the hashed terms
	Clock func() time.Time
	Log   *slog.Logger
	Off   bool // search nothing and follow nothing: safe mode
}

// Finder follows the journal and answers searches.
type Finder struct {
	cfg   Config
	mu    sync.RWMutex // guards index while it is replaced
	index *search.Index
	state State
	smu   sync.Mutex
	kick  chan struct{} // a search has found the index broken
}

// State is how far the index is.
type State struct {
	Rebuilding  bool
	Done, Total int
	Behind      uint64 // journal entries not yet seen
	Broken      string // why search is off, in the office's words; "" when it works
}

// Open opens the index, or makes an empty one where it is damaged, foreign or
// absent; Run then fills it.
func Open(cfg Config) (*Finder, error) {
	if cfg.Off {
		return &Finder{cfg: cfg, state: State{Broken: "安全模式：检索已关闭"}, kick: make(chan struct{}, 1)}, nil
	}
	index, err := search.Open(search.Config{Dir: cfg.Dir, Key: cfg.Key, Clock: cfg.Clock, Log: cfg.Log})
	if err != nil {
		return nil, fmt.Errorf("opening the search index: %w", err)
	}
	return &Finder{cfg: cfg, index: index, kick: make(chan struct{}, 1)}, nil
}

// Close stops using the index.
func (f *Finder) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.index == nil {
		return nil
	}
	err := f.index.Close()
	f.index = nil
	return err
}

// State says how far the index is.
func (f *Finder) State() State {
	f.smu.Lock()
	defer f.smu.Unlock()
	s := f.state
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.index != nil {
		if head := f.cfg.Book.Head(); head > f.index.Through() && !s.Rebuilding {
			s.Behind = head - f.index.Through()
		}
	}
	return s
}

func (f *Finder) set(change func(*State)) {
	f.smu.Lock()
	defer f.smu.Unlock()
	change(&f.state)
}

// retry is how long Run waits after a fault before it begins again.
const retry = 5 * time.Second

// Run keeps the index in step until the context ends. A fault is logged and
// the index made anew; it never stops the office.
func (f *Finder) Run(ctx context.Context) {
	for ctx.Err() == nil {
		err := f.CatchUp(ctx)
		if err == nil {
			err = f.wait(ctx)
		}
		if err == nil || ctx.Err() != nil {
			continue
		}
		f.cfg.Log.Error("search index", "error", err)
		f.set(func(s *State) { s.Broken = "检索暂不可用，正在重建" })
		select {
		case <-ctx.Done():
		case <-time.After(retry):
			if err := f.renew(); err != nil {
				f.cfg.Log.Error("making the search index anew", "error", err)
			}
			select {
			case <-f.kick: // it was about the index of before
			default:
			}
		}
	}
}

// wait returns when the journal has gone on, or with an error when a search
// has found the index broken.
func (f *Finder) wait(ctx context.Context) error {
	waiting, stop := context.WithCancel(ctx)
	defer stop()
	broken := make(chan struct{})
	go func() {
		select {
		case <-f.kick:
			close(broken)
			stop()
		case <-waiting.Done():
		}
	}()
	err := f.cfg.Book.Wait(waiting, f.through())
	select {
	case <-broken:
		return search.ErrBroken
	default:
		return err
	}
}

func (f *Finder) through() uint64 {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.index == nil {
		return 0
	}
	return f.index.Through()
}

// renew closes the index and opens it again; a damaged one is then put aside
// by package search.
func (f *Finder) renew() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.index != nil {
		_ = f.index.Close() // it is broken: what it says no longer matters
		f.index = nil
	}
	index, err := search.Open(search.Config{Dir: f.cfg.Dir, Key: f.cfg.Key, Clock: f.cfg.Clock, Log: f.cfg.Log})
	if err != nil {
		return fmt.Errorf("opening the search index: %w", err)
	}
	f.index = index
	return nil
}

// Rebuild throws the index away and makes it anew from the records.
func (f *Finder) Rebuild(ctx context.Context) error {
	if f.cfg.Off {
		return errors.New("安全模式下检索是关闭的，请先离开安全模式")
	}
	if err := f.Close(); err != nil {
		f.cfg.Log.Warn("closing the old search index", "error", err)
	}
	if err := disk.RemoveAll(f.cfg.Dir); err != nil {
		return fmt.Errorf("removing the old search index: %w", err)
	}
	if err := f.renew(); err != nil {
		return err
	}
	return f.CatchUp(ctx)
}

// errGone says that the index was closed under a follower.
var errGone = errors.New("the search index is closed")

// CatchUp brings the index up to the present journal: from the records when
// it is empty, else from where it last stood.
func (f *Finder) CatchUp(ctx context.Context) error {
	if f.through() == 0 {
		if err := f.rebuild(ctx); err != nil {
			return err
		}
	}
	for {
		done, err := f.follow(ctx)
		if err != nil || done {
			f.set(func(s *State) {
				if err == nil {
					s.Broken = ""
				}
			})
			return err
		}
	}
}

// batch bounds: package search splits further by bytes.
const (
	batchDocs    = 200
	batchEntries = 500
)

// sink gathers documents and hands them to the index in batches.
type sink struct {
	f      *Finder
	ctx    context.Context
	docs   []search.Doc
	remove []string
}

func (s *sink) add(doc search.Doc, ok bool, id string) error {
	if ok {
		s.docs = append(s.docs, doc)
	} else {
		s.remove = append(s.remove, id)
	}
	if len(s.docs)+len(s.remove) < batchDocs {
		return nil
	}
	return s.flush(s.f.through())
}

func (s *sink) flush(through uint64) error {
	s.f.mu.RLock()
	defer s.f.mu.RUnlock()
	if s.f.index == nil {
		return errGone
	}
	err := s.f.index.Apply(s.ctx, s.docs, s.remove, through)
	s.docs, s.remove = nil, nil
	return err
}

// rebuild reads every record and note once. The journal position is that of
// the beginning, so that what changes meanwhile is read again.
func (f *Finder) rebuild(ctx context.Context) error {
	head := f.cfg.Book.Head()
	f.set(func(s *State) { s.Rebuilding, s.Done, s.Total = true, 0, 0 })
	defer f.set(func(s *State) { s.Rebuilding = false })
	err := f.cfg.Book.View(ctx, access.Office(), func(tx *record.Tx) error {
		total, err := f.total(tx)
		if err != nil {
			return err
		}
		f.set(func(s *State) { s.Total = total })
		return nil
	})
	if err != nil {
		return err
	}
	s := &sink{f: f, ctx: ctx}
	for _, d := range f.cfg.Book.Registers().All() {
		if err := f.addRegister(ctx, s, d); err != nil {
			return err
		}
	}
	if err := f.addNotes(ctx, s); err != nil {
		return err
	}
	return s.flush(head)
}

func (f *Finder) total(tx *record.Tx) (int, error) {
	total := 0
	for _, d := range f.cfg.Book.Registers().All() {
		n, err := tx.Size(d.ID)
		if err != nil {
			return 0, err
		}
		total += n
	}
	n, err := tx.Size(record.Notes)
	return total + n, err
}

// window is how many rows one read transaction covers: a long-lived reader
// would make the store grow.
const window = 2000

func (f *Finder) addRegister(ctx context.Context, s *sink, d *register.Definition) error {
	if d.Protect == register.ProtectSealed {
		return nil
	}
	for next, more := uint64(0), true; more; {
		err := f.cfg.Book.View(ctx, access.Office(), func(tx *record.Tx) error {
			n := 0
			more = false
			return tx.EachFrom(d.ID, next, func(r *record.Record) (bool, error) {
				if n++; n > window {
					more = true
					return false, nil
				}
				next = r.ID + 1
				f.set(func(st *State) { st.Done++ })
				doc, ok := recordDoc(tx, r)
				return true, s.add(doc, ok, r.Ref.String())
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *Finder) addNotes(ctx context.Context, s *sink) error {
	for next, more := uint64(0), true; more; {
		err := f.cfg.Book.View(ctx, access.Office(), func(tx *record.Tx) error {
			n := 0
			more = false
			return tx.EachNote(next, func(note record.Note) (bool, error) {
				if n++; n > window {
					more = true
					return false, nil
				}
				next = note.ID + 1
				f.set(func(st *State) { st.Done++ })
				return true, f.addNote(tx, s, note)
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *Finder) addNote(tx *record.Tx, s *sink, note record.Note) error {
	parent, err := tx.Open(note.Parent)
	if err != nil {
		if _, refused := record.AsRefusal(err); refused {
			return s.add(search.Doc{}, false, noteID(note.ID))
		}
		return err
	}
	doc, ok := noteDoc(tx, note, parent)
	return s.add(doc, ok, noteID(note.ID))
}

// follow applies the next stretch of the journal; done when there is no more.
func (f *Finder) follow(ctx context.Context) (done bool, err error) {
	after := f.through()
	if after >= f.cfg.Book.Head() {
		return true, nil
	}
	s := &sink{f: f, ctx: ctx}
	var through uint64
	err = f.cfg.Book.View(ctx, access.Office(), func(tx *record.Tx) error {
		changes, upTo, err := tx.ChangesInside(after, batchEntries)
		if err != nil {
			return err
		}
		through = upTo
		seen := map[string]bool{}
		for _, c := range changes {
			if err := f.changed(tx, s, c, seen); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	if err := s.flush(through); err != nil {
		return false, err
	}
	return through >= f.cfg.Book.Head(), nil
}

// reach are the attributes whose change alters who may read a record's notes,
// or under which name others' records are found.
var (
	reachNotes  = []string{"owner", "assist", "community", "subject", "author"}
	reachOthers = []string{"f:name", "f:former_name", "f:protected", "community"}
)

func (f *Finder) changed(tx *record.Tx, s *sink, c record.Change, seen map[string]bool) error {
	if c.Ref.Register == record.Notes {
		return f.changedNote(tx, s, c, seen)
	}
	if _, ok := f.cfg.Book.Registers().Get(c.Ref.Register); !ok {
		return nil
	}
	r, err := f.again(tx, s, c.Ref, any1(c.Keys, reachNotes), seen)
	if err != nil || r == nil || r.Register != record.Persons || !any1(c.Keys, reachOthers) {
		return err
	}
	others, err := tx.Mentions(r.ID)
	if err != nil {
		return err
	}
	for _, o := range others {
		if _, err := f.again(tx, s, o.Ref, true, seen); err != nil {
			return err
		}
	}
	return nil
}

// again indexes a record anew, with its notes when asked.
func (f *Finder) again(tx *record.Tx, s *sink, ref record.Ref, notes bool, seen map[string]bool) (*record.Record, error) {
	r, err := tx.Open(ref)
	if _, refused := record.AsRefusal(err); refused {
		return nil, s.add(search.Doc{}, false, ref.String())
	}
	if err != nil {
		return nil, err
	}
	if !seen[ref.String()] {
		seen[ref.String()] = true
		doc, ok := recordDoc(tx, r)
		if err := s.add(doc, ok, ref.String()); err != nil {
			return nil, err
		}
	}
	if !notes {
		return r, nil
	}
	list, err := tx.NotesOf(r)
	if err != nil {
		return nil, err
	}
	for _, n := range list {
		if id := noteID(n.ID); !seen[id] {
			seen[id] = true
			doc, ok := noteDoc(tx, n, r)
			if err := s.add(doc, ok, id); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

func (f *Finder) changedNote(tx *record.Tx, s *sink, c record.Change, seen map[string]bool) error {
	id := noteID(c.Ref.ID)
	if seen[id] {
		return nil
	}
	seen[id] = true
	note, _, err := tx.OpenNote(c.Ref.ID)
	if _, refused := record.AsRefusal(err); refused {
		return s.add(search.Doc{}, false, id)
	}
	if err != nil {
		return err
	}
	return f.addNote(tx, s, note)
}

func any1(keys map[string]bool, names []string) bool {
	for _, n := range names {
		if keys[n] {
			return true
		}
	}
	return false
}
