package demo

import (
	"context"
	"fmt"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/place"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/staff"
)

// The town of the demonstration (facts D4); its communities are made up.
const (
	townCode   = "110109002"
	townName   = "城子街道"
	officeName = "城子街道办事处（演示）"
)

func (f *filler) writeProfile(ctx context.Context) error {
	err := f.office.Book.Change(ctx, access.Office(), "首次设置", func(tx *record.Tx) error {
		_, err := tx.Create(record.Draft{Register: "office.profile", Values: register.Values{"town_code": townCode, "town_name": townName,
			"name": officeName, "address": "北京市门头沟区虚构大街1号", "phone": "010-00000000", "seal_name": officeName, "single_hand": false}})
		return err
	})
	if err != nil {
		return fmt.Errorf("单位信息：%w", err)
	}
	f.office.Noticed("office.profile")
	return nil
}

// communityNames are fictional; each says so.
func communityNames() []string {
	return strings.Fields("松风 听泉 望山 槐荫 朝晖 云居 锦绣 和悦 映月 长庚 清溪 兰亭 石桥 东麓 永乐")
}

func (f *filler) writePlaces(ctx context.Context) error {
	list := []place.Import{{Level: place.LevelDistrict, Code: district, Name: "门头沟区"}, {Level: place.LevelTown, Code: townCode, Name: townName}}
	for i, name := range communityNames() {
		f.areas = append(f.areas, area{code: fmt.Sprintf("%s%03d", townCode, i+1), name: "虚构" + name + "社区"})
		list = append(list, place.Import{Level: place.LevelCommunity, Code: f.areas[i].code, Name: f.areas[i].name})
	}
	if _, _, err := f.office.Places.Set(ctx, access.Office(), list); err != nil {
		return fmt.Errorf("社区：%w", err)
	}
	return f.office.Book.View(ctx, access.Office(), func(tx *record.Tx) error {
		places, err := f.office.Places.CommunitiesTx(tx, f.today)
		if err != nil {
			return err
		}
		for _, p := range places {
			for i := range f.areas {
				if f.areas[i].code == p.Code {
					f.areas[i].id = p.ID
				}
			}
		}
		return nil
	})
}

// ownAreas is how many communities the community workers among the accounts
// look after; the other communities have directors of their own.
const ownAreas = 3

// writeStaff makes one account of each role, and for the remaining communities
// directors who have not been given a password yet.
func (f *filler) writeStaff(ctx context.Context) ([]Account, error) {
	f.opt.Progress("建立账号", 0, 1)
	var users []staff.NewUser
	var accounts []Account
	for i, role := range f.office.Roles {
		p := holder(role)
		n := staff.NewUser{Login: p.login, Name: p.name, Roles: []string{role.ID}, Password: password(i), Lasting: true}
		if role.Level == access.LevelCommunity {
			for _, a := range f.areas[:ownAreas] {
				n.Communities = append(n.Communities, a.id)
			}
		}
		users = append(users, n)
		accounts = append(accounts, Account{Name: p.login, Password: n.Password, Role: role.ID, Title: role.Title})
	}
	made, err := f.office.Staff.FirstAccounts(ctx, users)
	if err != nil {
		return nil, fmt.Errorf("账号：%w", err)
	}
	for i, m := range made {
		f.users[accounts[i].Role] = as(m.ID, users[i].Name)
	}
	f.clerk = f.users["child.officer"]
	return accounts, f.writeDirectors(ctx)
}

// as is the office writing for a user, whom the journal names.
func as(id uint64, name string) access.Viewer {
	v := access.Office()
	v.User, v.Name = id, name
	return v
}

func (f *filler) writeDirectors(ctx context.Context) error {
	for i := range f.areas[:ownAreas] {
		f.areas[i].director = f.users["child.director"]
	}
	names := newNaming()
	return f.rows(ctx, access.Office(), "建立账号", len(f.areas)-ownAreas, func(tx *record.Tx, i int) error {
		a := &f.areas[ownAreas+i]
		d := throw(f.opt.Seed, streamStaff, i)
		name := names.surname(d) + names.given(d, female)
		r, err := tx.Create(record.Draft{Register: record.Users, Values: register.Values{"login": fmt.Sprintf("ertong%02d", ownAreas+i+1),
			"name": name, "roles": []string{"child.director"}, "communities": []map[string]any{{"place": text(a.id)}}}})
		if err != nil {
			return err
		}
		a.director = as(r.ID, name)
		return nil
	})
}

// party is an organisation of the facts' samples.
type party struct{ name, code, kind, scope string }

var parties = [...]party{
	{"朝阳里助残社工事务所（虚构）", "52110109MJ000000X4", "agency", "个案、亲职教育、情绪疏导"},
	{"乐助残疾人服务中心（虚构）", "52110109MJ00000184", "agency", "康复训练、日间照料"},
	{"永定福利印务有限公司（虚构）", "91110109MA0000007E", "company", "集中安置残疾人就业"},
	{"虚构商会", "51110109MJ00000262", "social", "助学"},
	{"城子虚构社区卫生服务中心", "12110109M000000009", "hospital", "诊疗、接种、体检"},
	{"虚构示范村村委会", "54110109ME0000001Y", "villagers", ""},
	{"大峪虚构社区居委会", "55110109ME000001XK", "residents", ""},
	{"区虚构儿童福利院", "12110109M000000196", "welfare", "临时监护、集中养育"},
}

func (f *filler) writeParties(ctx context.Context) error {
	return f.rows(ctx, f.clerk, "录入机构库", len(parties), func(tx *record.Tx, i int) error {
		p := parties[i]
		values := register.Values{"name": p.name, "credit_code": p.code, "kind": p.kind, "phone": fmt.Sprintf("010-0000%04d", 10+i),
			"address": "北京市门头沟区虚构大街" + fmt.Sprint(10+i) + "号"}
		if p.scope != "" {
			values["scope"] = p.scope
		}
		r, err := tx.Create(record.Draft{Register: record.Parties, Values: values, Created: f.start, Quiet: true})
		if err == nil {
			f.parties[p.name] = r.ID
		}
		return err
	})
}
