package ui

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// kind says who may reach a route.
type kind string

const (
	anyone   kind = "anyone"   // without signing in
	signed   kind = "signed"   // whoever is signed in
	oneCase  kind = "case"     // a case: its readers
	onePage  kind = "person"   // a person's file: its readers
	caseList kind = "caselist" // the register of cases as such
	security kind = "security" // the security administrator
	keepers  kind = "keepers"  // who sees the accounts
	auditors kind = "auditors" // who sees the journal
	business kind = "business" // who makes persons' files
	machine  kind = "machine"  // the system administrator
	watchers kind = "watchers" // who sees how backups stand
	rulers   kind = "rulers"   // who brings and approves policy packs
	nobody   kind = "nobody"   // in an office: the district's
	menders  kind = "menders"  // who ends safe mode
	reckoner kind = "reckoner" // who works with allowances
	street   kind = "street"   // who works with orders of the hotline
	outliner kind = "outliner" // who brings in the grids' outlines
	carers   kind = "carers"   // who works with children in difficulty
	sampling kind = "samplers" // who draws the quarter's sample of visits
	drawers  kind = "drawers"  // who draws up patrols and judges them
	walkers  kind = "walkers"  // who enters patrols
	carriers kind = "carriers" // who exports what the street does
	payer    kind = "payer"    // who sees what allowances come to
	cashier  kind = "cashier"  // who runs and pays allowances
)

