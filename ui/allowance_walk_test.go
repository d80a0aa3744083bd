package ui

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"jiezhen/app/allowance"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
)

// beside is another person at the same browser, signed in apart.
func (w *walk) beside() *walk {
	w.t.Helper()
	tab, stop := chromedp.NewContext(w.ctx, chromedp.WithNewBrowserContext())
	w.t.Cleanup(stop)
	w.o.must(chromedp.Do(tab, chromedp.Navigate("about:blank")))
	return &walk{t: w.t, o: w.o, ctx: tab, axe: w.axe, seen: w.seen}
}

// sees wants words on the page.
func (w *walk) sees(words ...string) {
	w.t.Helper()
	all := w.string("document.querySelector('main').innerText")
	for _, one := range words {
		if !strings.Contains(all, one) {
			w.t.Errorf("%s lacks %q: %s", w.at(), one, all)
		}
	}
}

// loads fetches a file in the session of the browser: with a body it posts.
func (w *walk) loads(path string, post bool) []byte {
	w.t.Helper()
	options := "{}"
	if post {
		options = `{method: 'POST', body: new URLSearchParams({_csrf: document.querySelector('[name=_csrf]').value})}`
	}
	w.string(`(() => { window.__file = ''; fetch("` + path + `", ` + options + `).then(r => r.blob()).then(b => { const f = new FileReader(); f.onload = () => { window.__file = f.result || 'data:,' }; f.readAsDataURL(b) }); return '' })()`)
	w.until(`window.__file !== ''`)
	_, text, _ := strings.Cut(w.string("window.__file"), ",")
	data, err := base64.StdEncoding.DecodeString(text)
	w.o.must(err)
	return data
}

// TestAMonthOfAllowancesInABrowser pays two months as those who do it would:
// standards checked, the dry run and its differences looked at, approved by
// another, batch, bank file and roster read, a returned file in which one
// failed, that one again, books closed; then too much is found, taken off with
// consent, and the reason read to the family.
func TestAMonthOfAllowancesInABrowser(t *testing.T) {
	o := openOffice(t)
	m := &payDesk{officer: newWalk(t, o)}
	m.head = m.officer.beside()
	m.officer.signIn("child.officer")
	m.head.signIn("welfare.head")
	m.furnish()

	m.officer.open("/r/" + allowance.Standards + "/new")
	m.officer.fill(map[string]string{"code": "orphan.scattered", "amount": "2450", "from": "2025-01", "basis": "虚构文号"}, "保存")
	m.head.act(m.officer.place(), "check", "复核无误", nil)
	m.officer.open("/allowance")
	m.officer.sees("待入册（3）", "事实无人抚养")
	m.officer.press("入册")
	m.officer.sees("已入册 3 人")

	m.approve("2026-04", "新增（3）", "7,350.00", "确认次月")
	m.batch("制单")
	m.papers("7,350.00", "人民币柒仟叁佰伍拾元整")
	m.toBank("失败", "成功", "成功")
	m.officer.sees("已回盘", "失败", "账号已销户")
	m.officer.open(m.cycle)
	m.batch("失败的、补了账户的再制一批")
	m.officer.sees("付款（1 笔）")
	m.toBank("成功")
	m.officer.act(m.cycle, "close", "核对无误，关账", nil)
	m.tooMuch()
	m.officer.open("/people/" + fmt.Sprint(m.children[0].ID))
	m.officer.sees("符合条件，应发 1650.00 元", "补差 1650.00 元", "失联")
	m.officer.open("/people/" + fmt.Sprint(m.children[1].ID))
	m.officer.sees("符合条件，应发 2450.00 元")
}

// payDesk are the two who pay a month, and where they are.
type payDesk struct {
	officer, head *walk
	children      []record.Ref
	cycle         string
	at            string // the batch
}

// place is the page the browser is on, without what is asked of it.
func (w *walk) place() string { return strings.SplitN(w.at(), "?", 2)[0] }

// furnish has three children recognised by the district.
func (m *payDesk) furnish() {
	o := m.officer.o
	c := &course{t: m.officer.t, o: o, posts: map[string]*client{}}
	for i, name := range []string{"岳一", "岳二", "岳三"} {
		child := o.create(record.Draft{Register: record.Persons, Values: register.Values{"name": name, "sex": "1", "birth": "2015-06-15", "community": fmt.Sprint(o.east), "life": "1"}})
		o.person[name] = child.ID
		c.unattended(name)
		c.account(name, fmt.Sprintf("622200000000000%04d", i))
		m.children = append(m.children, child)
	}
}

