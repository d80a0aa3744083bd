package record

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/embedstore"
)

// load reads a record without asking for rights.
func (tx *Tx) load(ref Ref) (*Record, error) {
	def, err := tx.definition(ref.Register)
	if err != nil {
		return nil, err
	}
	body, rev, err := tx.store.Get(ref.Register, ref.ID)
	if err != nil {
		return nil, fromStore(err, ref)
	}
	r, err := decode(def, ref.ID, rev, body)
	if err != nil {
		return nil, err
	}
	r.Guarded, err = tx.guarded(r)
	return r, err
}

// guarded says whether the record's person is under protection.
func (tx *Tx) guarded(r *Record) (bool, error) {
	id := r.person()
	if id == 0 {
		return false, nil
	}
	if r.Register == Persons {
		return isProtected(r), nil
	}
	p, err := tx.known(Ref{Persons, id})
	if errors.Is(err, errAbsent) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return isProtected(p), nil
}

// Protected says whether a person is under protection.
func Protected(r *Record) bool { return isProtected(r) }

func isProtected(person *Record) bool { yes, _ := person.Values["protected"].(bool); return yes }

var errAbsent = errors.New("no such record")

// known reads a record that others name (a person, a place, a user), once a
// transaction, without rights: only its name and protection are used.
func (tx *Tx) known(ref Ref) (*Record, error) {
	if r, ok := tx.cache[ref]; ok {
		return r, nil
	}
	def, ok := tx.book.cfg.Registers.Get(ref.Register)
	if !ok || ref.ID == 0 {
		return nil, errAbsent
	}
	body, rev, err := tx.store.Get(ref.Register, ref.ID)
	if errors.Is(err, embedstore.ErrNotFound) {
		return nil, errAbsent
	}
	if err != nil {
		return nil, err
	}
	r, err := decode(def, ref.ID, rev, body)
	if err != nil {
		return nil, err
	}
	r.Guarded = ref.Register == Persons && isProtected(r)
	tx.cache[ref] = r
	return r, nil
}

// Verdict judges what the transaction's viewer may do with a record.
func (tx *Tx) Verdict(r *Record, act access.Act) access.Verdict {
	return access.Decide(tx.viewer, r.target(), act)
}

// Open reads a record for the viewer. What the viewer may not know of is "not
// found"; a protected person is CodeGuarded, which opening with a reason mends.
func (tx *Tx) Open(ref Ref) (*Record, error) {
	r, err := tx.load(ref)
	if err != nil {
		return nil, err
	}
	return r, tx.may(r, access.ActRead)
}

func (tx *Tx) may(r *Record, act access.Act) error {
	switch tx.Verdict(r, act) {
	case access.Allowed:
		return nil
	case access.Placeholder:
		return &Refusal{Code: CodeGuarded, Ref: r.Ref, Text: "受保护对象：请填写查阅理由后打开，查阅会报领导复核"}
	}
	if tx.Verdict(r, access.ActRead) == access.Denied {
		return &Refusal{Code: CodeNotFound, Ref: r.Ref, Text: "没有这条记录，或您无权查看"}
	}
	return &Refusal{Code: CodeDenied, Ref: r.Ref, Text: access.Explain(act, accessRegister(r.Def))}
}

// MayCreate reports whether the viewer can make records in a register.
func (tx *Tx) MayCreate(def *register.Definition) bool { return MayCreate(tx.viewer, def) }

// MayCreate reports whether a viewer can make records in a register.
func MayCreate(v access.Viewer, def *register.Definition) bool {
	return access.Decide(v, access.Target{Register: accessRegister(def), Whole: true}, access.ActCreate) == access.Allowed
}

// MayUse reports whether a viewer may do something with a register at all, so
// that menus show only what leads somewhere.
func MayUse(v access.Viewer, def *register.Definition, act access.Act) bool {
	return access.Decide(v, access.Target{Register: accessRegister(def), Whole: true}, act) == access.Allowed
}

// Registers are the registers of the set that a viewer may read, as package
// access knows them.
func (b *Book) Readable(v access.Viewer) []access.Register {
	var out []access.Register
	for _, d := range b.cfg.Registers.All() {
		if MayUse(v, d, access.ActRead) {
			out = append(out, accessRegister(d))
		}
	}
	return out
}

