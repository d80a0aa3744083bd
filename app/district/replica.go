package district

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"jiezhen/app/access"
	"jiezhen/app/bundle"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/embedstore"
)

// place is the collection of an office's register in the replica.
func place(office, reg string) string { return "at/" + office[:8] + "/" + reg }

// identities is the collection in which a person's document number, hashed
// under the district's own key, leads to the persons of all offices.
const identities = "identities"

// replicaBatch is how many pieces one transaction takes in.
const replicaBatch = 300

// replicate takes the open section of a bundle into the replica. It begins
// only when the whole bundle has been read once and found to agree with the
// journal received before.
func (d *Desk) replicate(ctx context.Context, l bundle.Link, o Office, keys Keys) error {
	var with []string
	for _, p := range keys.Readers {
		with = append(with, p.Secret)
	}
	mark := &chainMark{}
	if o.Last != nil && l.Manifest.Kind == bundle.Full {
		mark.seq, mark.head = o.Last.To, o.Last.Head
	}
	if err := readThrough(ctx, l, with, func(p embedstore.Piece) error { mark.look(p); return nil }); err != nil {
		return err
	}
	if mark.head != nil && (mark.bad || !mark.seen) {
		return refuse("请马上核实：恢复过旧备份的，请该单位写明情况；否则可能有人改过数据", "日志与上次收到的对不上（第 %d 条）", mark.seq)
	}
	w := &replicaWriter{d: d, ctx: ctx, office: o.ID, seen: map[string]map[uint64]bool{}}
	if err := readThrough(ctx, l, with, w.take); err != nil {
		return err
	}
	if err := w.flush(); err != nil {
		return err
	}
	if l.Manifest.Kind == bundle.Full {
		return w.sweep()
	}
	return nil
}

func readThrough(ctx context.Context, l bundle.Link, with []string, fn func(embedstore.Piece) error) (err error) {
	r, err := l.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	c := &bundle.Content{With: with, Piece: func(closed bool, p embedstore.Piece) error {
		if closed {
			return nil
		}
		return fn(p)
	}, File: func(bool, string, []byte) error { return nil }}
	_, err = bundle.Read(ctx, r, c)
	if errors.Is(err, bundle.ErrNoKey) {
		return refuse("请该单位在“备份 → 设置与密钥”里把区里加为接收方，再做一份完整备份", "没有把区里列为接收方，打不开")
	}
	return err
}

// replicaWriter puts records into the replica in batches.
type replicaWriter struct {
	d      *Desk
	ctx    context.Context
	office string
	batch  []embedstore.Piece
	seen   map[string]map[uint64]bool
}

func (w *replicaWriter) take(p embedstore.Piece) error {
	if p.Kind != embedstore.PieceRecord && p.Kind != embedstore.PieceGone {
		return nil
	}
	reg, id := p.Named()
	if _, ok := w.d.cfg.Book.Registers().Get(reg); !ok {
		return nil // a register of a later program
	}
	if w.seen[reg] == nil {
		w.seen[reg] = map[uint64]bool{}
	}
	w.seen[reg][id] = true
	if w.batch = append(w.batch, p); len(w.batch) == replicaBatch {
		return w.flush()
	}
	return nil
}

var receiving = embedstore.Entry{Kind: "district.replica", Reason: "收取备份"}

func (w *replicaWriter) flush() error {
	if len(w.batch) == 0 {
		return nil
	}
	_, err := w.d.cfg.Store.Update(w.ctx, receiving, func(tx *embedstore.Tx) error {
		for _, p := range w.batch {
			if err := w.put(tx, p); err != nil {
				return err
			}
		}
		return nil
	})
	w.batch = w.batch[:0]
	if err != nil {
		return fmt.Errorf("taking a bundle into the replica: %w", err)
	}
	return nil
}

func (w *replicaWriter) put(tx *embedstore.Tx, p embedstore.Piece) error {
	reg, id := p.Named()
	at := place(w.office, reg)
	_, have, err := tx.Get(at, id)
	if err != nil && !errors.Is(err, embedstore.ErrNotFound) {
		return err
	}
	if p.Kind == embedstore.PieceGone {
		if have == 0 {
			return nil
		}
		return tx.Delete(at, id, have)
	}
	_, _, rev, body, err := p.Record()
	if err != nil {
		return err
	}
	def, _ := w.d.cfg.Book.Registers().Get(reg)
	r, err := record.Decode(def, id, rev, body)
	if err != nil {
		return err
	}
	item := w.d.item(r, body)
	if reg == record.Persons {
		if err := w.identity(tx, r); err != nil {
			return err
		}
	}
	_, err = tx.Put(at, id, have, item)
	return err
}