// routeTable places every route. A route that is not here fails the test: put
// it in, and say who may reach it.
var routeTable = map[string]kind{
	"GET /healthz": anyone, "GET /readyz": anyone, "GET /broken": anyone, "GET /setup": anyone, "POST /setup": anyone, "GET /setup/restore": anyone, "POST /setup/restore": anyone,
	"GET /login": anyone, "POST /login": anyone, "POST /unlock": anyone, "POST /lock": anyone, "GET /locked": anyone, "POST /locked": anyone,
	"POST /prefs": anyone, "GET /help": anyone, "GET /help/:page": anyone,
	"GET /account": signed, "POST /account/password": signed, "POST /logout": signed, "GET /": signed, "GET /week": signed,
	"GET /r/:register": caseList, "GET /r/:register/new": caseList, "POST /r/:register/new": caseList,
	"GET /r/:register/:id": oneCase, "GET /r/:register/:id/edit": oneCase, "POST /r/:register/:id/edit": oneCase,
	"GET /r/:register/:id/do/:action": oneCase, "POST /r/:register/:id/do/:action": oneCase, "GET /r/:register/:id/assign": oneCase,
	"POST /r/:register/:id/assign": oneCase, "GET /r/:register/:id/answer": oneCase, "POST /r/:register/:id/answer": oneCase,
	"GET /r/:register/:id/pause": oneCase, "POST /r/:register/:id/pause": oneCase,
	"GET /r/:register/:id/paper/:paper.pdf": oneCase, "POST /r/:register/:id/paper/:paper.pdf": oneCase,
	"GET /r/:register/:id/issued/:number.pdf": oneCase, "POST /r/:register/:id/issued/:number": oneCase,
	"POST /r/:register/:id/note": oneCase, "POST /r/:register/:id/file": oneCase, "GET /r/:register/:id/file/:hash": oneCase,
	"POST /r/:register/:id/file/:hash/remove": oneCase, "GET /r/:register/:id/file/:hash/remove": oneCase, "GET /r/:register/:id/issued/:number/void": oneCase,
	"GET /verify": signed, "POST /print/:register": caseList, "POST /print/:register/issue": caseList, "POST /handle/:register": caseList, "GET /jobs/:job": signed, "GET /jobs/:job/file": signed, "POST /jobs/:job/stop": signed,
	"POST /draft": signed, "GET /draft/drop": signed, "POST /draft/drop": signed, "GET /records.json": caseList,
	"GET /people.json": signed, "GET /people": signed, "GET /people/new": business, "POST /people/new": business, "POST /people/open": onePage,
	"GET /people/duplicates": business, "POST /people/duplicates": business, "POST /people/merge/:id/undo": business, "GET /people/:id": onePage,
	"GET /visits": signed, "GET /visits/sample": sampling, "GET /nutrition": carers, "GET /visits/week.xlsx": signed, "GET /visits/week.pdf": signed, "POST /visits/upload": signed, "GET /visits/entry": signed, "POST /visits/entry": signed,
	"GET /hotline": street, "GET /hotline/proactive": street, "GET /hotline/proactive/orders": street, "GET /hotline/digest": street, "GET /hotline/digest/orders": street, "POST /hotline/bulletin": street,
	"GET /hotline/rates": street, "GET /hotline/rates/orders": street, "POST /hotline/freeze": street, "GET /hotline/replies": drawers, "POST /hotline/replies": drawers, "POST /hotline/replies/columns": drawers, "POST /hotline/replies/receipt": drawers, "POST /hotline/replies/form": drawers, "GET /hotline/hot": street,
	"POST /hotline/hot/case": street, "POST /hotline/hot/decide": street, "POST /hotline/hot/merge": street, "GET /hotline/identity/:id": street, "POST /hotline/identity/:id": street, "GET /hotline/near.json": street,
	"GET /patrol": street, "GET /patrol/calls": street, "GET /patrol/slots": street, "POST /patrol/sheet": street, "GET /patrol/week": street, "POST /patrol/week": drawers, "POST /patrol/week/issue": drawers,
	"GET /patrol/week.xlsx": street, "GET /patrol/week.pdf": street, "POST /patrol/upload": walkers, "GET /patrol/entry": walkers, "POST /patrol/entry": walkers, "GET /patrol/month": street,
	"GET /patrol/month/findings": street, "POST /patrol/freeze": street, "GET /patrol/sample": street, "GET /patrol/review": street, "POST /patrol/review": drawers,
	"GET /returns": signed, "GET /returns/:return": caseList, "GET /returns/:return/rows": caseList, "GET /returns/:return/sheet.xlsx": caseList, "POST /returns/:return/freeze": caseList,
	"GET /allowance": payer, "POST /allowance/cycle": cashier, "POST /allowance/enrol": cashier, "GET /allowance/cycle/:id": payer, "GET /allowance/cycle/:id/sample.pdf": payer,
	"POST /allowance/cycle/:id/batch": cashier, "POST /allowance/batch/:id/bank.xlsx": cashier, "POST /allowance/batch/:id/return": cashier, "POST /allowance/restored/:id/paid": cashier,
	"GET /trend": street, "GET /trend/rows": street, "GET /trend/trend.xlsx": carriers,
	"GET /whistle": street, "GET /whistle/rows": street, "GET /whistle/quarter.xlsx": street,
	"GET /grid": street, "GET /grid/map": street, "GET /grid/cell/:id": street, "GET /grid/gaps": street, "GET /grid/numbers": street, "GET /grid/numbers/rows": street,
	"POST /grid/freeze": street, "GET /grid/pairs": street, "POST /grid/join": street, "POST /grid/dispatch/:id": street, "GET /grid/outline": outliner, "POST /grid/outline": outliner,
	"GET /search":           signed,
	"GET /import/:register": caseList, "POST /import/:register": caseList, "GET /import/:register/template.xlsx": caseList, "GET /import/:register/:staged": caseList,
	"POST /import/:register/:staged": caseList, "GET /import/:register/:staged/reply.xlsx": caseList, "POST /import/:register/:staged/undo": caseList,
	"GET /export/:register": caseList, "POST /export/:register": caseList, "GET /export/:register/:id.xlsx": caseList, "GET /export/:register/:id/locked": caseList, "POST /export/:register/:id/locked": caseList,
	"GET /systems": signed, "GET /settings": signed, "POST /settings/single": security, "GET /settings/codes": signed, "GET /settings/holidays": signed,
	"GET /settings/retention": signed, "GET /audit": auditors, "GET /insight": signed, "GET /staff": keepers, "GET /staff/new": security, "POST /staff/new": security,
	"GET /doctor": machine, "POST /doctor": machine, "GET /doctor/diagnostics.zip": machine, "GET /settings/holidays/new": rulers, "POST /settings/holidays/new": rulers,
	"GET /network": machine, "POST /network": machine, "GET /network/fingerprint.pdf": machine, "GET /enrol": anyone, "POST /enrol": anyone,
	"GET /safe": signed, "POST /safe": menders,
	"GET /benefit": reckoner, "GET /policy": rulers, "POST /policy": rulers, "POST /policy/bring": rulers, "GET /district": nobody, "POST /district/receive": nobody,
	"GET /district/offices/new": nobody, "POST /district/offices/new": nobody, "GET /district/quarantine": nobody, "POST /district/quarantine": nobody,
	"GET /district/matches": nobody, "POST /district/matches": nobody, "GET /district/rows/:office/:register": nobody, "GET /district/keys": nobody, "POST /district/keys": nobody, "GET /district/card": nobody,
	"GET /district/packs": nobody, "POST /district/packs": nobody, "POST /backup/receipt": machine,
	"GET /backup": watchers, "POST /backup/now": machine, "POST /backup/drill": machine, "GET /backup/places/new": machine, "POST /backup/places/new": machine,
	"GET /backup/card": machine, "GET /backup/paper": machine, "POST /backup/paper": machine, "POST /backup/look/:place": machine, "POST /backup/sticks": machine, "GET /backup/places/:place": machine, "POST /backup/places/:place": machine, "GET /backup/settings": machine,
	"POST /backup/settings": machine, "POST /backup/readers": machine, "POST /backup/readers/drop": machine, "GET /backup/bundle/:sequence": machine,
	"GET /backup/receipt/:sequence": watchers, "GET /backup/receipt/:sequence/:place.pdf": watchers, "POST /backup/handback": machine, "GET /backup/restore": machine, "POST /backup/restore": machine,
	"GET /upgrade": watchers, "POST /upgrade": machine, "POST /upgrade/back": machine,
	"GET /backup/restored": machine, "POST /backup/restored": machine,
	"GET /staff/:id/reset": security, "POST /staff/:id/reset": security, "GET /staff/:id/handover": keepers, "POST /staff/:id/handover": keepers,
}

