package ui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"jiezhen/app/grid"
	"jiezhen/app/patrol"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// turn gives the browser to another person.
func (w *walk) turn(role string) {
	w.t.Helper()
	w.string(`(() => { document.querySelector('form[action="/logout"]').submit(); return '' })()`)
	w.until(`location.pathname === '/login' && document.readyState === 'complete'`)
	w.signIn(role)
}

// says wants words on the page.
func (w *walk) says(words ...string) {
	w.t.Helper()
	all := w.string("document.querySelector('main').innerText")
	for _, want := range words {
		if !strings.Contains(all, want) {
			w.t.Errorf("%s does not say %q: %s", w.at(), want, all)
		}
	}
}

// streetPages are the pages of the hotline, the grid, patrols, whistles and
// topics, as their menu and tabs lead to them.
var streetPages = []string{"/hotline", "/hotline/rates", "/hotline/hot", "/hotline/proactive", "/hotline/digest", "/grid", "/grid/pairs", "/grid/numbers", "/grid/gaps", "/grid/outline", "/patrol", "/patrol/calls", "/patrol/slots",
	"/patrol/month", "/patrol/month/findings", "/whistle", "/whistle/rows", "/trend", "/trend?of=case", "/r/governance.order", "/r/governance.report", "/r/governance.category/new", "/r/governance.force/new", "/r/governance.empowered/new", "/r/governance.point/new",
	"/r/governance.roster/new", "/r/governance.patrol/new", "/r/governance.finding", "/r/governance.doublereport/new", "/r/governance.topic/new", "/r/governance.whistle/new", "/import/governance.report", "/help/grid", "/help/patrol", "/help/whistle", "/help/topic"}

// The street's day in one browser: every page of it stands, at 200 per cent
// too, and a trouble goes from whoever saw it to its end, through the hands of
// worker, officer and head.
func TestTheStreetsDayInABrowser(t *testing.T) {
	o := openGrid(t)
	at := roundsOf(o.testOffice)
	o.create(record.Draft{Register: grid.Reports, Values: register.Values{"source": "grid", "class_name": "0102暴露垃圾", "found_at": "2026-03-10 09:00", "content": "三月的垃圾", "address": "滨河小区1号楼"}})
	w := newWalk(t, o.testOffice)
	w.signIn("governance.officer")
	t.Run("pages", func(t *testing.T) { w.t = t; w.streetPages() })
	t.Run("menu", func(t *testing.T) { w.t = t; w.menu() })
	t.Run("case", func(t *testing.T) { w.t = t; w.caseOfTheGrid(o) })
	t.Run("whistle", func(t *testing.T) { w.t = t; w.whistle(o) })
	t.Run("patrol", func(t *testing.T) { w.t = t; w.patrolWeek(o, at) })
	t.Run("frozen month", func(t *testing.T) { w.t = t; w.freezeMarch() })
}

func (w *walk) streetPages() {
	for _, p := range streetPages {
		w.open(p)
	}
	w.open("/grid/map")
	w.string(`(() => { document.querySelector('.ground a').focus(); return document.activeElement.tagName.toLowerCase() })()`)
	w.do(chromedp.KeyEvent(kb.Enter))
	w.until(`location.pathname.startsWith('/grid/cell/') && document.readyState === 'complete'`)
	w.says("谁管、谁巡、谁处置")
	w.do(chromedp.EmulateViewport(640, 450)) // 1280 × 900 at 200 per cent
	for _, p := range []string{"/hotline", "/hotline/digest", "/grid", "/grid/map", "/grid/numbers", "/patrol", "/patrol/week", "/patrol/month", "/whistle", "/r/governance.order", "/r/governance.topic/new"} {
		w.open(p)
	}
	w.do(chromedp.EmulateViewport(1280, 900))
}

