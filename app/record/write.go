package record

import (
	"errors"
	"fmt"
	"strconv"

	"jiezhen/app/access"
	"jiezhen/app/register"
	"jiezhen/app/value"
	"jiezhen/embedstore"
)

// Draft is a record to be made.
type Draft struct {
	Register  string
	Values    register.Values
	Subject   uint64
	Community uint64 // 0: from the values, else from the subject
	Owner     uint64 // 0: nobody is in charge yet
	Number    string // given only by imports that bring their own; else drawn
	Step      string // "": the first; another only for imports and the generator
	Created   value.Date
	Links     []Link
	Secrets   map[string]string
	Quiet     bool // do not run After: imports of history
	Moves     []Move
	Entered   map[string]value.Date
}

// errOutside is a fault of the program, not of the user.
var errOutside = errors.New("writing outside Book.Change")

// Create makes a record. Warnings alone do not refuse.
func (tx *Tx) Create(d Draft) (*Record, error) {
	if !tx.writing {
		return nil, errOutside
	}
	def, err := tx.definition(d.Register)
	if err != nil {
		return nil, err
	}
	r := tx.newRecord(def, d)
	if err := tx.place(r, d.Community); err != nil {
		return nil, err
	}
	if r.Guarded, err = tx.guarded(r); err != nil {
		return nil, err
	}
	if err := tx.mayCreate(r); err != nil {
		return nil, err
	}
	if err := tx.derive(r); err != nil {
		return nil, err
	}
	if err := tx.check(r, nil); err != nil {
		return nil, err
	}
	if r.ID, err = tx.store.NewID(def.ID); err != nil {
		return nil, err
	}
	if err := tx.number(r); err != nil {
		return nil, err
	}
	if err := tx.put(r); err != nil {
		return nil, err
	}
	if d.Quiet {
		return r, nil
	}
	return r, tx.after(r, nil, "")
}

func (tx *Tx) newRecord(def *register.Definition, d Draft) *Record {
	profile := tx.book.cfg.Office()
	today := tx.Today()
	r := &Record{
		Ref: Ref{Register: def.ID}, Def: def, Values: d.Values.Clone(), Subject: d.Subject, Number: d.Number,
		Town: profile.Town, Owner: d.Owner, Author: tx.viewer.User, Step: d.Step, Entered: map[string]value.Date{},
		Created: d.Created, Changed: today, Demo: profile.Demo, Links: d.Links, Secrets: d.Secrets, Log: d.Moves,
	}
	if r.Step == "" {
		r.Step = def.First()
	}
	if r.Created == "" {
		r.Created = today
	}
	for step, day := range d.Entered {
		r.Entered[step] = day
	}
	tx.defaults(r)
	if r.Step != "" && r.Entered[r.Step] == "" {
		r.Entered[r.Step] = r.Created
	}
	return r
}

// defaults fills in what the definition gives to a field that nobody was
// asked about. A field left empty on purpose is in the values, as nil.
func (tx *Tx) defaults(r *Record) {
	for _, f := range r.Def.Fields {
		if _, asked := r.Values[f.ID]; asked || f.Default == nil {
			continue
		}
		if v, err := f.Default.Eval(tx.book.env(r, r.Created)); err == nil {
			set(r.Values, f.ID, v)
		}
	}
}

// place finds the area in which the record lies: given, else its own field
// community, else its subject's.
func (tx *Tx) place(r *Record, given uint64) error {
	r.Community = given
	if own := r.RefID("community"); own != 0 {
		r.Community = own
	}
	if r.Community != 0 || r.person() == 0 || r.Register == Persons {
		return nil
	}
	p, err := tx.known(Ref{Persons, r.person()})
	if errors.Is(err, errAbsent) {
		return Refused(CodeInvalid, "所选的人没有主档，请先建人员主档")
	}
	if err != nil {
		return err
	}
	r.Community = p.Community
	return nil
}