var (
	caseStreet = []string{"child.officer", "child.supervisor", "welfare.head"}
	leads      = []string{"leader", "chief"}
)

// mayRead is who may read a child's case or file, by where the child lives.
func mayRead(k kind, role, which string) bool {
	street := slices.Contains(caseStreet, role) || slices.Contains(leads, role)
	if k == onePage {
		street = street || role == "disability.officer"
	}
	community := role == "child.director" || k == onePage && role == "disability.worker"
	switch which {
	case "own":
		return street || community
	case "other":
		return street
	}
	return slices.Contains(leads, role) || role == "child.officer" // protected: who is in charge, and the leaders
}

// may is who may reach what is no single record.
func may(k kind, role string) bool {
	switch k {
	case anyone:
		return true
	case signed:
		return role != ""
	case caseList:
		return mayRead(oneCase, role, "own")
	case security:
		return role == "admin.security"
	case machine:
		return role == "admin.system"
	case menders:
		return role == "admin.system" || slices.Contains(leads, role)
	case reckoner:
		return slices.Contains([]string{"child.officer", "child.supervisor", "disability.officer", "welfare.head", "leader", "chief"}, role)
	case payer:
		return slices.Contains([]string{"child.officer", "child.supervisor", "welfare.head", "leader", "chief"}, role)
	case cashier:
		return slices.Contains([]string{"child.officer", "child.supervisor"}, role)
	case rulers:
		return slices.Contains([]string{"admin.system", "admin.security", "leader", "chief"}, role)
	case watchers:
		return slices.Contains([]string{"admin.system", "admin.security", "admin.audit", "leader", "chief"}, role)
	case keepers:
		return slices.Contains([]string{"admin.security", "admin.audit", "welfare.head", "governance.head", "leader", "chief"}, role)
	case auditors:
		return role == "admin.audit" || slices.Contains(leads, role)
	case street:
		return slices.Contains([]string{"governance.worker", "governance.officer", "governance.head", "leader", "chief"}, role)
	case carers:
		return slices.Contains([]string{"child.director", "child.officer", "child.supervisor", "welfare.head", "leader", "chief"}, role)
	case sampling:
		return slices.Contains([]string{"child.supervisor", "welfare.head", "leader", "chief"}, role)
	case drawers:
		return slices.Contains([]string{"governance.officer", "governance.head"}, role)
	case carriers:
		return slices.Contains([]string{"governance.officer", "governance.head", "leader"}, role)
	case walkers:
		return slices.Contains([]string{"governance.worker", "governance.officer", "governance.head"}, role)
	case outliner:
		return slices.Contains([]string{"governance.officer", "governance.head"}, role)
	case business:
		return slices.Contains([]string{"child.director", "child.officer", "child.supervisor", "disability.worker", "disability.officer", "welfare.head"}, role)
	}
	return false
}

