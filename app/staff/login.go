package staff

import (
	"context"
	"errors"
	"fmt"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Attempt is a try to log in. From names the terminal, as the page sees it.
type Attempt struct {
	Name, Password, From string
}

// Login proves who someone is and begins a session; Session.Token is for the
// browser and kept nowhere else. A wrong name and a wrong password get the
// same answer.
func (d *Desk) Login(ctx context.Context, a Attempt) (Session, error) {
	release, err := d.take(ctx)
	if err != nil {
		return Session{}, err
	}
	defer release()
	p, err := d.prove(ctx, a, "login")
	if err != nil {
		return Session{}, err
	}
	if err := d.Sweep(ctx); err != nil {
		return Session{}, err
	}
	return d.begin(ctx, a, p)
}

// proof is what a right password leaves to be written with whatever it was
// given for.
type proof struct {
	user *record.Record
	gate *gate
}

// prove checks a password: the locks first, then the hash — of nothing when
// nobody has the name — and counts and logs a failure. The caller has the turn.
func (d *Desk) prove(ctx context.Context, a Attempt, what string) (proof, error) {
	login := normalLogin(a.Name)
	p := proof{gate: d.gate(login, a.From)}
	if err := d.admit(ctx, &p, login); err != nil {
		return p, err
	}
	stored := ""
	if p.user != nil {
		stored = p.user.Secrets[secretPassword]
	}
	ok, err := d.hasher.matches(stored, a.Password)
	if err != nil {
		return p, fmt.Errorf("checking a password: %w", err)
	}
	if !ok || p.user == nil {
		return p, d.miss(ctx, a, p, what)
	}
	if ended(p.user, d.book.Today()) {
		return p, record.Refused(CodeDisabled, "账号已停用，如有疑问请找安全管理员")
	}
	return p, nil
}

// admit reads the locks and the user. A lock that the clock has moved is
// written back.
func (d *Desk) admit(ctx context.Context, p *proof, login string) error {
	now, moved := d.clock(), false
	err := d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
		if err := p.gate.read(tx); err != nil {
			return err
		}
		before := [2]int64{p.gate.name.Set, p.gate.terminal.Set}
		shut := p.gate.shut(now)
		moved = before != [2]int64{p.gate.name.Set, p.gate.terminal.Set}
		if shut != nil {
			return shut
		}
		var err error
		if p.user, err = byLogin(tx, login); errors.Is(err, errNoUser) {
			p.user, err = nil, nil
		}
		return err
	})
	if moved {
		return errors.Join(err, d.book.Change(context.WithoutCancel(ctx), access.Office(), "", p.gate.write))
	}
	return err
}

// miss counts a failure, in one transaction with its line in the journal;
// hanging up in time does not help. Of a name that nobody has the journal keeps a fingerprint, not what was typed: it
// may be a password in the wrong box.
func (d *Desk) miss(ctx context.Context, a Attempt, p proof, what string) error {
	refusal, locked := p.gate.miss(d.clock(), d.Limits())
	err := d.book.Change(context.WithoutCancel(ctx), access.Office(), "", func(tx *record.Tx) error {
		if err := p.gate.write(tx); err != nil {
			return err
		}
		ref, facts := record.Ref{Register: record.Users}, map[string]any{"from": a.From, "for": what}
		if p.user != nil {
			ref = p.user.Ref
		} else {
			facts["unknown"] = p.gate.who
		}
		if err := tx.Event("login.failed", ref, facts); err != nil || locked == "" {
			return err
		}
		return tx.Event("login.locked", ref, map[string]any{"from": a.From, "what": locked})
	})
	if err != nil {
		return fmt.Errorf("noting a failed log-in: %w", err)
	}
	return refusal
}

// begin writes the session, what the log-in puts right, and its line in the
// journal, in one transaction.
func (d *Desk) begin(ctx context.Context, a Attempt, p proof) (Session, error) {
	token, err := d.newToken()
	if err != nil {
		return Session{}, err
	}
	mend, err := d.mend(p.user, a.Password)
	if err != nil {
		return Session{}, err
	}
	now := d.clock()
	k := kept{User: p.user.ID, Started: now.UnixMilli(), Seen: now.UnixMilli(), From: a.From}
	user := p.user
	err = d.book.Change(ctx, as(user.ID, record.LabelOf(user)), "登录", func(tx *record.Tx) error {
		if err := d.passed(tx, p); err != nil {
			return err
		}
		if len(mend) > 0 {
			if user, err = tx.Seal(user.Ref, 0, mend); err != nil {
				return err
			}
		}
		if err := tx.ShelfPut(SessionShelf, sessionKey(token), k); err != nil {
			return err
		}
		return tx.Event("login", user.Ref, map[string]any{"from": a.From})
	})
	if err != nil {
		return Session{}, fmt.Errorf("beginning a session: %w", err)
	}
	s := d.describe(token, k, user, d.Limits())
	s.Token = token
	return s, nil
}

// passed clears the failures of whoever gave the right password.
func (d *Desk) passed(tx *record.Tx, p proof) error {
	p.gate.pass()
	return p.gate.write(tx)
}

// mend is what a log-in puts right: a hash made at an older cost, a date of
// change that lies ahead because the clock was wrong.
func (d *Desk) mend(user *record.Record, password string) (map[string]string, error) {
	out := map[string]string{}
	if d.hasher.weaker(user.Secrets[secretPassword]) {
		hash, err := d.hasher.make(password)
		if err != nil {
			return nil, err
		}
		out[secretPassword] = hash
	}
	today := d.book.Today()
	if changed := value.Date(user.Secrets[secretChanged]); changed == "" || changed > today {
		out[secretChanged] = string(today)
	}
	return out, nil
}

// Unlock uncovers a session with its user's password. A session that is over
// stays over.
func (d *Desk) Unlock(ctx context.Context, token, password string) (Session, error) {
	release, err := d.take(ctx)
	if err != nil {
		return Session{}, err
	}
	defer release()
	key, now, l := sessionKey(token), d.clock(), d.Limits()
	k, user, err := d.load(ctx, key)
	if err != nil {
		return Session{}, err
	}
	if k.state(now, l) == stateEnded {
		return d.describe(token, k, user, l), record.Refused(CodeEnded, "登录已满 %s，请重新登录；未提交的内容已保留", hours(l.Absolute))
	}
	p, err := d.prove(ctx, Attempt{user.Text(fieldLogin), password, k.From}, "unlock")
	if err != nil {
		return d.describe(token, k, user, l), err
	}
	k = k.resumed(now)
	err = d.book.Change(ctx, as(user.ID, record.LabelOf(user)), "解除锁定", func(tx *record.Tx) error {
		if err := d.passed(tx, p); err != nil {
			return err
		}
		if err := tx.ShelfPut(SessionShelf, key, k); err != nil {
			return err
		}
		return tx.Event("unlock", user.Ref, map[string]any{"from": k.From})
	})
	if err != nil {
		return Session{}, fmt.Errorf("uncovering a session: %w", err)
	}
	d.seen.Lock()
	d.seen.at[key] = k.Seen
	d.seen.Unlock()
	return d.describe(token, k, user, l), nil
}
