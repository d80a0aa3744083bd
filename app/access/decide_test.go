package access

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var (
	director = Role{ID: "child.director", Domains: []string{"child"}, Level: LevelCommunity}
	officer  = Role{ID: "child.officer", Domains: []string{"child"}, Level: LevelStreet}
	head     = Role{ID: "welfare.head", Domains: []string{"child"}, Level: LevelHead}
	other    = Role{ID: "governance.officer", Domains: []string{"governance"}, Level: LevelStreet}
	leader   = Role{ID: "leader", Domains: []string{"*"}, Level: LevelLead}
	admin    = Role{ID: "admin.system", Level: LevelAdmin, Exclusive: true}

	now   = time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
	cases = Register{ID: "child.case", Domain: "child"}
	seal  = Register{ID: "child.adoption", Domain: "child", Sealed: true, Rights: Rights{Read: []string{"welfare.head"}}}
)

func who(user uint64, communities []uint64, roles ...Role) Viewer {
	return Viewer{User: user, Roles: roles, Communities: communities, Now: now}
}

func TestDecide(t *testing.T) {
	record := Target{Register: cases, Community: 1, Subject: 5, Owner: 10, Author: 11}
	guarded := record
	guarded.Guarded = true
	opened := who(20, nil, officer)
	opened.Opened = map[uint64]time.Time{5: now.Add(time.Minute)}
	late := opened
	late.Now = now.Add(2 * time.Minute)
	for _, tc := range []struct {
		name   string
		viewer Viewer
		target Target
		act    Act
		want   Verdict
	}{
		{"nobody", Viewer{}, record, ActRead, Denied},
		{"an administrator does no business", who(1, nil, admin), record, ActRead, Denied},
		{"another line of work", who(1, nil, other), record, ActRead, Denied},
		{"the street's officer", who(1, nil, officer), record, ActRead, Allowed},
		{"own community", who(1, []uint64{1}, director), record, ActRead, Allowed},
		{"another community", who(1, []uint64{2}, director), record, ActRead, Denied},
		{"no community known", who(1, []uint64{0}, director), Target{Register: cases}, ActRead, Denied},
		{"made it elsewhere", who(11, []uint64{2}, director), record, ActRead, Allowed},
		{"in charge though of another line", who(10, nil, other), record, ActRead, Allowed},
		{"in charge of another line edits nothing", who(10, nil, other), record, ActEdit, Denied},
		{"leaders read", who(1, nil, leader), record, ActRead, Allowed},
		{"leaders do not fill in forms", who(1, nil, leader), record, ActEdit, Denied},
		{"makes in the own community", who(11, []uint64{1}, director), record, ActCreate, Allowed},
		{"makes elsewhere", who(11, []uint64{2}, director), record, ActCreate, Denied},
		{"makes elsewhere for themselves", who(10, []uint64{2}, director), record, ActCreate, Denied},
		{"makes where no community is known", who(11, []uint64{2}, director), Target{Register: cases, Author: 11}, ActCreate, Allowed},
		{"the street makes anywhere", who(11, nil, officer), record, ActCreate, Allowed},
		{"a community cannot assign", who(1, []uint64{1}, director), record, ActAssign, Denied},
		{"a head assigns", who(1, nil, head), record, ActAssign, Allowed},
		{"protected", who(20, nil, officer), guarded, ActRead, Placeholder},
		{"protected, in charge", who(10, nil, officer), guarded, ActRead, Allowed},
		{"protected, leader", who(1, nil, leader), guarded, ActRead, Allowed},
		{"protected, opened", opened, guarded, ActRead, Allowed},
		{"protected, time over", late, guarded, ActRead, Placeholder},
		{"protected, other line", who(20, nil, other), guarded, ActRead, Denied},
		{"sealed, not named", who(1, nil, officer), Target{Register: seal}, ActRead, Denied},
		{"sealed, leader not named", who(1, nil, leader), Target{Register: seal}, ActRead, Denied},
		{"sealed, in charge but not named", who(10, nil, officer), Target{Register: seal, Owner: 10}, ActRead, Denied},
		{"sealed, named", who(1, nil, head), Target{Register: seal}, ActRead, Allowed},
		{"sealed, nobody named to edit", who(1, nil, head), Target{Register: seal}, ActEdit, Denied},
		{"move without a role", who(1, nil, officer), record, ActMove, Denied},
		{"the office itself", Office(), guarded, ActEdit, Allowed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Decide(tc.viewer, tc.target, tc.act); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}

// The tokens that search works with must say what Decide says, for any viewer
// and any record.
func TestTokensAgreeWithDecide(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	registers := []Register{cases, seal, {ID: "governance.order", Domain: "governance"}, {ID: "child.named", Domain: "child", Rights: Rights{Read: []string{"child.director"}}}}
	roles := []Role{director, officer, head, other, leader, admin}
	id := func() uint64 { return r.Uint64N(4) }
	for i := range 20000 {
		v := who(1+id(), []uint64{id(), id()}, roles[r.IntN(len(roles))])
		if r.IntN(3) == 0 {
			v.Roles = append(v.Roles, roles[r.IntN(len(roles))])
		}
		if r.IntN(3) == 0 {
			v.Opened = map[uint64]time.Time{id(): now.Add(time.Duration(r.IntN(3)-1) * time.Minute)}
		}
		target := Target{Register: registers[r.IntN(len(registers))], Community: id(), Subject: id(), Owner: id(), Author: id(), Guarded: r.IntN(3) == 0}
		if r.IntN(4) == 0 {
			target.Assist = []uint64{1 + id()}
		}
		held := ViewerTokens(v, registers)
		found := slices.ContainsFunc(TokensOf(target), func(token string) bool { return slices.Contains(held, token) })
		may := Decide(v, target, ActRead) == Allowed && !target.Register.Sealed // sealed ones are scanned, not indexed
		if found != may {
			t.Fatalf("round %d: found %v, may read %v\nviewer %+v\ntarget %+v\n%v\n%v", i, found, may, v, target, TokensOf(target), held)
		}
	}
}

func TestAreaAgreesWithDecide(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	roles := []Role{director, officer, head, other, leader, admin}
	for range 5000 {
		v := who(1+r.Uint64N(3), []uint64{r.Uint64N(3)}, roles[r.IntN(len(roles))])
		target := Target{Register: cases, Community: 1 + r.Uint64N(3), Author: r.Uint64N(4)}
		communities, all := Area(v, cases)
		in := all || slices.Contains(communities, target.Community) || target.Author == v.User && len(communities) > 0
		if may := Decide(v, target, ActRead) == Allowed; may != in {
			t.Fatalf("area %v %v, may read %v: %+v %+v", communities, all, may, v, target)
		}
	}
}