func (tx *Tx) mayCreate(r *Record) error {
	t := r.target()
	t.Guarded = t.Guarded && r.Register != Persons // a protected person's own file can be made by any who make files
	switch access.Decide(tx.viewer, t, access.ActCreate) {
	case access.Denied:
		if access.Elsewhere(tx.viewer, t, access.ActCreate) {
			return &Refusal{Code: CodeInvalid, Text: "还有内容要补正",
				Problems: []Problem{{Field: "community", Label: "所在社区（村）", Text: "不在您负责的社区（村），请由当地社区的人员登记，或报街道办理"}}}
		}
		return &Refusal{Code: CodeDenied, Text: access.Explain(access.ActCreate, accessRegister(r.Def))}
	case access.Placeholder:
		return &Refusal{Code: CodeGuarded, Ref: Ref{Persons, r.person()}, Text: "受保护对象：请先填写理由打开其主档，再为其登记"}
	}
	if r.Def.Subject == register.SubjectPerson && r.Subject == 0 {
		return &Refusal{Code: CodeInvalid, Text: "还有内容要补正", Problems: []Problem{{Field: "subject",
			Label: subjectLabel(r.Def), Text: "请先选定" + subjectLabel(r.Def)}}}
	}
	if r.Def.Subject == register.SubjectPerson {
		return tx.MayAbout(r.Subject)
	}
	return nil
}

func subjectLabel(d *register.Definition) string {
	if d.SubjectLabel != "" {
		return d.SubjectLabel
	}
	return map[register.Subject]string{register.SubjectPerson: "对象", register.SubjectPlace: "地点",
		register.SubjectParty: "机构"}[d.Subject]
}

// number draws the record's number; a number given by an import is kept and
// must be free.
func (tx *Tx) number(r *Record) error {
	if r.Def.Numbering == "" || r.Number != "" {
		return nil
	}
	year := r.Created.Year()
	serial, err := tx.store.Next("number " + r.Def.Series(r.Town, year))
	if err != nil {
		return fmt.Errorf("drawing a number: %w", err)
	}
	r.Number = r.Def.NumberFrom(r.Town, year, serial)
	return nil
}

// Save changes fields of a record that stands at revision rev. Only the given
// fields change; nil empties one. The answer is the record as saved.
func (tx *Tx) Save(ref Ref, rev uint64, values register.Values) (*Record, error) {
	return tx.save(ref, rev, values, false)
}

// SaveKeys is Save for a change order that has been approved: key fields may
// change. The caller must run as the office.
func (tx *Tx) SaveKeys(ref Ref, rev uint64, values register.Values) (*Record, error) {
	if !tx.viewer.Office {
		return nil, Refused(CodeDenied, "关键信息只能通过重要信息变更单修改")
	}
	return tx.save(ref, rev, values, true)
}

func (tx *Tx) save(ref Ref, rev uint64, values register.Values, keys bool) (*Record, error) {
	before, err := tx.editable(ref, rev)
	if err != nil {
		return nil, err
	}
	r := before.copy()
	var problems []Problem
	for id, v := range values {
		f, ok := r.Def.Field(id)
		if !ok {
			return nil, Refused(CodeInvalid, "没有字段 %s", id)
		}
		if f.Key && !keys && changesKey(before, id, v) {
			problems = append(problems, Problem{Field: id, Label: f.Label,
				Text: "已登记的" + f.Label + "不能直接改，请填《重要信息变更单》，由另一人审核后生效",
				Link: "/r/person.change/new?person=" + strconv.FormatUint(r.person(), 10)})
			continue
		}
		if f.Filled && !tx.viewer.Office {
			return nil, Refused(CodeDenied, "“%s”由系统填写，不能手工改", f.Label)
		}
		set(r.Values, id, v)
	}
	if len(problems) > 0 {
		return nil, invalid(problems)
	}
	return r, tx.finish(r, before, "")
}

// Imply writes into a record what other work implies, such as the date of the
// last visit: its own form is not checked again, because the visit must be
// kept whatever is still missing here. Office only; nothing follows from it.
func (tx *Tx) Imply(ref Ref, values register.Values) error {
	if !tx.viewer.Office {
		return Refused(CodeDenied, "这些内容由系统填写")
	}
	r, err := tx.writable(ref, 0)
	if err != nil {
		return err
	}
	changed := r.copy()
	for id, v := range values {
		set(changed.Values, id, v)
	}
	changed.Changed = tx.Today()
	return tx.put(changed)
}

// changesKey reports whether a key field that is filled would change.
func changesKey(r *Record, id string, v any) bool {
	old := r.Values[id]
	return old != nil && old != "" && fmt.Sprint(old) != fmt.Sprint(v)
}

func set(values register.Values, id string, v any) {
	if v == nil || v == "" {
		delete(values, id)
		return
	}
	values[id] = v
}