// menu folds a group with the keyboard, and finds it folded on the next page;
// what is folded under another register marks that one.
func (w *walk) menu() {
	group := func(id string) string {
		return w.string(fmt.Sprintf(`String(document.querySelector('[data-group="%s"]').open)`, id))
	}
	w.open("/")
	if group("work") != "true" || group("governance") != "true" || group("office") != "false" {
		w.t.Errorf("at first: work %s, governance %s, office %s", group("work"), group("governance"), group("office"))
	}
	for _, id := range []string{"governance", "office"} {
		w.string(fmt.Sprintf(`(() => { document.querySelector('[data-group="%s"] summary').focus(); return '' })()`, id))
		w.do(chromedp.KeyEvent(kb.Enter))
	}
	w.until(`document.cookie.includes('jz_nav=work.office')`)
	w.open("/week")
	if group("governance") != "false" || group("office") != "true" {
		w.t.Error("the menu forgets")
	}
	w.open("/r/governance.extension")
	if now := w.string(`document.querySelector('#nav [aria-current]').innerText`); now != "12345工单" || group("governance") != "true" {
		w.t.Errorf("the page is marked as %q", now)
	}
	w.says("同属", "剔除申请", "12345工单")
}

// only is the one record of a register that holds these words.
func (o *gridOffice) only(reg, words string) *record.Record {
	o.t.Helper()
	for _, r := range o.children(reg) {
		if strings.Contains(r.Text("title")+r.Text("content")+r.Text("task"), words) {
			return r
		}
	}
	o.t.Fatalf("no %s says %s", reg, words)
	return nil
}

// caseOfTheGrid: reported, filed, dispatched, returned with a reason,
// dispatched to another, done, verified, closed.
func (w *walk) caseOfTheGrid(o *gridOffice) {
	w.turn("governance.worker")
	w.open("/r/governance.report/new?cell=" + fmt.Sprint(o.five))
	w.fill(map[string]string{"class_name": "0102暴露垃圾", "content": "垃圾外溢", "address": "滨河小区7号楼"}, "保存")
	w.says("待受理", "立案条件")
	report := "/r/" + o.only(grid.Reports, "垃圾外溢").Ref.String()
	w.turn("governance.officer")
	w.act(report, "file", "立案", map[string]string{"meets": "是"})
	kase := o.only(grid.Cases, "垃圾外溢")
	to := "/r/" + kase.Ref.String()
	w.open(to)
	w.fill(map[string]string{"units": fmt.Sprint(o.property), "task": "清运垃圾"}, "派遣")
	first := o.only(grid.Assignments, "清运垃圾")
	w.act("/r/"+first.Ref.String(), "return", "登记退回", map[string]string{"suggested": "虚构东社区工作站", "_note": "不在物业管理范围"})
	w.open(to)
	w.says("办理中", "已退回")
	w.fill(map[string]string{"units": fmt.Sprint(o.station), "task": "社区清扫"}, "派遣")
	second := "/r/" + o.only(grid.Assignments, "社区清扫").Ref.String()
	w.act(second, "sign", "登记签收", nil)
	w.act(second, "answer", "登记答复", map[string]string{"answer": "已清扫"})
	w.act(second, "accept", "认可办结", nil)
	w.turn("governance.head")
	w.act(to, "pass", "核查合格，结案", nil)
	w.says("已结案", "已清扫")
	w.open(report)
	w.says("已办结", "已清扫")
	if r := o.only(grid.Cases, "垃圾外溢"); r.Values["bounced"] != 1.0 {
		w.t.Errorf("returned %v times", r.Values["bounced"])
	}
}

