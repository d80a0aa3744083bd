package access

import (
	"fmt"
	"slices"
	"strings"
)

// Act is what someone wants to do.
type Act string

// The acts. Moving a record through its steps is ActMove, whose roles come
// with the action.
const (
	ActRead   Act = "read"
	ActCreate Act = "create"
	ActEdit   Act = "edit"
	ActMove   Act = "move"
	ActAssign Act = "assign"
	ActPrint  Act = "print"
	ActExport Act = "export"
	ActImport Act = "import"
)

// Verdict is the answer, weakest first.
type Verdict int

// Denied shows nothing, not even that the record exists. Placeholder shows
// that it exists; opening it takes a reason. Allowed is all.
const (
	Denied Verdict = iota
	Placeholder
	Allowed
)

// Rights are the roles that a register names for each act; an empty list
// means the roles of its domain (see byDefault).
type Rights struct {
	Read, Create, Edit, Assign, Export, Import []string
}

// Register is what a decision needs to know of a register.
type Register struct {
	ID     string
	Domain string
	Sealed bool
	Rights Rights
	// Everywhere: what it keeps, such as organisations, lies in no community.
	Everywhere bool
}

// Target is a record, or a register when nothing else is set.
type Target struct {
	Register  Register
	Community uint64   // area the record lies in; 0 is unknown
	Subject   uint64   // person it is about
	Owner     uint64   // who is in charge
	Author    uint64   // who made it
	Assist    []uint64 // who helps or has been handed a part
	Guarded   bool     // the person is under protection
	By        []string // roles of the action, for ActMove
	Whole     bool     // the register as such: scope is not asked
}

// Decide answers whether the viewer may do this. It is the only place where
// rights are decided.
func Decide(v Viewer, t Target, act Act) Verdict {
	if v.Office {
		return Allowed
	}
	if v.User == 0 || !reaches(v, t, ActRead) && act != ActCreate {
		return Denied
	}
	if !reaches(v, t, act) {
		return Denied
	}
	if t.Guarded && !t.own(v) && !v.Lead() && !v.opened(t.Subject) {
		return Placeholder
	}
	return Allowed
}

// Mine reports whether the viewer is in charge of the record or helps with it.
func (t Target) Mine(v Viewer) bool { return t.own(v) }

func (t Target) own(v Viewer) bool {
	return v.User != 0 && (t.Owner == v.User || slices.Contains(t.Assist, v.User))
}

// reaches asks role and area, not protection.
func reaches(v Viewer, t Target, act Act) bool {
	for _, r := range v.Roles {
		if named(r, t, act) && inArea(v, r, t, act) {
			return true
		}
	}
	// whoever has been put in charge of a record, or been asked to help,
	// can read and print it whatever the area.
	return (act == ActRead || act == ActPrint) && !t.Register.Sealed && t.own(v)
}

func named(r Role, t Target, act Act) bool {
	rights := t.Register.Rights
	switch act {
	case ActRead:
		return listed(r, rights.Read, t, readsByDefault)
	case ActPrint:
		return listed(r, rights.Read, t, readsByDefault)
	case ActCreate:
		return listed(r, rights.Create, t, worksByDefault)
	case ActEdit:
		return listed(r, rights.Edit, t, worksByDefault)
	case ActAssign:
		return listed(r, rights.Assign, t, assignsByDefault)
	case ActExport:
		return listed(r, rights.Export, t, assignsByDefault)
	case ActImport:
		return listed(r, rights.Import, t, assignsByDefault)
	case ActMove:
		return slices.Contains(t.By, r.ID)
	}
	return false
}

func listed(r Role, roles []string, t Target, byDefault func(Role, string) bool) bool {
	if len(roles) > 0 {
		return slices.Contains(roles, r.ID)
	}
	if t.Register.Sealed {
		return false // a sealed register names its readers or has none
	}
	return byDefault(r, t.Register.Domain)
}

func readsByDefault(r Role, domain string) bool {
	return r.Level != LevelAdmin && r.covers(domain)
}

func worksByDefault(r Role, domain string) bool {
	return r.covers(domain) && (r.Level == LevelCommunity || r.Level == LevelStreet || r.Level == LevelHead)
}

func assignsByDefault(r Role, domain string) bool {
	return r.covers(domain) && (r.Level == LevelStreet || r.Level == LevelHead || r.Level == LevelLead)
}

