package staff

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

func TestOnlyTheSecurityAdministratorMakesUsers(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, who := range []string{"system", "audit", "officer", "head", "leader"} {
		n := NewUser{Login: "new-" + who, Name: "新人", Roles: []string{"test.officer"}}
		if _, err := o.desk.CreateUser(t.Context(), o.viewer(t, who), n); !Is(err, record.CodeDenied) {
			t.Errorf("%s makes a user: %v", who, err)
		}
		if _, err := o.desk.Reset(t.Context(), o.viewer(t, who), o.id["officer"]); !Is(err, record.CodeDenied) {
			t.Errorf("%s resets a password: %v", who, err)
		}
		if err := o.desk.SetSingle(t.Context(), o.viewer(t, who), true, "人手不足"); !Is(err, record.CodeDenied) {
			t.Errorf("%s switches the single-hand mode: %v", who, err)
		}
	}
	made, err := o.desk.CreateUser(t.Context(), o.viewer(t, "security"), NewUser{Login: "Newcomer", Name: "新人", Roles: []string{"test.officer"}, Lasting: true})
	if err != nil || made.Password == "" || made.Login != "newcomer" {
		t.Fatalf("the security administrator cannot: %+v, %v", made, err)
	}
	s, err := o.desk.Login(t.Context(), Attempt{"newcomer", made.Password, "pc"})
	if err != nil || !s.MustChange {
		t.Errorf("first login: must change %v, %v", s.MustChange, err)
	}
}