// Tokens are the rights tokens of a record for the search index.
func (r *Record) Tokens() []string { return access.TokensOf(r.target()) }

// Show opens a record for a page and, for registers about children and
// protected persons, enters the view in the journal: who saw what, once in
// half an hour.
func (b *Book) Show(ctx context.Context, v access.Viewer, ref Ref, fn func(*Tx, *Record) error) error {
	logged := false
	err := b.View(ctx, v, func(tx *Tx) error {
		r, err := tx.Open(ref)
		if err != nil {
			return err
		}
		logged = r.Def.Protect != register.ProtectNone || r.Guarded || r.Register == Persons
		return fn(tx, r)
	})
	if err != nil || !logged || v.Office {
		return err
	}
	return b.LogView(ctx, v, ref)
}

// viewEvery is how long turning the same page again is not logged again.
const viewEvery = 30 * time.Minute

// LogView enters in the journal that the viewer saw a record.
func (b *Book) LogView(ctx context.Context, v access.Viewer, ref Ref) error {
	now := b.cfg.Clock()
	b.seen.Lock()
	last, ok := b.seen.at[viewed{v.User, ref}]
	fresh := ok && now.Sub(last) < viewEvery && !now.Before(last)
	if !fresh {
		b.seen.at[viewed{v.User, ref}] = now
	}
	if len(b.seen.at) > 10000 { // forget: at worst a view is logged twice
		b.seen.at = map[viewed]time.Time{}
	}
	b.seen.Unlock()
	if fresh {
		return nil
	}
	return b.Log(ctx, v, "view", ref, nil)
}

// Log enters an event about a record in the journal: a view, a print, an
// export. It works also when the office is read-only, because looking must
// always be accountable.
func (b *Book) Log(ctx context.Context, v access.Viewer, kind string, ref Ref, more map[string]any) error {
	entry := embedstore.Entry{Actor: v.User, Kind: kind}
	_, err := b.cfg.Store.Update(ctx, entry, func(stx *embedstore.Tx) error {
		tx := &Tx{book: b, viewer: v, store: stx, writing: true, cache: map[Ref]*Record{}, touched: map[string]bool{}, ctx: ctx}
		return tx.Event(kind, ref, more)
	})
	return err
}

// Event enters something that happened to a record in this transaction's
// journal entry.
func (tx *Tx) Event(kind string, ref Ref, more map[string]any) error {
	body := embedstore.Body{}
	facts := map[string]any{"collection": ref.Register, "id": ref.ID}
	for k, v := range more {
		facts[k] = v
	}
	for k, v := range facts {
		b, err := embedstore.Encode(v)
		if err != nil {
			return err
		}
		body[k] = b
	}
	return tx.store.Event(kind, body)
}

// Find gives the records of a register whose field has exactly this value,
// that the viewer may at least know of. Fields must be equal, unique or refs.
func (tx *Tx) Find(reg, field, v string) ([]*Record, error) {
	ids, err := tx.store.Equal(reg, field, v)
	if err != nil {
		return nil, err
	}
	return tx.visible(reg, ids)
}

func (tx *Tx) visible(reg string, ids []uint64) ([]*Record, error) {
	var out []*Record
	for _, id := range ids {
		r, err := tx.load(Ref{reg, id})
		if err != nil {
			return nil, err
		}
		if tx.Verdict(r, access.ActRead) != access.Denied {
			out = append(out, r)
		}
	}
	return out, nil
}

// ByNumber finds the record with a number.
func (tx *Tx) ByNumber(number string) (*Record, error) {
	return tx.holder("number", number)
}

// ByPaper finds the record on which a paper with this number was issued.
func (tx *Tx) ByPaper(number string) (*Record, error) {
	return tx.holder("paper", number)
}

func (tx *Tx) holder(name, v string) (*Record, error) {
	reg, id, ok, err := tx.store.Holder(name, v)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, Refused(CodeNotFound, "没有编号为 %s 的记录，或您无权查看", v)
	}
	return tx.Open(Ref{reg, id})
}

