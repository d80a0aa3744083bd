package ui

import (
	"fmt"
	"sort"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/backup"
	"jiezhen/app/watch"
	"jiezhen/ui/page"
)

// frame is what every page shares, for this viewer.
func (v *visit) frame(title, lead string) page.Frame {
	f := page.Frame{Title: title, Lead: lead, Self: v.self(), Query: "", Prefs: v.prefs(), Notices: v.said()}
	if v.office == nil {
		return f
	}
	profile := v.office.Book.Profile()
	f.Office, f.Demo, f.Single, f.ReadOnly = profile.TownName, profile.Demo, profile.Single, profile.ReadOnly
	f.Status = v.status()
	if v.viewer.User == 0 {
		return f
	}
	f.User = &page.User{Name: v.viewer.Name, Title: titles(v.viewer), URL: "/account"}
	f.Token, f.Idle = v.session.CSRF, int(v.office.Staff.Limits().Idle.Seconds())
	f.Nav = v.nav()
	return f
}

func titles(v access.Viewer) string {
	names := make([]string, 0, len(v.Roles))
	for _, r := range v.Roles {
		names = append(names, r.Title)
	}
	return strings.Join(names, "、")
}

// prefs are the reader's display settings out of their cookie.
func (v *visit) prefs() page.Prefs {
	var p page.Prefs
	for _, part := range strings.Split(strings.Clone(v.c.Cookies("jz_prefs")), ".") {
		switch part {
		case "light", "dark":
			p.Theme = part
		case "more":
			p.Contrast = part
		case "large", "huge":
			p.Size = part
		}
	}
	return p
}

// status are the lines at the foot of the navigation: what runs behind.
func (v *visit) status() []page.StatusLine {
	var out []page.StatusLine
	s := v.office.Find.State()
	switch {
	case s.Rebuilding:
		out = append(out, page.StatusLine{Text: "检索正在重建，可照常办公", Done: s.Done, Of: max(s.Total, 1)})
	case s.Broken != "":
		out = append(out, page.StatusLine{Text: s.Broken, Tone: page.ToneWarn})
	}
	if n, deriving := v.office.Deriving(); deriving {
		out = append(out, page.StatusLine{Text: fmt.Sprintf("规则有变，正在重算期限和筛选（已 %d 条）；算完以前，筛选可能不全", n), Tone: page.ToneWarn})
	}
	if level, _, words := v.office.Room(); level == watch.Low {
		out = append(out, page.StatusLine{Text: words, Tone: page.ToneWarn, URL: "/help/safe"})
	}
	if warn := v.office.ClockWarning(); warn != "" {
		out = append(out, page.StatusLine{Text: warn, Tone: page.ToneWarn, URL: "/help/clock"})
	}
	return append(append(out, v.versionStatus()...), v.backupStatus()...)
}

// backupStatus says how old the last bundle off this PC is.
func (v *visit) backupStatus() []page.StatusLine {
	if v.viewer.User == 0 {
		return nil
	}
	s, err := v.office.Backup.Status(v.ctx)
	if err != nil {
		return nil // the backup page says what is wrong
	}
	line := page.StatusLine{Text: s.Text}
	switch s.Tone {
	case backup.Amber:
		line.Tone = page.ToneWarn
	case backup.Red:
		line.Tone = page.ToneUrgent
	}
	if backup.MaySee(v.viewer) {
		line.URL = "/backup"
	}
	out := []page.StatusLine{line}
	if s.Drill != nil && s.Drill.Failed == "" {
		out = append(out, page.StatusLine{Text: "试恢复 " + s.Drill.Time().Format("1月2日") + " 通过"})
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
