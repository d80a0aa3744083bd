package ui

import (
	"slices"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/ui/page"
)

// domains are the groups of the menu.
var domains = []struct{ id, title, mark string }{
	{"person", "人员", "人"}, {"child", "儿童福利与保护", "儿"}, {"allowance", "儿童津贴与保障", "津"}, {"disability", "残疾人服务", "残"},
	{"governance", "基层社会治理", "治"}, {"office", "本单位", "办"},
}

// navCookie holds which groups of the menu were left open, by their ids with
// points between.
const navCookie = "jz_nav"

// nav is the menu: only what leads somewhere for this viewer. The desks, which
// say what is to be done, stand before the registers.
func (v *visit) nav() []page.NavGroup {
	work := page.NavGroup{ID: "work", Title: "工作", Mark: "工", Items: []page.NavItem{{Text: "工作台", URL: "/"}}}
	if !v.viewer.Admin() {
		work.Items = append(work.Items, page.NavItem{Text: "本周按人看", URL: "/week"}, page.NavItem{Text: "找人", URL: "/people"})
	}
	if v.office.District == nil && len(v.office.Returns.Offered(v.viewer)) > 0 {
		work.Items = append(work.Items, page.NavItem{Text: "报表", URL: "/returns"})
	}
	groups := []page.NavGroup{work}
	at := domains
	if v.office.District != nil { // a district does no office's business
		groups[0].Items = append(groups[0].Items, page.NavItem{Text: "各街镇", URL: "/district"})
		at = at[len(at)-1:]
	}
	for _, d := range at {
		g := page.NavGroup{ID: d.id, Title: d.title, Mark: d.mark, Items: v.desks(d.id)}
		var registers []page.NavItem
		for _, def := range v.office.Book.Registers().All() {
			if menuDomain(def) == d.id && v.inMenu(def) {
				registers = append(registers, page.NavItem{Text: def.Title, URL: "/r/" + def.ID})
			}
		}
		if d.id == "office" { // what is set up and looked at comes last
			g.Items, registers = registers, g.Items
		}
		if g.Items = append(g.Items, registers...); len(g.Items) > 0 {
			groups = append(groups, g)
		}
	}
	return v.mark(v.unfold(groups))
}

// inMenu reports whether a register stands in the menu itself: not on the list
// of the one that it is folded under, unless the viewer may not read that.
func (v *visit) inMenu(def *register.Definition) bool {
	return !def.Hidden && record.MayUse(v.viewer, def, access.ActRead) && v.above(def) == nil
}

// above is the register that one is folded under for the viewer, or nil.
func (v *visit) above(def *register.Definition) *register.Definition {
	up, ok := v.office.Book.Registers().Get(def.Under)
	if !ok || !record.MayUse(v.viewer, up, access.ActRead) {
		return nil
	}
	return up
}

// beside are the registers that belong together with one: it is the one they
// are folded under, or one of them.
func (v *visit) beside(def *register.Definition) []page.Link {
	head := def
	if up := v.above(def); up != nil {
		head = up
	}
	var out []page.Link
	for _, d := range v.office.Book.Registers().All() {
		if d.ID != def.ID && (d.ID == head.ID || d.Under == head.ID) && record.MayUse(v.viewer, d, access.ActRead) {
			out = append(out, page.Link{Text: d.Title, URL: "/r/" + d.ID})
		}
	}
	return out
}

// menuDomain puts the office's own small registers together.
func menuDomain(d *register.Definition) string {
	if d.Menu != "" {
		return d.Menu
	}
	switch d.Domain() {
	case "staff", "place", "party":
		return "office"
	}
	return d.Domain()
}

// unfold opens the groups that the reader left open. Who has folded none sees
// the first, and the one with their business where there is but one.
func (v *visit) unfold(groups []page.NavGroup) []page.NavGroup {
	kept := strings.Clone(v.c.Cookies(navCookie))
	open := strings.Split(kept, ".")
	if kept == "" {
		open = []string{"work"}
		var business []string
		for _, g := range groups {
			if g.ID == "office" && v.viewer.Admin() || slices.Contains([]string{"child", "disability", "governance"}, g.ID) {
				business = append(business, g.ID)
			}
		}
		if len(business) == 1 {
			open = append(open, business[0])
		}
	}
	for i := range groups {
		groups[i].Open = slices.Contains(open, groups[i].ID)
	}
	return groups
}

// mark finds the item that the reader stands on; of a register that is folded
// under another, that one's.
func (v *visit) mark(groups []page.NavGroup) []page.NavGroup {
	at, _, _ := strings.Cut(v.self(), "?")
	if rest, ok := strings.CutPrefix(at, "/r/"); ok {
		id, tail, _ := strings.Cut(rest, "/")
		if def, ok := v.office.Book.Registers().Get(id); ok {
			if up := v.above(def); up != nil {
				at = "/r/" + up.ID + "/" + tail
			}
		}
	}
	best, bg, bi := 0, -1, -1
	for g := range groups {
		for i, item := range groups[g].Items {
			if (at == item.URL || strings.HasPrefix(at, item.URL+"/")) && len(item.URL) > best {
				best, bg, bi = len(item.URL), g, i
			}
		}
	}
	if bg >= 0 {
		groups[bg].Items[bi].Current = true
		groups[bg].Open = true
	}
	return groups
}
