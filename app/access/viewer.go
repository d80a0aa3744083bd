package access

import (
	"slices"
	"time"
)

// Level is where in the office a role works.
type Level string

// The levels. Administrators look after the machine and do no business.
const (
	LevelCommunity Level = "community"
	LevelStreet    Level = "street"
	LevelHead      Level = "head"
	LevelLead      Level = "lead"
	LevelAdmin     Level = "admin"
)

// Role is a post in the office as the program knows it.
type Role struct {
	ID, Title string
	Domains   []string // register domains it works in; "*" is all
	Level     Level
	Exclusive bool // cannot be held with any other role (the three administrators)
	Note      string
}

// Viewer is whoever looks or acts. The zero Viewer may do nothing.
type Viewer struct {
	User        uint64
	Name        string // as printed on papers and in the history
	Roles       []Role
	Communities []uint64             // areas of a community-level role
	Opened      map[uint64]time.Time // protected persons opened with a reason, until when
	Office      bool                 // the office itself: set-up, schedules, generator
	Now         time.Time
}

// Office is the viewer for work that no single person does.
func Office() Viewer { return Viewer{Office: true, Name: "系统"} }

// Has reports whether the viewer holds one of the roles.
func (v Viewer) Has(roles ...string) bool {
	for _, r := range v.Roles {
		if slices.Contains(roles, r.ID) {
			return true
		}
	}
	return false
}

// Lead reports whether the viewer leads the office.
func (v Viewer) Lead() bool {
	return slices.ContainsFunc(v.Roles, func(r Role) bool { return r.Level == LevelLead })
}

// Admin reports whether the viewer is one of the three administrators.
func (v Viewer) Admin() bool {
	return slices.ContainsFunc(v.Roles, func(r Role) bool { return r.Level == LevelAdmin })
}

func (r Role) covers(domain string) bool {
	return slices.Contains(r.Domains, "*") || slices.Contains(r.Domains, domain)
}

// opened reports whether the viewer has opened this protected person and the
// time is not over.
func (v Viewer) opened(person uint64) bool {
	until, ok := v.Opened[person]
	return ok && v.Now.Before(until)
}
