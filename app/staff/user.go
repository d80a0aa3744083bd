package staff

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// The fields of staff.user that this package reads.
const (
	fieldLogin       = "login"
	fieldName        = "name"
	fieldRoles       = "roles"
	fieldCommunities = "communities"
	fieldUntil       = "until"
)

// The secrets of a user's record. None is ever shown or exported.
const (
	secretPassword = "password" // argon2id, PHC string
	secretPast     = "past"     // earlier ones, newest first, one a line
	secretChanged  = "changed"  // civil date of the last change
	secretMust     = "must"     // "1": must be changed before anything else
)

// The administrators' roles.
const (
	RoleSystem   = "admin.system"
	RoleSecurity = "admin.security"
	RoleAudit    = "admin.audit"
)

// User is an account as the settings show it.
type User struct {
	ID, Rev     uint64
	Login, Name string
	Roles       []string
	Communities []uint64
	Until       value.Date // last day; empty: no end
	Ended       bool       // Until has passed
	MustChange  bool
	NoPassword  bool // cannot log in before a reset
}

func (d *Desk) userOf(r *record.Record) User {
	l, today := d.Limits(), d.book.Today()
	return User{
		ID: r.ID, Rev: r.Rev, Login: r.Text(fieldLogin), Name: record.LabelOf(r), Roles: rolesOf(r),
		Communities: communitiesOf(r), Until: r.Date(fieldUntil), Ended: ended(r, today),
		MustChange: mustChange(r, l, today), NoPassword: r.Secrets[secretPassword] == "",
	}
}

// ended reports whether the account's last day has passed.
func ended(r *record.Record, today value.Date) bool {
	until := r.Date(fieldUntil)
	return until != "" && today > until
}

// mustChange reports whether the password must be changed before anything
// else. A date of change that lies ahead comes from a wrong clock and says
// nothing; logging in puts it right.
func mustChange(r *record.Record, l Limits, today value.Date) bool {
	if r.Secrets[secretMust] != "" {
		return true
	}
	changed := value.Date(r.Secrets[secretChanged])
	return changed != "" && changed <= today && value.DaysBetween(changed, today) > l.PasswordDays
}

func rolesOf(r *record.Record) []string { list, _ := r.Values[fieldRoles].([]string); return list }

// communitiesOf reads the areas of a community-level post.
func communitiesOf(r *record.Record) []uint64 {
	var out []uint64
	add := func(v any) {
		s, _ := v.(string)
		if id, err := strconv.ParseUint(s, 10, 64); err == nil && id != 0 {
			out = append(out, id)
		}
	}
	switch v := r.Values[fieldCommunities].(type) {
	case []string:
		for _, s := range v {
			add(s)
		}
	case []map[string]any:
		for _, row := range v {
			for _, cell := range row {
				add(cell)
			}
		}
	}
	return out
}

// viewer is the user as package access judges people.
func (d *Desk) viewer(r *record.Record, now time.Time) access.Viewer {
	v := access.Viewer{User: r.ID, Name: record.LabelOf(r), Communities: communitiesOf(r), Now: now}
	for _, id := range rolesOf(r) {
		if role, ok := d.roles.Get(id); ok {
			v.Roles = append(v.Roles, role)
		}
	}
	return v
}

// normalLogin is the form in which a login name is kept and compared.
func normalLogin(s string) string { return strings.ToLower(strings.TrimSpace(norm.NFKC.String(s))) }

// byLogin finds a user by login name; errNoUser when nobody has it.
func byLogin(tx *record.Tx, login string) (*record.Record, error) {
	if login == "" {
		return nil, errNoUser
	}
	rows, err := tx.AsOffice().Find(record.Users, fieldLogin, login)
	if err != nil {
		return nil, fmt.Errorf("finding a user: %w", err)
	}
	if len(rows) == 0 {
		return nil, errNoUser
	}
	return rows[0], nil
}

// byID opens a user's record.
func byID(tx *record.Tx, id uint64) (*record.Record, error) {
	r, err := tx.AsOffice().Open(record.Ref{Register: record.Users, ID: id})
	if Is(err, record.CodeNotFound) {
		return nil, record.Refused(record.CodeNotFound, "没有这个用户，请在用户名册里重新选择")
	}
	return r, err
}

// Users lists all accounts for whoever keeps or audits them, and for heads
// who hand work over.
func (d *Desk) Users(ctx context.Context, v access.Viewer) ([]User, error) {
	if !v.Office && !v.Has(RoleSecurity, RoleAudit) && !heads(v) {
		return nil, record.Refused(record.CodeDenied, "用户名册由安全管理员、审计管理员和科室负责人查看")
	}
	var out []User
	err := d.book.View(ctx, withOffice(v), func(tx *record.Tx) error {
		return tx.Each(record.Users, func(r *record.Record) (bool, error) {
			out = append(out, d.userOf(r))
			return true, nil
		})
	})
	return out, err
}

// ByLogin gives the account with a login name, for the command line.
func (d *Desk) ByLogin(ctx context.Context, login string) (User, error) {
	var u User
	err := d.book.View(ctx, access.Office(), func(tx *record.Tx) error {
		r, err := byLogin(tx, normalLogin(login))
		if err != nil {
			return err
		}
		u = d.userOf(r)
		return nil
	})
	if errors.Is(err, errNoUser) {
		return u, record.Refused(record.CodeNotFound, "没有登录名为“%s”的用户", login)
	}
	return u, err
}

// NewUser is an account to be made.
type NewUser struct {
	Login       string
	Name        string
	Roles       []string
	Communities []uint64
	Password    string // empty: a temporary one is drawn
	Lasting     bool   // the password need not be changed at first login: only for the office itself
	More        register.Values
}