// whistle: blown, arrived, joint record, tasks, scores both ways.
func (w *walk) whistle(o *gridOffice) {
	unit := fmt.Sprint(o.property)
	at := "/r/" + o.create(record.Draft{Register: "governance.whistle", Values: register.Values{"tried": "已劝阻两次", "title": "夜间施工", "kind": "emergency", "address": "滨河小区", "blown_at": "2026-04-01 09:40", "lead": unit}}).String()
	w.open(at)
	w.says("30分钟", "2026-04-01 10:10")
	w.act(at, "arrive", "登记报到", map[string]string{"units.0.at": "2026-04-01 09:55", "units.0.person": "测经理"})
	w.open(at + "/do/meet")
	w.string(`(() => { document.querySelector('[name="tasks.0.unit"]').value = "` + unit + `"; return '' })()`) // as the picker leaves it
	w.fill(map[string]string{"met_at": "2026-04-01 09:58", "chair": "测领导", "record": "物业当晚停工", "tasks.0.task": "停工", "tasks.0.until": "2026-04-01"}, "登记会商与任务")
	w.act(at, "finish", "办结", map[string]string{"finished_at": "2026-04-01 10:00", "result": "solved", "tasks.0.done": "是"})
	w.act(at, "score", "双向评价", map[string]string{"units.0.unit_score": "95", "units.0.street_score": "98", "score_note": "到得快"})
	w.says("已互评", "按时")
	w.open("/whistle")
	w.says("虚构物业", "95.0", "98.0")
}

// patrolWeek: the sheet is drawn up and printed, what came back on paper typed
// in by keyboard, what it found a case; a complaint where all was well is
// reviewed, and a round looked into by who did not enter it.
func (w *walk) patrolWeek(g *gridOffice, o *rounds) {
	w.turn("governance.officer")
	w.open("/patrol/week?week=2026-03-30")
	w.press("编排这一周")
	w.until(`document.body.innerText.includes('已编排 1 张任务单')`)
	w.press("下发全部编排中的（1）")
	w.until(`document.body.innerText.includes('已下发 1 张任务单')`)
	w.fetches("/patrol/week.pdf?week=2026-03-30", "application/pdf")
	w.press("补录")
	w.do(chromedp.Focus(chromedp.CSS(`[name="line.0.at"]`)), chromedp.KeyEvent("905"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent("910"), chromedp.KeyEvent(kb.Tab),
		chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent("楼道堆物"))
	if got := w.string(`['at','left','result','problem'].map(f => document.querySelector('[name="line.0.' + f + '"]').value).join(' ')`); got != "905 910 found 楼道堆物" {
		w.t.Errorf("typed: %s", got)
	}
	clean := w.string(`document.querySelector('[name="line.1.at"]').closest('tr').innerText.includes('甲巷') ? '甲巷' : '乙巷'`)
	w.fill(map[string]string{"line.1.at": "920", "line.1.left": "925", "line.1.result": "clear"}, "保存全部")
	w.until(`document.body.innerText.includes('已补录 2 行')`)
	w.open("/r/governance.case")
	w.says("楼道堆物")
	o.order("A1", clean+"楼道有人堆物没人管", nil)
	w.turn("governance.head")
	w.open("/patrol/review")
	w.says("待复核（1）", clean)
	w.fill(map[string]string{"verdict": "missed", "note": "看照片当时已有"}, "登记结论")
	w.says("待复核（0）")
	w.open("/patrol/sample?week=2026-03-30")
	w.says("还差")
	w.act("/r/"+g.children(patrol.Rounds)[0].Ref.String(), "pass", "抽查合格", nil)
	w.open("/patrol/month?month=2026-03")
	w.says("测管家")
	w.press("冻结2026年3月")
	w.says("巡查月度绩效", "逐件判定.xlsx")
}

// freezeMarch freezes the grid's month, once.
func (w *walk) freezeMarch() {
	w.open("/grid/numbers?month=2026-03")
	w.press("冻结2026年3月")
	w.says("网格月报（冻结）", "逐件判定.xlsx")
	w.open("/grid/numbers?month=2026-03")
	w.says("冻结")
	if strings.Contains(w.string("document.querySelector('main').innerText"), "冻结2026年3月") {
		w.t.Error("a frozen month is offered to be frozen again")
	}
}