// which is whose record a route is tried on: the community's own, another
// community's, a protected child's.
var which = []struct {
	name, person, ref string
	secrets           []string // must not stand on a page that refuses
}{
	{"own", "child", "case", []string{"普通个案情况"}},
	{"other", "farchild", "farcase", []string{"远处个案情况", "单于远"}},
	{"protected", "hidden", "hiddencase", []string{hiddenWords, hiddenName}},
}

func TestEveryRouteByEveryPostOnOwnAndOthers(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	routes := o.server.Routes()
	for _, r := range routes {
		if _, ok := routeTable[r.Method+" "+r.Path]; !ok {
			t.Errorf("%s %s has no place in the table: who may reach it?", r.Method, r.Path)
		}
	}
	if len(routes) != len(routeTable) {
		t.Errorf("%d routes, %d in the table", len(routes), len(routeTable))
	}
	roles := []string{""}
	for _, r := range o.house.Office().Roles {
		roles = append(roles, r.ID)
	}
	for _, role := range roles {
		t.Run("as "+role, func(t *testing.T) {
			v := visitor{role: role, b: o.browser()}
			if role != "" {
				v.b = o.as(role)
				v.token = v.b.token()
			}
			for i := range which {
				for _, r := range routes {
					v.try(t, i, r)
				}
			}
		})
	}
}

// doors end the session or count failed passwords; their own tests try them.
var doors = map[string]bool{"POST /login": true, "POST /logout": true, "POST /unlock": true, "POST /lock": true, "POST /locked": true, "POST /account/password": true}

// visitor goes through the routes as one role; "" has not signed in.
type visitor struct {
	role, token string
	b           *client
}

func (v *visitor) try(t *testing.T, i int, r Route) {
	t.Helper()
	name, w := r.Method+" "+r.Path, which[i]
	k := routeTable[name]
	record := k == oneCase || k == onePage
	if doors[name] || i > 0 && !record {
		return
	}
	path := v.path(r.Path, i, k)
	var a answer
	if r.Method == http.MethodGet {
		a = v.b.get(path)
	} else {
		a = v.b.post(path, url.Values{"_csrf": {v.token}, "ref": {v.b.o.ref[w.ref].String()}, "reason": {""}})
	}
	allowed := may(k, v.role)
	if record {
		allowed = mayRead(k, v.role, w.name)
	}
	turnedAway := a.status == http.StatusForbidden || a.status == http.StatusNotFound || a.status == http.StatusUnauthorized ||
		v.role == "" && a.status == http.StatusSeeOther
	if a.status >= 500 {
		t.Errorf("%s on %s: %d %s", name, w.name, a.status, a.text())
	}
	if !allowed && !turnedAway && !harmless(name, a.status) {
		t.Errorf("%s on %s: %d for a post that may not: %s", name, w.name, a.status, a.text())
	}
	if allowed && r.Path == "/r/:register/:id" && a.status != http.StatusOK {
		t.Errorf("%s on %s: %d for a post that may read: %s", name, w.name, a.status, a.text())
	}
	for _, s := range w.secrets {
		if !allowed && strings.Contains(a.body, s) {
			t.Errorf("%s on %s: the refusal shows %s", name, w.name, s)
		}
	}
}

// harmless are answers that give nothing away though they are no refusal: the
// picker of a register that the post may not read finds nothing, and opening a
// protected person asks for the reason first.
func harmless(name string, status int) bool {
	return name == "GET /r/:register/new" && status == http.StatusSeeOther || name == "POST /people/open" && status == http.StatusUnprocessableEntity
}

func (v *visitor) path(pattern string, i int, k kind) string {
	o := v.b.o
	id := o.ref[which[i].ref].ID
	switch k {
	case onePage:
		id = o.person[which[i].person]
	case keepers, security:
		id = o.user["chief"]
	}
	return strings.NewReplacer(":register", "child.case", ":id", fmt.Sprint(id), ":action", "accept", ":paper", "child~intake",
		":number", "P-B16-002-2026-99999", ":hash", strings.Repeat("0", 40), ":job", "none", ":staged", "none", ":page", "start", ":place", "none", ":office", strings.Repeat("0", 32), ":return", "child.case",
		":sequence", "1").Replace(pattern)
}
