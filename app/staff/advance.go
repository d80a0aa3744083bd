package staff

import (
	"fmt"
	"strconv"

	"jiezhen/app/access"
	"jiezhen/app/policy"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// LimitsOf reads the limits that a policy sets, for set-up: before there is an
// office to ask.
func LimitsOf(set *policy.Set, on value.Date) Limits { return limitsOf(set, on) }

// Words says the password rules as a person reads them.
func (l Limits) Words() string {
	return fmt.Sprintf("至少 %d 位，含大写、小写、数字、符号中的 %d 类，不含姓名和登录名；%d 天更换一次，不与最近 %d 次相同",
		l.PasswordLength, l.PasswordClasses, l.PasswordDays, l.PasswordHistory)
}

// CheckAccounts finds everything that would keep first accounts from being
// made, so that set-up writes nothing before it can finish. Field names are
// name0, login0, password0 …
func CheckAccounts(l Limits, roles access.Roles, users []NewUser) error {
	var found []record.Problem
	seen := map[string]bool{}
	for i, u := range users {
		at := strconv.Itoa(i)
		add := func(field, label, text string) {
			found = append(found, record.Problem{Field: field + at, Label: label, Text: text})
		}
		if u.Name == "" {
			add("name", "姓名", "请填写")
		}
		login := normalLogin(u.Login)
		if login == "" || seen[login] {
			add("login", "登录名", "请填写，且各不相同")
		}
		seen[login] = true
		for _, why := range l.weak(u.Password, login, u.Name) {
			add("password", u.Name+"的密码", why)
		}
		if err := roles.CheckHeld(u.Roles); err != nil {
			add("login", "岗位", err.Error())
		}
	}
	if len(found) == 0 {
		return nil
	}
	return &record.Refusal{Code: record.CodeInvalid, Text: "还有内容要补正", Problems: found}
}

// Colleague is someone who does business in the office, as pickers show them.
type Colleague struct {
	ID          uint64
	Name, Title string
}

// Colleagues lists who does business now: accounts that have not ended and
// hold a post other than an administrator's. Names of colleagues are no
// secret in an office.
func (d *Desk) Colleagues(tx *record.Tx) ([]Colleague, error) {
	var out []Colleague
	err := tx.AsOffice().Each(record.Users, func(r *record.Record) (bool, error) {
		if ended(r, tx.Today()) {
			return true, nil
		}
		title := ""
		for _, id := range rolesOf(r) {
			role, ok := d.roles.Get(id)
			if !ok || role.Level == access.LevelAdmin {
				continue
			}
			if title != "" {
				title += "、"
			}
			title += role.Title
		}
		if title != "" {
			out = append(out, Colleague{r.ID, record.LabelOf(r), title})
		}
		return true, nil
	})
	return out, err
}