// inArea keeps community-level roles to their communities; what they made or
// own themselves they keep. What is being made is nobody's yet: it is made in
// one's own community, or where no community is known.
func inArea(v Viewer, r Role, t Target, act Act) bool {
	if r.Level != LevelCommunity || t.Whole || t.Register.Everywhere && (act == ActRead || act == ActPrint) {
		return true
	}
	if slices.Contains(v.Communities, t.Community) && t.Community != 0 {
		return true
	}
	if act == ActCreate {
		return t.Community == 0
	}
	return t.own(v) || t.Author == v.User
}

// Elsewhere reports whether the viewer may do this in some community, though
// not in the target's.
func Elsewhere(v Viewer, t Target, act Act) bool {
	if Decide(v, t, act) != Denied {
		return false
	}
	t.Whole = true
	return Decide(v, t, act) != Denied
}

// Area is the set of communities to which a viewer's reading of a register is
// kept; all is true when it is not kept at all.
func Area(v Viewer, r Register) (communities []uint64, all bool) {
	if v.Office {
		return nil, true
	}
	t := Target{Register: r, Whole: true}
	for _, role := range v.Roles {
		if !named(role, t, ActRead) {
			continue
		}
		if role.Level != LevelCommunity || r.Everywhere {
			return nil, true
		}
		communities = v.Communities
	}
	return communities, false
}

// TokensOf are the rights tokens under which a record is put in the search
// index. A viewer who holds one of ViewerTokens' may read the record, and
// only such a viewer.
func TokensOf(t Target) []string {
	if t.Register.Sealed {
		return nil
	}
	tokens := []string{}
	for _, u := range append([]uint64{t.Owner}, t.Assist...) {
		if u != 0 {
			tokens = append(tokens, fmt.Sprintf("own:%d", u))
		}
	}
	prefixes := []string{""}
	if t.Guarded {
		prefixes = []string{"lead:", fmt.Sprintf("open:%d:", t.Subject)}
	}
	for _, p := range prefixes {
		tokens = append(tokens, p+"all:"+t.Register.ID)
		if t.Author != 0 {
			tokens = append(tokens, fmt.Sprintf("%smade:%s:%d", p, t.Register.ID, t.Author))
		}
		if t.Community != 0 {
			tokens = append(tokens, fmt.Sprintf("%sin:%s:%d", p, t.Register.ID, t.Community))
		}
	}
	return tokens
}

// ViewerTokens are the tokens of everything that the viewer may read among
// these registers.
func ViewerTokens(v Viewer, registers []Register) []string {
	tokens := []string{fmt.Sprintf("own:%d", v.User)}
	for _, r := range registers {
		tokens = append(tokens, registerTokens(v, r)...)
	}
	slices.Sort(tokens)
	return slices.Compact(tokens)
}

func registerTokens(v Viewer, r Register) []string {
	communities, all := Area(v, r)
	if r.Sealed || (!all && !reaches(v, Target{Register: r, Whole: true}, ActRead)) {
		return nil
	}
	reach := []string{"all:" + r.ID}
	if !all {
		reach = []string{fmt.Sprintf("made:%s:%d", r.ID, v.User)}
		for _, c := range communities {
			reach = append(reach, fmt.Sprintf("in:%s:%d", r.ID, c))
		}
	}
	tokens := slices.Clone(reach)
	for _, p := range protections(v) {
		for _, token := range reach {
			tokens = append(tokens, p+token)
		}
	}
	return tokens
}

// protections are the prefixes of tokens of protected persons' records that
// the viewer may read: as a leader, or having opened the person.
func protections(v Viewer) []string {
	var out []string
	if v.Lead() || v.Office {
		out = append(out, "lead:")
	}
	for person := range v.Opened {
		if v.opened(person) {
			out = append(out, fmt.Sprintf("open:%d:", person))
		}
	}
	return out
}

// Explain says in the office's words why something was refused.
func Explain(act Act, r Register) string {
	what := map[Act]string{ActRead: "查看", ActCreate: "新建", ActEdit: "修改", ActMove: "办理这一步", ActAssign: "分派",
		ActPrint: "打印", ActExport: "导出", ActImport: "导入"}[act]
	var b strings.Builder
	b.WriteString("您的岗位不能")
	b.WriteString(what)
	b.WriteString("这类记录；如确需办理，请找科室负责人或安全管理员调整岗位")
	return b.String()
}
