package ui

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jiezhen/app/record"
	"jiezhen/app/register"
)

// course takes records through their steps as posts would, over real HTTP.
type course struct {
	t     *testing.T
	o     *testOffice
	posts map[string]*client
	ref   string // of the record it is about now
}

func newCourse(t *testing.T) *course {
	t.Helper()
	return &course{t: t, o: openOffice(t), posts: map[string]*client{}}
}

func (c *course) as(role string) *client {
	c.t.Helper()
	if c.posts[role] == nil {
		c.posts[role] = c.o.as(role)
	}
	return c.posts[role]
}

// form makes form values of pairs; of a table, fields are named table.row.field.
func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

// begin makes a record about one of the office's persons ("" for nobody) and
// goes on with it.
func (c *course) begin(role, reg, who string, values url.Values) string {
	c.t.Helper()
	values = maps.Clone(values)
	if who != "" {
		values.Set("person", fmt.Sprint(c.o.person[who]))
	}
	a := c.as(role).send("/r/"+reg+"/new", values)
	if a.status != http.StatusSeeOther {
		c.t.Fatalf("%s begins %s: %d %s", role, reg, a.status, a.text())
	}
	c.ref = strings.TrimPrefix(a.header.Get("Location"), "/r/")
	if at := strings.IndexAny(c.ref, "?#"); at >= 0 {
		c.ref = c.ref[:at]
	}
	return c.ref
}

// refuses tries to begin a record that must be refused, and wants the words.
func (c *course) refuses(role, reg, who string, values url.Values, words string) {
	c.t.Helper()
	values = maps.Clone(values)
	if who != "" {
		values.Set("person", fmt.Sprint(c.o.person[who]))
	}
	a := c.as(role).send("/r/"+reg+"/new", values)
	if a.status == http.StatusSeeOther || !strings.Contains(a.body, words) {
		c.t.Errorf("%s begins %s: %d, want %q in %s", role, reg, a.status, words, a.text())
	}
}

// shown is the record as JSON.
type shown struct {
	Rev      uint64
	Step     string
	Number   string
	Values   map[string]any
	Clocks   []struct{ ID, Label, Due, Limit string }
	Actions  []struct{ ID string }
	Criteria []record.Finding
}

func (c *course) see(role string) shown {
	c.t.Helper()
	var out shown
	a := c.as(role).json("/r/" + c.ref)
	if a.status != http.StatusOK {
		c.t.Fatalf("%s sees %s: %d", role, c.ref, a.status)
	}
	a.decode(c.t, &out)
	return out
}

func (c *course) act(role, action string, values url.Values) answer {
	c.t.Helper()
	values = maps.Clone(values)
	if values == nil {
		values = url.Values{}
	}
	values.Set("_rev", fmt.Sprint(c.see(role).Rev))
	for name := range values {
		if table, _, ok := strings.Cut(name, "."); ok {
			values.Add("_has", table)
		}
	}
	return c.as(role).send("/r/"+c.ref+"/do/"+action, values)
}

// do takes an action and wants the record to stand in a step after it.
func (c *course) do(role, action, step string, values url.Values) {
	c.t.Helper()
	if a := c.act(role, action, values); a.status != http.StatusSeeOther {
		c.t.Fatalf("%s does %s on %s: %d %s", role, action, c.ref, a.status, a.text())
	}
	if got := c.see(role).Step; got != step {
		c.t.Fatalf("after %s %s stands in %s, want %s", action, c.ref, got, step)
	}
}

// stopped takes an action that must be refused, and wants the words.
func (c *course) stopped(role, action, words string, values url.Values) {
	c.t.Helper()
	before := c.see(role).Step
	a := c.act(role, action, values)
	if a.status == http.StatusSeeOther || !strings.Contains(a.body, words) {
		c.t.Errorf("%s does %s: %d, want %q in %s", role, action, a.status, words, a.text())
	}
	if got := c.see(role).Step; got != before {
		c.t.Errorf("refused %s moved %s to %s", action, c.ref, got)
	}
}

// edit saves fields of the record.
func (c *course) edit(role string, values url.Values) {
	c.t.Helper()
	values = maps.Clone(values)
	now := c.see(role)
	values.Set("_rev", fmt.Sprint(now.Rev))
	for name := range values {
		if table, _, ok := strings.Cut(name, "."); ok {
			values.Add("_has", table)
		}
	}
	if a := c.as(role).send("/r/"+c.ref+"/edit", values); a.status != http.StatusSeeOther {
		c.t.Fatalf("%s edits %s: %d %s", role, c.ref, a.status, a.text())
	}
}

// due wants a clock of the record to end on a day.
func (c *course) due(role, id, day string) {
	c.t.Helper()
	for _, k := range c.see(role).Clocks {
		if k.ID == id {
			if k.Due != day {
				c.t.Errorf("%s is due on %s, want %s", id, k.Due, day)
			}
			return
		}
	}
	c.t.Errorf("%s does not run: %+v", id, c.see(role).Clocks)
}

// paper wants a paper of the record to be previewed as a PDF.
func (c *course) paper(role string, names ...string) {
	c.t.Helper()
	for _, name := range names {
		a := c.as(role).get("/r/" + c.ref + "/paper/" + strings.ReplaceAll(name, "/", "~") + ".pdf")
		if a.status != http.StatusOK || !strings.HasPrefix(a.body, "%PDF") {
			c.t.Errorf("%s prints %s: %d %s", role, name, a.status, a.text())
		}
	}
}

// verdicts wants criteria to be judged so.
func (c *course) verdicts(role string, want map[string]string) {
	c.t.Helper()
	got := map[string]string{}
	for _, f := range c.see(role).Criteria {
		got[f.ID] = f.Verdict
	}
	for id, v := range want {
		if got[id] != v {
			c.t.Errorf("%s is %q, want %q", id, got[id], v)
		}
	}
}

// personDraft is a grown-up of the east community.
func (o *testOffice) personDraft(name, birth string) record.Draft {
	return record.Draft{Register: record.Persons, Values: register.Values{"name": name, "sex": "1", "birth": birth, "community": fmt.Sprint(o.east), "life": "1"}}
}