// Mentions gives every record, in any register that the viewer may read, that
// names this person: as its subject or in a field.
func (tx *Tx) Mentions(person uint64) ([]*Record, error) {
	var out []*Record
	for _, d := range tx.book.cfg.Registers.All() {
		if !MayUse(tx.viewer, d, access.ActRead) {
			continue
		}
		rows, err := tx.Find(d.ID, "person", strconv.FormatUint(person, 10))
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// Children gives the records of a register that point at a record: through a
// record field or a link.
func (tx *Tx) Children(reg string, of Ref) ([]*Record, error) {
	byField, err := tx.Find(reg, "ref", of.String())
	if err != nil {
		return nil, err
	}
	byLink, err := tx.Find(reg, "link", of.String())
	return once(append(byField, byLink...)), err
}

// once leaves out records that point in both ways.
func once(list []*Record) []*Record {
	seen := map[uint64]bool{}
	return slices.DeleteFunc(list, func(r *Record) bool {
		again := seen[r.ID]
		seen[r.ID] = true
		return again
	})
}

// ChildrenFew is Children with at most the newest so many of each way of
// pointing, for pages.
func (tx *Tx) ChildrenFew(reg string, of Ref, most int) ([]*Record, error) {
	var out []*Record
	for _, key := range []string{"ref", "link"} {
		ids, err := tx.store.Equal(reg, key, of.String())
		if err != nil {
			return nil, err
		}
		slices.Sort(ids)
		list, err := tx.visible(reg, ids[max(0, len(ids)-most):])
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return once(out), nil
}

// Label names a record for a person to read: its name where it has one, else
// its number. masked hides all but the family name.
func (tx *Tx) Label(ref Ref, masked bool) string {
	r, err := tx.known(ref)
	if err != nil {
		return ""
	}
	if ref.Register == Persons {
		return tx.personName(r, masked)
	}
	return LabelOf(r)
}

// unnamed stands for a protected person whom the viewer has not opened.
const unnamed = "受保护对象"

// personName names a person as far as the viewer may know: one who is not
// theirs to open is masked, a protected one not named at all.
func (tx *Tx) personName(person *Record, masked bool) string {
	open := tx.Verdict(person, access.ActRead) == access.Allowed
	switch {
	case open && !masked:
		return LabelOf(person)
	case !open && person.Guarded:
		return unnamed
	}
	return value.MaskName(LabelOf(person))
}

// LabelOf is the name a record goes by.
func LabelOf(r *Record) string {
	for _, field := range []string{"title", "name"} {
		if s := r.Text(field); s != "" {
			return s
		}
	}
	return r.Number
}

// SubjectName is the name of whom or what a record is about: in full for who
// may open the record, whatever they may see of the person otherwise.
func (tx *Tx) SubjectName(r *Record, masked bool) string {
	reg := map[register.Subject]string{register.SubjectPerson: Persons, register.SubjectPlace: Places,
		register.SubjectParty: Parties}[r.Def.Subject]
	if reg == "" || r.Subject == 0 {
		return ""
	}
	if p, err := tx.known(Ref{reg, r.Subject}); err == nil && reg == Persons && !masked && tx.Verdict(r, access.ActRead) == access.Allowed {
		return LabelOf(p)
	}
	return tx.Label(Ref{reg, r.Subject}, masked)
}

// MayAbout refuses who may not begin a record about a person: one whom they
// may not open, for whoever starts a case would see everything. A protected
// person must be opened first. Who already has charge of something about the
// person may go on.
func (tx *Tx) MayAbout(person uint64) error {
	p, err := tx.known(Ref{Persons, person})
	if errors.Is(err, errAbsent) {
		return nil
	}
	if err != nil || tx.Verdict(p, access.ActRead) == access.Allowed {
		return err
	}
	mentions, err := tx.Mentions(person)
	if err != nil {
		return err
	}
	for _, r := range mentions {
		if r.target().Mine(tx.viewer) {
			return nil
		}
	}
	return tx.may(p, access.ActRead)
}

// Person reads a person for facts that a record's own page shows (name,
// birth, sex); the caller has already opened a record about that person.
func (tx *Tx) Person(id uint64) (*Record, error) { return tx.known(Ref{Persons, id}) }

// Subject is the person a record is about, for opening it with a reason: only
// for a viewer who may know that the record exists.
func (tx *Tx) Subject(ref Ref) (uint64, error) {
	r, err := tx.load(ref)
	if err != nil {
		return 0, err
	}
	if tx.Verdict(r, access.ActRead) == access.Denied {
		return 0, &Refusal{Code: CodeNotFound, Ref: ref, Text: "没有这条记录，或您无权查看"}
	}
	return r.person(), nil
}
