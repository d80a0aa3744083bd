package staff

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
)

// ChangePassword gives the session's user a new password. The old one is asked
// for, and wrong tries count like a failed log-in. The user's other sessions
// end.
func (d *Desk) ChangePassword(ctx context.Context, token, old, fresh string) error {
	release, err := d.take(ctx)
	if err != nil {
		return err
	}
	defer release()
	_, viewer, err := d.Watch(ctx, token)
	if err != nil {
		return err
	}
	k, user, err := d.load(ctx, sessionKey(token))
	if err != nil {
		return err
	}
	p, err := d.prove(ctx, Attempt{user.Text(fieldLogin), old, k.From}, "password")
	if err != nil {
		return err
	}
	secrets, err := d.renewed(p.user, fresh)
	if err != nil {
		return err
	}
	viewer.Office = true
	err = d.book.Change(ctx, viewer, "修改密码", func(tx *record.Tx) error {
		if err := d.passed(tx, p); err != nil {
			return err
		}
		if _, err := tx.Seal(p.user.Ref, p.user.Rev, secrets); err != nil {
			return err
		}
		return tx.Event("password", p.user.Ref, nil)
	})
	if err != nil {
		return err
	}
	return d.endBut(ctx, user.ID, sessionKey(token))
}

// renewed checks a new password against the rules and the last ones, and gives
// the secrets that follow from it.
func (d *Desk) renewed(user *record.Record, fresh string) (map[string]string, error) {
	l := d.Limits()
	why := l.weak(fresh, user.Text(fieldLogin), record.LabelOf(user))
	used, err := d.used(user, fresh)
	if err != nil {
		return nil, err
	}
	if used {
		why = append(why, fmt.Sprintf("不能与最近 %d 次用过的密码相同", l.PasswordHistory))
	}
	if len(why) > 0 {
		return nil, problems(CodeWeak, "password", "新密码", why)
	}
	hash, err := d.hasher.make(fresh)
	if err != nil {
		return nil, err
	}
	return map[string]string{secretPassword: hash, secretPast: d.past(user, l.PasswordHistory),
		secretChanged: string(d.book.Today()), secretMust: ""}, nil
}

// used reports whether a password is the present one or among the last.
func (d *Desk) used(user *record.Record, fresh string) (bool, error) {
	hashes := append([]string{user.Secrets[secretPassword]}, strings.Fields(user.Secrets[secretPast])...)
	for _, stored := range hashes[:min(len(hashes), d.Limits().PasswordHistory)] {
		if stored == "" {
			continue
		}
		same, err := d.hasher.matches(stored, fresh)
		if err != nil || same {
			return same, err
		}
	}
	return false, nil
}

// past is the list of earlier passwords once the present one joins it.
func (d *Desk) past(user *record.Record, keep int) string {
	list := append([]string{user.Secrets[secretPassword]}, strings.Fields(user.Secrets[secretPast])...)
	return strings.Join(list[:min(len(list), keep)], "\n")
}

// Reset gives a user a temporary password, to be shown once, handed over and
// changed at the first login; it opens the user's lock and ends the user's
// sessions. The security administrator does it, or the office itself from the
// command line.
func (d *Desk) Reset(ctx context.Context, v access.Viewer, user uint64) (temporary string, err error) {
	if err := keepsUsers(v); err != nil {
		return "", err
	}
	if temporary, err = d.temporary(); err != nil {
		return "", err
	}
	hash, err := d.hasher.make(temporary)
	if err != nil {
		return "", err
	}
	err = d.book.Change(ctx, withOffice(v), "重置密码", func(tx *record.Tx) error {
		r, err := byID(tx, user)
		if err != nil {
			return err
		}
		secrets := map[string]string{secretPassword: hash, secretPast: d.past(r, d.Limits().PasswordHistory),
			secretChanged: string(d.book.Today()), secretMust: "1"}
		if _, err := tx.Seal(r.Ref, r.Rev, secrets); err != nil {
			return err
		}
		if err := tx.ShelfDelete(lockShelf, d.fingerprint("name", r.Text(fieldLogin))); err != nil {
			return err
		}
		return tx.Event("reset", r.Ref, nil)
	})
	if err != nil {
		return "", err
	}
	return temporary, d.EndAll(ctx, user)
}

// OpenTerminal takes the lock off a terminal: the security administrator from
// another one, or the office itself from the command line.
func (d *Desk) OpenTerminal(ctx context.Context, v access.Viewer, from string) error {
	if err := keepsUsers(v); err != nil {
		return err
	}
	return d.book.Change(ctx, withOffice(v), "解除终端锁定", func(tx *record.Tx) error {
		if err := tx.ShelfDelete(lockShelf, d.fingerprint("from", from)); err != nil {
			return err
		}
		return tx.Event("terminal.opened", record.Ref{Register: record.Users}, map[string]any{"from": from})
	})
}

// temporarySize is how long a temporary password is, unless policy asks for more.
const temporarySize = 12

// temporary draws a password that keeps every rule and can be read off paper.
func (d *Desk) temporary() (string, error) {
	size := max(temporarySize, d.Limits().PasswordLength)
	sets := symbolSets()
	for range 100 {
		out := make([]byte, size)
		for i := range out {
			set := sets[i%len(sets)]
			n, err := rand.Int(d.rand, big.NewInt(int64(len(set))))
			if err != nil {
				return "", fmt.Errorf("drawing a temporary password: %w", err)
			}
			out[i] = set[n.Int64()]
		}
		if len(d.Limits().weak(string(out))) == 0 {
			return string(out), nil
		}
	}
	return "", fmt.Errorf("drawing a temporary password: the random source repeats itself")
}