func TestPostsThatExcludeOneAnother(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for name, c := range map[string]struct {
		user NewUser
		says string
	}{
		"two administrators":      {NewUser{Roles: []string{RoleSystem, RoleAudit}}, "不能兼任"},
		"administrator in work":   {NewUser{Roles: []string{"test.officer", RoleSecurity}}, "不能兼任"},
		"no post":                 {NewUser{}, "至少要选一个岗位"},
		"unknown post":            {NewUser{Roles: []string{"test.nothing"}}, "没有岗位"},
		"community without area":  {NewUser{Roles: []string{"test.community"}}, "负责的社区"},
		"login name with a space": {NewUser{Login: "a b", Roles: []string{"test.officer"}}, "空格"},
		"login name taken":        {NewUser{Login: "OFFICER", Roles: []string{"test.officer"}}, "已有人使用"},
		"password like the name":  {NewUser{Login: "zhaoyun", Password: "Zhaoyun-2026-x", Roles: []string{"test.officer"}}, "登录名"},
	} {
		if c.user.Login == "" {
			c.user.Login = "someone"
		}
		c.user.Name = "某人"
		_, err := o.desk.CreateUser(t.Context(), o.viewer(t, "security"), c.user)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

func TestRulesOfPostsHoldByEveryDoor(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	values := register.Values{fieldRoles: []string{RoleSystem, RoleAudit}}
	err := o.book.Change(t.Context(), access.Office(), "", func(tx *record.Tx) error {
		_, err := tx.Save(record.Ref{Register: record.Users, ID: o.id["officer"]}, 0, values)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "不能兼任") {
		t.Errorf("saving the record by itself: %v", err)
	}
}

func TestAccountRulesAskWhoWrites(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	user := o.user(t, "officer")
	for who, want := range map[string]bool{"security": true, "head": false, "system": false, "leader": false} {
		err := o.book.View(t.Context(), o.viewer(t, who), func(tx *record.Tx) error {
			problems, err := accountRules{o.roles}.check(tx, user, user)
			if (len(problems) == 0) != want {
				t.Errorf("%s: %v", who, problems)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestOneSecurityAdministratorRemains(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	security := o.viewer(t, "security")
	for name, values := range map[string]register.Values{
		"other post": {fieldRoles: []string{"test.officer"}},
		"end":        {fieldUntil: string(o.book.Today())},
	} {
		_, err := o.desk.ChangeUser(t.Context(), security, o.id["security"], 0, values)
		if err == nil || !strings.Contains(err.Error(), "唯一的安全管理员") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := o.desk.CreateUser(t.Context(), security, NewUser{Login: "second", Name: "第二", Roles: []string{RoleSecurity}}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.desk.ChangeUser(t.Context(), security, o.id["security"], 0, register.Values{fieldRoles: []string{"test.officer"}}); err != nil {
		t.Errorf("with another one in office: %v", err)
	}
}

func TestFirstAccountsOnlyOnceAndWithSecurity(t *testing.T) {
	t.Parallel()
	o := emptyOffice(t)
	officer := NewUser{Login: "a1", Name: "甲", Roles: []string{"test.officer"}, Password: o.password}
	security := NewUser{Login: "a2", Name: "乙", Roles: []string{RoleSecurity}, Password: o.password}
	if _, err := o.desk.FirstAccounts(t.Context(), []NewUser{officer}); !Is(err, record.CodeInvalid) {
		t.Errorf("without a security administrator: %v", err)
	}
	bad := security
	bad.Login, bad.Roles = "a3", []string{RoleSecurity, RoleAudit}
	if _, err := o.desk.FirstAccounts(t.Context(), []NewUser{security, bad}); err == nil {
		t.Error("two posts that exclude one another are taken")
	}
	if users, _ := o.desk.Users(t.Context(), access.Office()); len(users) != 0 {
		t.Fatalf("a refused set-up left %d users", len(users))
	}
	if _, err := o.desk.FirstAccounts(t.Context(), []NewUser{officer, security}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.desk.FirstAccounts(t.Context(), []NewUser{{Login: "a4", Name: "丙", Roles: []string{RoleSecurity}}}); !Is(err, record.CodeDenied) {
		t.Errorf("a second time: %v", err)
	}
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s, other := o.login(t, "officer"), o.login(t, "officer")
	for name, c := range map[string]struct {
		old, fresh string
		code       record.Code
	}{
		"wrong old one": {"nonsense", "Lingshan-Peak-88", CodeWrong},
		"weak":          {o.password, "short", CodeWeak},
		"the same":      {o.password, o.password, CodeWeak},
		"like the name": {o.password, "Officer-Peak-88", CodeWeak},
	} {
		if err := o.desk.ChangePassword(t.Context(), s.Token, c.old, c.fresh); !Is(err, c.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := o.desk.ChangePassword(t.Context(), s.Token, o.password, "Lingshan-Peak-88"); err != nil {
		t.Fatal(err)
	}
	o.wants(t, s, "")
	o.wants(t, other, CodeEnded)
	if _, err := o.desk.Login(t.Context(), Attempt{"officer", o.password, "pc"}); !Is(err, CodeWrong) {
		t.Errorf("the old password: %v", err)
	}
	if _, err := o.desk.Login(t.Context(), Attempt{"officer", "Lingshan-Peak-88", "pc"}); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

func TestLastFivePasswordsAreNotTakenAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.login(t, "officer")
	used := []string{o.password}
	for i := range 4 {
		next := fmt.Sprintf("Lingshan-%d-Peak", 70+i)
		if err := o.desk.ChangePassword(t.Context(), s.Token, used[len(used)-1], next); err != nil {
			t.Fatal(err)
		}
		used = append(used, next)
	}
	for _, old := range used {
		if err := o.desk.ChangePassword(t.Context(), s.Token, used[4], old); !Is(err, CodeWeak) {
			t.Errorf("%s, one of the last five, is taken again: %v", old, err)
		}
	}
	if err := o.desk.ChangePassword(t.Context(), s.Token, used[4], "Baihua-Mountain-6"); err != nil {
		t.Fatal(err)
	}
	if err := o.desk.ChangePassword(t.Context(), s.Token, "Baihua-Mountain-6", used[0]); err != nil {
		t.Errorf("the sixth before is refused: %v", err)
	}
}

func TestOldPasswordMustBeChanged(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.clock.add(91 * 24 * time.Hour)
	s := o.login(t, "officer")
	got, v, err := o.desk.Session(t.Context(), s.Token)
	if err != nil || !got.MustChange || len(v.Roles) != 0 || v.User != o.id["officer"] {
		t.Fatalf("after 91 days: %+v, %v, %v", got, v.Roles, err)
	}
	if err := o.desk.ChangePassword(t.Context(), s.Token, o.password, "Lingshan-Peak-88"); err != nil {
		t.Fatal(err)
	}
	if got, v, _ = o.desk.Session(t.Context(), s.Token); got.MustChange || len(v.Roles) == 0 {
		t.Error("the change does not set the user free")
	}
}

func TestPasswordChangedInTheFutureIsDatedAnew(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.clock.add(-2000 * 24 * time.Hour)
	if s := o.login(t, "officer"); s.MustChange {
		t.Error("a clock put back forces everyone to change the password")
	}
	o.clock.add(91 * 24 * time.Hour)
	if s := o.login(t, "officer"); !s.MustChange {
		t.Error("a password dated in the future never grows old")
	}
}

func TestResetGivesATemporaryPassword(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	s := o.login(t, "officer")
	o.fail(t, "officer", "pc", 5)
	temporary, err := o.desk.Reset(t.Context(), o.viewer(t, "security"), o.id["officer"])
	if err != nil {
		t.Fatal(err)
	}
	o.wants(t, s, CodeEnded)
	if why := o.desk.Limits().weak(temporary); len(why) > 0 {
		t.Errorf("the temporary password %q breaks the rules: %v", temporary, why)
	}
	s, err = o.desk.Login(t.Context(), Attempt{"officer", temporary, "pc"})
	if err != nil || !s.MustChange {
		t.Fatalf("must change %v, %v", s.MustChange, err)
	}
	if err := o.desk.ChangePassword(t.Context(), s.Token, temporary, o.password); !Is(err, CodeWeak) {
		t.Errorf("the forgotten password is taken again: %v", err)
	}
	if _, err := o.desk.Reset(t.Context(), access.Office(), 999999); !Is(err, record.CodeNotFound) {
		t.Errorf("reset of nobody: %v", err)
	}
}

func TestTwoTemporaryPasswordsDiffer(t *testing.T) {
	t.Parallel()
	o := emptyOffice(t)
	seen := map[string]bool{}
	for range 50 {
		p, err := o.desk.temporary()
		if err != nil || seen[p] {
			t.Fatalf("drew %q again, or %v", p, err)
		}
		seen[p] = true
	}
}

func TestSingleHandModeTakesAReason(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	security := o.viewer(t, "security")
	if err := o.desk.SetSingle(t.Context(), security, true, "  "); !Is(err, record.CodeInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	if err := o.desk.SetSingle(t.Context(), security, true, "本科室仅 1 人"); err != nil {
		t.Fatal(err)
	}
	if on := o.profile(t).Values[fieldSingle]; on != true {
		t.Errorf("the switch stands at %v", on)
	}
}