// approve opens a month, looks at the dry run and has it approved.
func (m *payDesk) approve(month string, words ...string) {
	m.officer.t.Helper()
	m.officer.open("/allowance")
	m.officer.fill(map[string]string{"programme": "unattended", "month": month}, "试算这一期")
	m.cycle = m.officer.place()
	m.officer.sees(words...)
	m.officer.open("/allowance/cycle/" + m.cycle[strings.LastIndex(m.cycle, "/")+1:])
	m.officer.sees("为什么", "岳一")
	m.officer.act(m.cycle, "submit", "送审", nil)
	m.head.open("/allowance")
	m.head.sees("待审批", "另一人批准")
	m.head.act(m.cycle, "approve", "批准", nil)
	m.officer.open(m.cycle)
}

// batch makes a batch by the button of these words.
func (m *payDesk) batch(button string) {
	m.officer.t.Helper()
	m.officer.press(button)
	m.at = m.officer.place()
	m.officer.sees("送银行")
}

// bank is the batch's page of what goes to the bank and back.
func (m *payDesk) bank() string { return "/allowance/batch/" + m.at[strings.LastIndex(m.at, "/")+1:] }

// papers reads the roster that is signed.
func (m *payDesk) papers(words ...string) {
	m.officer.t.Helper()
	pdf := m.officer.loads(m.at+"/paper/benefit~paylist.pdf", false)
	if !strings.HasPrefix(string(pdf), "%PDF") {
		m.officer.t.Fatalf("no roster: %.60q", pdf)
	}
	if _, err := exec.LookPath("pdftotext"); err != nil {
		return
	}
	text := pdfText(m.officer.t, answer{http.StatusOK, nil, string(pdf)})
	for _, w := range words {
		if !strings.Contains(text, w) {
			m.officer.t.Errorf("the roster lacks %s: %s", w, text)
		}
	}
}

// toBank takes the bank file, sends it, and brings back what the bank says.
func (m *payDesk) toBank(results ...string) {
	m.officer.t.Helper()
	w := m.officer
	rows, err := sheet.Pick(w.loads(m.bank()+"/bank.xlsx", true), sheet.Wanted{Label: "付款编号"}, sheet.Wanted{Label: "账号"}, sheet.Wanted{Label: "金额"})
	w.o.must(err)
	if len(rows) != len(results) {
		w.t.Fatalf("%d rows for the bank, want %d", len(rows), len(results))
	}
	var lines [][]string
	for i, r := range rows {
		lines = append(lines, append(r.Cells, results[i], map[bool]string{true: "账号已销户"}[results[i] == "失败"]))
	}
	back, err := sheet.List("回盘", []string{"付款编号", "账号", "金额", "结果", "说明"}, lines)
	w.o.must(err)
	file := filepath.Join(w.t.TempDir(), "回盘.xlsx")
	w.o.must(os.WriteFile(file, back, 0o600))
	w.act(m.at, "send", "登记已送银行", map[string]string{"sent_at": "2026-04-01"})
	w.open(m.at)
	w.do(chromedp.SetUploadFiles(chromedp.CSS("main input[type=file][name=file]"), []string{file}))
	w.press("上传回盘")
}

// tooMuch finds relief that was drawn in April, has it taken off May's payment
// with written consent.
func (m *payDesk) tooMuch() {
	m.officer.t.Helper()
	w := m.officer
	w.open("/r/" + allowance.Members + "?programme=unattended")
	member := w.string(`Array.from(document.querySelectorAll('main a[href*="benefit.member/"]')).map(a => a.getAttribute('href')).filter(h => /\d+$/.test(h))[0] || ''`)
	w.edit(member, map[string]string{"others.0.code": "dibao", "others.0.from": "2026-04", "others.0.to": "2026-04", "others.0.amount": "800", "others.0.evidence": "低保证"})
	m.approve("2026-05", "追缴", "-800.00", "已发 2450.00 元")
	w.open("/r/" + allowance.Recoveries)
	claim := w.string(`Array.from(document.querySelectorAll('main a[href*="benefit.recovery/"]')).map(a => a.getAttribute('href')).filter(h => /\d+$/.test(h))[0] || ''`)
	w.act(claim, "tell", "登记告知书送达", map[string]string{"told_at": "2026-04-01"})
	w.act(claim, "agree", "确定追缴方式", map[string]string{"way": "offset", "consent_at": "2026-04-01"})
	w.open(m.cycle)
	m.batch("制单")
	w.sees("1,650.00")
	m.toBank("成功", "成功", "成功")
	w.act(claim, "finish", "追清结案", nil)
	w.act(m.cycle, "close", "核对无误，关账", nil)
}