// item is a record as the replica finds it.
func (d *Desk) item(r *record.Record, body embedstore.Body) embedstore.Item {
	it := embedstore.Item{Body: body, Tally: []string{"all"}}
	if open(r) {
		it.Tally = append(it.Tally, "open")
	}
	if len(r.Created) >= 7 {
		it.Tally = append(it.Tally, "m/"+string(r.Created)[:7])
	}
	if person := record.PersonOf(r); person != 0 && r.Register != record.Persons {
		it.Equal = append(it.Equal, embedstore.EqualKey{Name: "person", Value: fmt.Sprint(person)})
	}
	return it
}

// open says whether work on a record goes on.
func open(r *record.Record) bool {
	s, ok := r.Def.Step(r.Step)
	return len(r.Def.Steps) > 0 && (!ok || !s.Closed)
}

// identity notes under which document number a person is on file at which
// office. The number itself is kept only inside the sealed record.
func (w *replicaWriter) identity(tx *embedstore.Tx, r *record.Record) error {
	id, err := w.identityID(r.ID)
	if err != nil {
		return err
	}
	_, rev, err := tx.Get(identities, id)
	if err != nil && !errors.Is(err, embedstore.ErrNotFound) {
		return err
	}
	number := r.Text("id_number")
	if number == "" {
		if rev != 0 {
			return tx.Delete(identities, id, rev)
		}
		return nil
	}
	office, err := embedstore.Encode(w.office)
	if err != nil {
		return err
	}
	person, err := embedstore.Encode(r.ID)
	if err != nil {
		return err
	}
	_, err = tx.Put(identities, id, rev, embedstore.Item{Body: embedstore.Body{"office": office, "person": person},
		Index: []embedstore.IndexKey{{Name: "number", Key: w.d.hash(number)}}})
	return err
}

// identityID is one number for an office and a person.
func (w *replicaWriter) identityID(person uint64) (uint64, error) {
	var n uint64
	for _, c := range []byte(w.office[:6]) { // 24 bits of the office, 40 of the person
		v := uint64(c - '0')
		if c >= 'a' {
			v = uint64(c-'a') + 10
		}
		n = n<<4 | v
	}
	if person >= 1<<40 {
		return 0, errors.New("taking in a person: the number is too large")
	}
	return n<<40 | person, nil
}

// sweep removes what a full bundle does not hold any more.
func (w *replicaWriter) sweep() error {
	for _, def := range w.d.cfg.Book.Registers().All() {
		var gone []uint64
		at := place(w.office, def.ID)
		err := w.d.cfg.Store.View(w.ctx, func(tx *embedstore.Tx) error {
			return tx.All(at, 0, func(id, _ uint64, _ embedstore.Body) (bool, error) {
				if !w.seen[def.ID][id] {
					gone = append(gone, id)
				}
				return true, nil
			})
		})
		if err != nil {
			return err
		}
		for _, id := range gone {
			w.batch = append(w.batch, embedstore.Piece{Kind: embedstore.PieceGone, Key: recordKey(def.ID, id)})
		}
		if err := w.flush(); err != nil {
			return err
		}
	}
	return nil
}

func recordKey(reg string, id uint64) []byte {
	return binary.BigEndian.AppendUint64(append([]byte(reg), 0), id)
}

// Total is one register over all offices.
type Total struct {
	Register *register.Definition
	All      map[string]uint64 // by office
	Open     map[string]uint64
}

// Totals counts each register at each office that has handed in; the others
// are named, not counted.
func (d *Desk) Totals(ctx context.Context, v access.Viewer) (totals []Total, missing []Office, err error) {
	if err := sees(v); err != nil {
		return nil, nil, err
	}
	offices, err := d.Offices(ctx)
	if err != nil {
		return nil, nil, err
	}
	err = d.cfg.Store.View(ctx, func(tx *embedstore.Tx) error {
		for _, def := range d.cfg.Book.Registers().All() {
			if def.Protect == register.ProtectSealed || def.Hidden || def.System == "" && def.ID != record.Persons {
				continue
			}
			t := Total{def, map[string]uint64{}, map[string]uint64{}}
			sum := uint64(0)
			for _, o := range offices {
				if o.Last == nil {
					continue
				}
				var err error
				if t.All[o.ID], err = tx.Tally(place(o.ID, def.ID), "all"); err != nil {
					return err
				}
				if t.Open[o.ID], err = tx.Tally(place(o.ID, def.ID), "open"); err != nil {
					return err
				}
				sum += t.All[o.ID]
			}
			if sum > 0 {
				totals = append(totals, t)
			}
		}
		return nil
	})
	for _, o := range offices {
		if o.Last == nil {
			missing = append(missing, o)
		}
	}
	return totals, missing, err
}
