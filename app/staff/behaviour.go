package staff

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
)

// Behaviours are the rules of accounts that hold by whatever door a user's
// record is written: form, import, command or this package.
func Behaviours(roles access.Roles) []record.Behaviour {
	rules := accountRules{roles}
	return []record.Behaviour{{Register: record.Users, Derive: rules.derive, Check: rules.check}}
}

type accountRules struct{ roles access.Roles }

// derive brings the login name into the form in which it is looked up.
func (a accountRules) derive(_ *record.Tx, r *record.Record) error {
	r.Values[fieldLogin] = normalLogin(r.Text(fieldLogin))
	return nil
}

func (a accountRules) check(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	out := a.loginRules(r)
	if !tx.Viewer().Office && !tx.Viewer().Has(RoleSecurity) {
		out = append(out, record.Problem{Text: "用户和岗位由安全管理员设置"})
	}
	out = append(out, a.roleRules(r)...)
	more, err := a.remaining(tx, r, before)
	if err != nil {
		return nil, err
	}
	out = append(out, more...)
	more, err = a.leaving(tx, r, before)
	return append(out, more...), err
}

func (a accountRules) loginRules(r *record.Record) []record.Problem {
	login := r.Text(fieldLogin)
	if login == "" || !strings.ContainsAny(login, " \t/\\<>\"'") {
		return nil
	}
	return []record.Problem{{Field: fieldLogin, Label: "登录名", Text: "不能有空格、引号或斜线"}}
}

// roleRules asks which posts may be held together, and for the communities of
// a community-level post: without them it would see nothing, or everything.
func (a accountRules) roleRules(r *record.Record) []record.Problem {
	ids := rolesOf(r)
	if err := a.roles.CheckHeld(ids); err != nil {
		return []record.Problem{{Field: fieldRoles, Label: "岗位", Text: err.Error()}}
	}
	if a.community(ids) && len(communitiesOf(r)) == 0 {
		return []record.Problem{{Field: fieldCommunities, Label: "负责社区", Text: "社区（村）岗位要选定负责的社区，至少一个"}}
	}
	return nil
}

func (a accountRules) community(ids []string) bool {
	return slices.ContainsFunc(ids, func(id string) bool {
		role, ok := a.roles.Get(id)
		return ok && role.Level == access.LevelCommunity
	})
}

// remaining keeps one security administrator: without any, nobody could ever
// make users or give posts again.
func (a accountRules) remaining(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	if before == nil || !guards(before) || guards(r) {
		return nil, nil
	}
	others := false
	err := tx.AsOffice().Each(record.Users, func(o *record.Record) (bool, error) {
		others = others || o.ID != r.ID && guards(o) && !ended(o, tx.Today())
		return !others, nil
	})
	if err != nil || others {
		return nil, err
	}
	field, label := fieldRoles, "岗位"
	if slices.Contains(rolesOf(r), RoleSecurity) {
		field, label = fieldUntil, "停用日期"
	}
	return []record.Problem{{Field: field, Label: label, Text: "这是唯一的安全管理员，请先另设一名再改"}}, nil
}

// guards reports whether the account is a security administrator without an
// end.
func guards(r *record.Record) bool {
	return slices.Contains(rolesOf(r), RoleSecurity) && r.Date(fieldUntil) == ""
}

// leaving asks that open work has been handed over before an account is given
// an end.
func (a accountRules) leaving(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	if before == nil || r.Date(fieldUntil) == "" || r.Date(fieldUntil) == before.Date(fieldUntil) {
		return nil, nil
	}
	n, err := openCount(tx, r.ID)
	if err != nil || n == 0 {
		return nil, err
	}
	return []record.Problem{{Field: fieldUntil, Label: "停用日期",
		Text: fmt.Sprintf("名下还有 %d 件在办，请先办理工作交接", n),
		Link: handOverLink(r.ID)}}, nil
}

// handOverLink is the page on which a user's work is handed over.
func handOverLink(user uint64) string { return "/staff/handover?from=" + strconv.FormatUint(user, 10) }
