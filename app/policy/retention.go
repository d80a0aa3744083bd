package policy

// Retention is how long a class of files is kept (facts D8). The end only
// reminds; nothing is destroyed by itself.
type Retention struct {
	ID, Title string
	Years     int    // 0: for ever
	Until     string // another end in words, such as 满18岁后10年
	Basis     string
	State     State
}

// Retention gives a class.
func (s *Set) Retention(id string) (Retention, bool) {
	for _, r := range s.retention {
		if r.ID == id {
			return r, true
		}
	}
	return Retention{}, false
}

// Retentions are all classes, in the order of the file.
func (s *Set) Retentions() []Retention { return append([]Retention(nil), s.retention...) }