// editable opens a record for changing: rights, revision and an open step.
func (tx *Tx) editable(ref Ref, rev uint64) (*Record, error) {
	r, err := tx.writable(ref, rev)
	if err != nil {
		return nil, err
	}
	if err := tx.may(r, access.ActEdit); err != nil {
		return nil, err
	}
	if !r.Open() && !tx.viewer.Office {
		return nil, &Refusal{Code: CodeClosed, Ref: ref, Text: "这条记录已是“" + r.StepLabel() + "”，不能再改；确需更正请先重开"}
	}
	return r, nil
}

// writable loads a record at the revision the caller knows.
func (tx *Tx) writable(ref Ref, rev uint64) (*Record, error) {
	if !tx.writing {
		return nil, errOutside
	}
	r, err := tx.load(ref)
	if err != nil {
		return nil, err
	}
	if err := tx.may(r, access.ActRead); err != nil {
		return nil, err
	}
	if rev != 0 && r.Rev != rev {
		return nil, fromStore(&embedstore.StaleError{Current: r.Rev}, ref)
	}
	return r, nil
}

// finish derives, checks, writes and follows up a changed record.
func (tx *Tx) finish(r, before *Record, action string) error {
	if err := tx.replace(r); err != nil {
		return err
	}
	if err := tx.derive(r); err != nil {
		return err
	}
	if err := tx.check(r, before); err != nil {
		return err
	}
	r.Changed = tx.Today()
	if err := tx.put(r); err != nil {
		return err
	}
	return tx.after(r, before, action)
}

// replace keeps the area in step with the record's own community field.
func (tx *Tx) replace(r *Record) error {
	if own := r.RefID("community"); own != 0 {
		r.Community = own
	}
	return nil
}

func (tx *Tx) derive(r *Record) error {
	for _, behave := range tx.book.behaviours[r.Register] {
		if behave.Derive != nil {
			if err := behave.Derive(tx, r); err != nil {
				return err
			}
		}
	}
	env := tx.env(r)
	for _, f := range r.Def.Fields {
		if f.Compute == nil {
			continue
		}
		v, err := f.Compute.Eval(env)
		if err != nil {
			return err
		}
		set(r.Values, f.ID, computed(f, v))
		env.Set(f, r.Values[f.ID])
	}
	return nil
}

// computed brings what an expression yields into the field's canonical type.
func computed(f *register.Field, v any) any {
	switch n := v.(type) {
	case int:
		if f.Type == value.KindNumber {
			return float64(n)
		}
		return int64(n)
	case float64:
		if f.Type == value.KindMoney {
			return int64(n)
		}
	}
	return v
}

func (tx *Tx) after(r, before *Record, action string) error {
	for _, behave := range tx.book.behaviours[r.Register] {
		if behave.After != nil {
			if err := behave.After(tx, r, before, action); err != nil {
				return err
			}
		}
	}
	return nil
}

// put writes the record with its indexes and tallies.
func (tx *Tx) put(r *Record) error {
	body, err := encode(r)
	if err != nil {
		return err
	}
	equal, unique := tx.book.equalKeys(r)
	clocks := tx.book.Clocks(r)
	cover := tx.book.columns.cover(r, tx.book.layouts[r.Register], firstDue(clocks))
	tallies, err := tx.book.tallies(r, cover)
	if err != nil {
		return err
	}
	item := embedstore.Item{Body: body, Index: tx.book.indexKeys(r, clocks, cover), Equal: equal, Unique: unique, Tally: tallies}
	rev, err := tx.store.Put(r.Register, r.ID, r.Rev, item)
	if err != nil {
		return fromStore(err, r.Ref)
	}
	r.Rev = rev
	tx.cache[r.Ref] = r
	tx.touched[r.Register] = true
	return nil
}

// copy gives a record whose maps and lists can be changed without touching
// the original.
func (r *Record) copy() *Record {
	c := *r
	c.Values = r.Values.Clone()
	c.Entered = make(map[string]value.Date, len(r.Entered))
	for k, v := range r.Entered {
		c.Entered[k] = v
	}
	c.Secrets = make(map[string]string, len(r.Secrets))
	for k, v := range r.Secrets {
		c.Secrets[k] = v
	}
	c.Assist = append([]uint64(nil), r.Assist...)
	c.Pauses = append([]Pause(nil), r.Pauses...)
	c.Log = append([]Move(nil), r.Log...)
	c.Transfers = append([]Transfer(nil), r.Transfers...)
	c.Files = append([]Attachment(nil), r.Files...)
	c.Papers = append([]Issue(nil), r.Papers...)
	c.Links = append([]Link(nil), r.Links...)
	return &c
}
