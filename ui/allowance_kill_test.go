package ui

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/allowance"
	"jiezhen/app/record"
	"jiezhen/app/sheet"
)

// TestKilledBetweenTheClicksOfAMonth pays months with the real program, which
// is killed at every click, before, while or after it is carried out. After
// each restart what was answered is there, the same click again makes no second
// of anything, and the month goes on to its end.
func TestKilledBetweenTheClicksOfAMonth(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	m := &hardMonth{siege: besiege(t, buildProgram(t), rand.New(rand.NewPCG(seed, 3))), clients: map[string]*client{}}
	m.furnish()
	m.start()
	for i := range max(1, kills(t)/200) {
		m.pay(fmt.Sprintf("2026-%02d", 4+i))
	}
	m.running.kill()
	m.settled()
}

// hardMonth is a month that is paid under kills.
type hardMonth struct {
	*siege
	running                     *running
	clients                     map[string]*client
	cycle, batch                string
	months, clicks, told, inAir int // of the clicks, those that were answered, and those that were carried out though the answer never came
}

// hardChildren are those who are paid.
var hardChildren = []string{"child", "farchild"}

// furnish has children recognised and entered, on a checked standard.
func (m *hardMonth) furnish() {
	m.t.Helper()
	var err error
	m.o.house, err = app.Enter(context.Background(), testConfig(m.o.dir, m.o.clock))
	m.o.must(err)
	m.o.serve()
	c := &course{t: m.t, o: m.o, posts: map[string]*client{}}
	c.standard("orphan.scattered", "2450", "2025-01")
	for i, who := range hardChildren {
		c.unattended(who)
		c.account(who, fmt.Sprintf("622200000000000%04d", i))
	}
	c.enrol()
	m.o.must(m.o.server.Shutdown())
	m.o.must(m.o.house.Leave())
}

// start starts the program.
func (m *hardMonth) start() {
	m.t.Helper()
	m.running = m.launch()
	m.await(m.running)
}

// who is a role's browser; sessions outlive kills.
func (m *hardMonth) who(role string) *client {
	m.t.Helper()
	if m.clients[role] == nil {
		m.clients[role] = m.o.as(role)
	}
	return m.clients[role]
}

// click is one click: what is sent, and how to see that it was carried out.
type click struct {
	name, role string
	make       func(c *client) *http.Request
	took       func(a answer)
	done       func() bool
}

// press clicks and kills the program meanwhile; the program started anew, it
// clicks again unless the first click was carried out.
func (m *hardMonth) press(k click) {
	m.t.Helper()
	c := m.who(k.role)
	request, answered, over := k.make(c), false, make(chan struct{})
	go func() {
		defer close(over)
		if res, err := c.http.Do(request); err == nil {
			answered = res.StatusCode == http.StatusSeeOther
			if answered && k.took != nil {
				k.took(answer{res.StatusCode, res.Header, ""})
			}
			_ = res.Body.Close() // nothing of it is read
		}
	}()
	select { // any moment up to the answer will do
	case <-over:
	case <-time.After(time.Duration(m.dice.IntN(400)) * time.Millisecond):
	}
	m.running.kill()
	<-over
	m.start()
	if m.clicks++; answered {
		m.told++
	}
	switch done := k.done(); {
	case answered && !done:
		m.t.Fatalf("%s was answered and is lost", k.name)
	case done && !answered:
		m.inAir++
		return
	case done:
		return
	}
	a := c.do(k.make(c))
	if a.status != http.StatusSeeOther {
		m.t.Fatalf("%s after a kill: %d %s", k.name, a.status, a.text())
	}
	if k.took != nil {
		k.took(a)
	}
	if !k.done() {
		m.t.Fatalf("%s was answered and not carried out", k.name)
	}
}

// pay takes one month from its opening to its end.
func (m *hardMonth) pay(month string) {
	m.t.Helper()
	m.months++
	m.cycle = ""
	m.press(click{"opening " + month, "child.officer", m.posts("/allowance/cycle", form("programme", "unattended", "month", month)),
		func(a answer) { m.cycle = strings.TrimPrefix(a.header.Get("Location"), "/r/") }, func() bool { return m.cycle != "" && m.stands("child.officer", m.cycle) == "draft" }})
	m.step("child.officer", "submit", "submitted")
	m.step("welfare.head", "approve", "approved")
	m.attempt("失败")
	m.attempt("成功")
	m.step("child.officer", "close", "closed")
}