// Made is an account just made. Password is the temporary password, to be
// shown once and handed over; empty when one was given.
type Made struct {
	ID       uint64
	Login    string
	Password string
}

// keepsUsers refuses whoever may not keep accounts.
func keepsUsers(v access.Viewer) error {
	if v.Office || v.Has(RoleSecurity) {
		return nil
	}
	return record.Refused(record.CodeDenied, "用户和岗位由安全管理员设置；系统管理员、审计管理员和业务人员都不能设置")
}

// CreateUser makes an account; only the security administrator may.
func (d *Desk) CreateUser(ctx context.Context, v access.Viewer, n NewUser) (Made, error) {
	if err := keepsUsers(v); err != nil {
		return Made{}, err
	}
	n.Lasting = n.Lasting && v.Office
	drafts, err := d.draftUsers([]NewUser{n})
	if err != nil {
		return Made{}, err
	}
	made, err := d.create(ctx, v, "新建用户", drafts, nil)
	if err != nil {
		return Made{}, err
	}
	return made[0], nil
}

// FirstAccounts makes the office's first accounts at set-up, all or none, and
// only while no account exists. One of them must be a security administrator.
func (d *Desk) FirstAccounts(ctx context.Context, users []NewUser) ([]Made, error) {
	security := false
	for _, n := range users {
		for _, role := range n.Roles {
			security = security || role == RoleSecurity
		}
	}
	if !security {
		return nil, record.Refused(record.CodeInvalid, "首批账号里至少要有一名安全管理员，以后的用户由其建立")
	}
	drafts, err := d.draftUsers(users)
	if err != nil {
		return nil, err
	}
	return d.create(ctx, access.Office(), "建立首批账号", drafts, func(tx *record.Tx) error {
		n, err := tx.Size(record.Users)
		if err != nil || n == 0 {
			return err
		}
		return record.Refused(record.CodeDenied, "已经有用户，首批账号只能在初次设置时建立；请由安全管理员新建用户")
	})
}

// draftUser is a record to be made, with its password ready: hashing takes too
// long to be done while the store is held.
type draftUser struct {
	draft record.Draft
	made  Made
}

func (d *Desk) draftUsers(users []NewUser) ([]draftUser, error) {
	out := make([]draftUser, 0, len(users))
	for _, n := range users {
		one, err := d.draftUser(n)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func (d *Desk) draftUser(n NewUser) (draftUser, error) {
	login := normalLogin(n.Login)
	password, temporary := n.Password, ""
	if password == "" {
		var err error
		if temporary, err = d.temporary(); err != nil {
			return draftUser{}, err
		}
		password = temporary
	}
	if why := d.Limits().weak(password, login, n.Name); temporary == "" && len(why) > 0 {
		return draftUser{}, problems(CodeWeak, "password", "密码", why)
	}
	hash, err := d.hasher.make(password)
	if err != nil {
		return draftUser{}, err
	}
	values := n.More.Clone()
	if values == nil {
		values = register.Values{}
	}
	values[fieldLogin], values[fieldName], values[fieldRoles] = login, strings.TrimSpace(n.Name), n.Roles
	if len(n.Communities) > 0 {
		values[fieldCommunities] = communityRows(n.Communities)
	}
	secrets := map[string]string{secretPassword: hash, secretChanged: string(d.book.Today())}
	if !n.Lasting {
		secrets[secretMust] = "1"
	}
	return draftUser{record.Draft{Register: record.Users, Values: values, Secrets: secrets}, Made{Login: login, Password: temporary}}, nil
}

func communityRows(ids []uint64) any {
	rows := make([]map[string]any, 0, len(ids))
	for _, id := range ids {
		rows = append(rows, map[string]any{columnCommunity: strconv.FormatUint(id, 10)})
	}
	return rows
}

// columnCommunity is the column of the table of communities.
const columnCommunity = "place"

func (d *Desk) create(ctx context.Context, v access.Viewer, reason string, drafts []draftUser, first func(*record.Tx) error) ([]Made, error) {
	var made []Made
	err := d.book.Change(ctx, withOffice(v), reason, func(tx *record.Tx) error {
		made = nil
		if first != nil {
			if err := first(tx); err != nil {
				return err
			}
		}
		for _, one := range drafts {
			r, err := tx.Create(one.draft)
			if Is(err, record.CodeTaken) {
				return problems(record.CodeTaken, fieldLogin, "登录名", []string{"“" + one.made.Login + "”已有人使用，请换一个"})
			}
			if err != nil {
				return err
			}
			one.made.ID = r.ID
			made = append(made, one.made)
		}
		return nil
	})
	return made, err
}

// ChangeUser changes fields of an account: name, posts, communities, last day.
// Only the security administrator may. Sessions follow at their next page.
func (d *Desk) ChangeUser(ctx context.Context, v access.Viewer, id, rev uint64, values register.Values) (User, error) {
	if err := keepsUsers(v); err != nil {
		return User{}, err
	}
	var u User
	err := d.book.Change(ctx, withOffice(v), "修改用户", func(tx *record.Tx) error {
		r, err := tx.Save(record.Ref{Register: record.Users, ID: id}, rev, values)
		if err != nil {
			return err
		}
		u = d.userOf(r)
		return nil
	})
	return u, err
}

// Disable ends an account: last is its last day. Open work must be handed
// over first.
func (d *Desk) Disable(ctx context.Context, v access.Viewer, id uint64, last value.Date) error {
	_, err := d.ChangeUser(ctx, v, id, 0, register.Values{fieldUntil: string(last)})
	return err
}