// posts makes a click of a form.
func (m *hardMonth) posts(path string, values url.Values) func(c *client) *http.Request {
	return func(c *client) *http.Request {
		values.Set("_csrf", c.token())
		r := c.request(http.MethodPost, path, strings.NewReader(values.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return r
	}
}

// stands is the step in which a record stands.
func (m *hardMonth) stands(role, ref string) string {
	m.t.Helper()
	return (&course{t: m.t, o: m.o, posts: m.clients, ref: ref}).see(role).Step
}

// step does an action of the cycle.
func (m *hardMonth) step(role, action, want string) {
	m.t.Helper()
	m.press(click{action, role, m.posts("/r/"+m.cycle+"/do/"+action, form("note", "同意")), nil, func() bool { return m.stands(role, m.cycle) == want }})
}

// attempt makes a batch, sends it, and takes the bank's file; the first child
// comes out as the bank says, the other as paid.
func (m *hardMonth) attempt(first string) {
	m.t.Helper()
	officer := "child.officer"
	m.batch = ""
	m.press(click{"batch", officer, m.posts("/allowance/"+strings.TrimPrefix(m.cycle, "benefit.")+"/batch", url.Values{}),
		func(a answer) { m.batch = strings.TrimPrefix(a.header.Get("Location"), "/r/") }, func() bool { return m.batch != "" && m.stands(officer, m.batch) == "made" }})
	m.press(click{"send", officer, m.posts("/r/"+m.batch+"/do/send", form("sent_at", "2026-04-01")), nil, func() bool { return m.stands(officer, m.batch) == "sent" }})
	at := "/allowance/" + strings.TrimPrefix(m.batch, "benefit.")
	list := m.who(officer).send(at+"/bank.xlsx", url.Values{})
	rows, err := sheet.Pick([]byte(list.body), sheet.Wanted{Label: "付款编号"}, sheet.Wanted{Label: "账号"}, sheet.Wanted{Label: "金额"})
	m.o.must(err)
	var lines [][]string
	for i, r := range rows {
		lines = append(lines, append(r.Cells, map[bool]string{true: first, false: "成功"}[i == 0]))
	}
	back, err := sheet.List("回盘", []string{"付款编号", "账号", "金额", "结果"}, lines)
	m.o.must(err)
	m.press(click{"returned file", officer, m.uploads(at+"/return", back), nil, func() bool { return m.stands(officer, m.batch) == "returned" }})
}

// uploads makes a click that brings a file.
func (m *hardMonth) uploads(path string, data []byte) func(c *client) *http.Request {
	return func(c *client) *http.Request {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		m.o.must(w.WriteField("_csrf", c.token()))
		part, err := w.CreateFormFile("file", "回盘.xlsx")
		m.o.must(err)
		_, err = part.Write(data)
		m.o.must(err)
		m.o.must(w.Close())
		r := c.request(http.MethodPost, path, &body)
		r.Header.Set("Content-Type", w.FormDataContentType())
		return r
	}
}

// settled looks into the store: one cycle a month, one line a child and month,
// each paid once.
func (m *hardMonth) settled() {
	m.t.Helper()
	if out, err := m.command("check").CombinedOutput(); err != nil || !strings.Contains(string(out), "数据完好") {
		m.t.Fatalf("the self-check: %v\n%s", err, out)
	}
	var err error
	m.o.house, err = app.Enter(context.Background(), testConfig(m.o.dir, m.o.clock))
	m.o.must(err)
	defer func() { m.o.must(m.o.house.Leave()) }()
	n := map[string]int{}
	m.o.must(m.o.house.Office().Book.View(context.Background(), access.Office(), func(tx *record.Tx) error {
		for _, reg := range []string{allowance.Cycles, allowance.Batches, allowance.Payments, allowance.Lines} {
			if err := tx.Each(reg, func(r *record.Record) (bool, error) { n[reg+r.Text("state")]++; return true, nil }); err != nil {
				return err
			}
		}
		return nil
	}))
	children := m.months * len(hardChildren)
	for what, want := range map[string]int{allowance.Cycles: m.months, allowance.Batches: 2 * m.months, allowance.Lines + "paid": children, allowance.Payments + "paid": children, allowance.Payments + "again": m.months} {
		if n[what] != want {
			m.t.Errorf("%d of %s, want %d: %v", n[what], what, want, n)
		}
	}
	m.t.Logf("%d months, %d kills: %d clicks had been answered, %d were carried out though the answer never came", m.months, m.clicks, m.told, m.inAir)
}
