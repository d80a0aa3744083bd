package ui

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jiezhen/app/allowance"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/sheet"
)

// standard has a standard entered by one and checked by another.
func (c *course) standard(code, yuan, from string) {
	c.t.Helper()
	c.begin("child.officer", allowance.Standards, "", form("code", code, "amount", yuan, "unit", "元/人/月", "from", from, "basis", "虚构文号"))
	c.stopped("child.supervisor", "reopen", "现在是", nil)
	c.do("welfare.head", "check", "checked", nil)
}

// account gives one of the office's persons an account.
func (c *course) account(who, number string) {
	c.t.Helper()
	c.o.change(func(tx *record.Tx) error {
		return tx.Imply(record.Ref{Register: record.Persons, ID: c.o.person[who]}, register.Values{"bank_name": "虚构银行", "bank_account": number})
	})
}

// unattended has the district recognise a child (facts E-B06).
func (c *course) unattended(who string) {
	c.t.Helper()
	grandma := fmt.Sprint(c.o.person["grandma"])
	c.o.create(record.Draft{Register: "child.orphan", Step: "confirmed", Subject: c.o.person[who], Values: register.Values{"applied_at": "2026-02-02", "applicant": grandma, "reason": "由祖母抚养",
		"local": "yes", "abode": "scattered", "father_state": "5", "father_evidence": "判决书", "father_from": "2024-06-30", "father_until": "2029-06-30", "mother_state": "8", "mother_evidence": "回执单",
		"mother_from": "2024-11-08", "conclusion": "unsupported", "decision": "yes", "decision_at": "2026-03-09"}})
}

// enrol makes members of everybody who waits for it.
func (c *course) enrol(more ...string) {
	c.t.Helper()
	values := form(more...)
	page := c.as("child.officer").get("/allowance")
	for _, part := range strings.Split(page.body, `name="source"`)[1:] {
		if _, rest, ok := strings.Cut(part, `value="`); ok {
			ref, _, _ := strings.Cut(rest, `"`)
			values.Add("source", ref)
		}
	}
	if a := c.as("child.officer").send("/allowance/enrol", values); a.status != http.StatusSeeOther {
		c.t.Fatalf("entering members: %d %s", a.status, a.text())
	}
}

// month opens a programme's month and stands on its cycle.
func (c *course) month(programme, month string) {
	c.t.Helper()
	a := c.as("child.officer").send("/allowance/cycle", form("programme", programme, "month", month))
	if a.status != http.StatusSeeOther {
		c.t.Fatalf("opening %s %s: %d %s", programme, month, a.status, a.text())
	}
	c.ref = strings.TrimPrefix(a.header.Get("Location"), "/r/")
}

// TestAMonthOfAllowances pays a month over HTTP, posts apart: officer, head,
// bank; then the same again changes nothing.
func TestAMonthOfAllowances(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	c.standard("orphan.scattered", "2450", "2025-01")
	c.unattended("child")
	c.account("child", "6222000000000000012")
	c.as("child.officer").get("/allowance").expect(t, http.StatusOK, "待入册（1）", "开第一期")
	c.enrol()
	c.month("unattended", "2026-04")
	c.as("child.officer").get("/r/"+c.ref).expect(t, http.StatusOK, "新增（1）", "2,450.00", "确认次月", "失联")
	cycle := c.ref
	if a := c.as("child.officer").get("/allowance/cycle/" + cycle[strings.Index(cycle, "/")+1:] + "/sample.pdf"); !strings.HasPrefix(a.body, "%PDF") {
		t.Errorf("sample: %d %s", a.status, a.text())
	}
	c.do("child.officer", "submit", "submitted", nil)
	c.stopped("child.supervisor", "approve", "岗位", nil)
	c.do("welfare.head", "approve", "approved", nil)
	first := c.as("child.officer").send("/allowance/"+strings.TrimPrefix(cycle, "benefit.")+"/batch", url.Values{})
	again := c.as("child.officer").send("/allowance/"+strings.TrimPrefix(cycle, "benefit.")+"/batch", url.Values{})
	if first.status != http.StatusSeeOther || again.header.Get("Location") != first.header.Get("Location") {
		t.Fatalf("two clicks: %s, %s", first.header.Get("Location"), again.header.Get("Location"))
	}
	c.ref = strings.TrimPrefix(first.header.Get("Location"), "/r/")
	c.bankAndBack(cycle)
}

func (c *course) bankAndBack(cycle string) {
	c.t.Helper()
	batch := "/allowance/" + strings.TrimPrefix(c.ref, "benefit.")
	officer := c.as("child.officer")
	list := officer.send(batch+"/bank.xlsx", url.Values{})
	rows, err := sheet.Pick([]byte(list.body), sheet.Wanted{Label: "付款编号"}, sheet.Wanted{Label: "账号"}, sheet.Wanted{Label: "金额"})
	if err != nil || len(rows) != 1 || rows[0].Cells[2] != "2450.00" {
		c.t.Fatalf("bank file: %v %v", rows, err)
	}
	c.paper("child.officer", "benefit/paylist")
	c.do("child.officer", "send", "sent", form("sent_at", "2026-04-01"))
	back, err := sheet.List("回盘", []string{"付款编号", "账号", "金额", "结果", "说明"}, [][]string{{rows[0].Cells[0], rows[0].Cells[1], rows[0].Cells[2], "失败", "户名不符"}})
	c.o.must(err)
	officer.file(c.t, batch+"/return", "回盘.xlsx", back).leads(c.t)
	officer.file(c.t, batch+"/return", "回盘.xlsx", []byte("不是表格")).expect(c.t, http.StatusUnprocessableEntity, "表")
	if got := c.see("child.officer"); got.Step != "returned" || got.Values["failed_people"] != 1.0 {
		c.t.Fatalf("%s, %v", got.Step, got.Values)
	}
	c.ref = cycle
	c.stopped("child.officer", "close", "还有没有发成的", nil)
	second := officer.send("/allowance/"+strings.TrimPrefix(cycle, "benefit.")+"/batch", url.Values{})
	c.ref = strings.TrimPrefix(second.header.Get("Location"), "/r/")
	c.do("child.officer", "send", "sent", form("sent_at", "2026-04-01"))
	back, err = sheet.List("回盘", []string{"账号", "金额", "结果"}, [][]string{{rows[0].Cells[1], rows[0].Cells[2], "成功"}})
	c.o.must(err)
	officer.file(c.t, "/allowance/"+strings.TrimPrefix(c.ref, "benefit.")+"/return", "回盘.xlsx", back).leads(c.t)
	c.ref = cycle
	c.do("child.officer", "close", "closed", nil)
	child := fmt.Sprint(c.o.person["child"])
	officer.get("/people/"+child).expect(c.t, http.StatusOK, "津贴", "符合条件，应发 2450.00 元")
	if page := c.as("child.director").get("/people/" + child); strings.Contains(page.body, "2450.00") || strings.Contains(page.body, "应发") {
		c.t.Error("a child director sees what is paid")
	}
	c.as("child.director").get("/r/"+cycle).expect(c.t, http.StatusNotFound)
}

// leads wants an answer that leads on.
func (a answer) leads(t *testing.T) {
	t.Helper()
	if a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.text())
	}
}

// TestSamplesOfAllowances takes the facts' samples E-B04, E-B06 and E-B08
// through a month.
func TestSamplesOfAllowances(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	c.standard("orphan.scattered", "2450", "2025-01")
	c.standard("infant.nutrition", "200", "2025-01")
	c.standard("guardian.monthly", "300", "2025-01")
	infant := c.o.create(record.Draft{Register: record.Persons, Values: register.Values{"name": "简星野", "sex": "1", "birth": "2025-03-18", "community": fmt.Sprint(c.o.east), "life": "1"}})
	c.o.person["infant"] = infant.ID
	grandma := fmt.Sprint(c.o.person["grandma"])
	pack := []map[string]any{{"date": "2026-03-10", "what": "营养包", "count": 2.0, "batch": "VX2601", "until": "2027-01-31", "signer": "简默"}}
	c.o.create(record.Draft{Register: "child.nutrition", Step: "active", Subject: infant.ID, Values: register.Values{"applied_at": "2026-02-09", "applicant": grandma, "household": "dibao", "way": "1", "poor": "yes",
		"decision_at": "2026-02-25", "packs": pack}})
	c.unattended("child")
	care := register.Values{"applied_at": "2026-01-12", "carer": grandma, "kind": "2", "together": "yes", "reason": "祖母照料", "assessed_at": "2026-01-20", "body": 12.0, "economy": 14.0, "care": 17.0, "bond": 18.0, "will": 17.0,
		"decision_at": "2026-02-10"}
	paused := c.o.create(record.Draft{Register: "child.guardcare", Step: "active", Subject: c.o.person["child"], Values: care})
	rival := maps.Clone(care)
	rival["conflict"] = []string{"foster"}
	c.o.create(record.Draft{Register: "child.guardcare", Step: "active", Subject: c.o.person["farchild"], Values: rival})
	for i, who := range []string{"infant", "child", "farchild"} {
		c.account(who, fmt.Sprintf("622200000000000%04d", i))
	}
	c.enrol("local", "yes")
	c.month("nutrition", "2026-04")
	page := c.as("child.officer").get("/r/" + c.ref)
	page.expect(t, http.StatusOK, "应发人数", "400.00", "2026年2月") // February and April; in March there was a pack
	if strings.Contains(page.text(), "2026年3月 补发") {
		t.Error("cash for the month of the pack")
	}
	c.month("unattended", "2026-04")
	c.as("child.officer").get("/r/"+c.ref).expect(t, http.StatusOK, "2,450.00", "2026年4月起（确认次月）")
	c.month("guardianship", "2026-04")
	c.as("child.officer").get("/r/"+c.ref).expect(t, http.StatusOK, "待核实（1）", "冲突告知、本人选择和签字日期", "300.00")
	c.o.change(func(tx *record.Tx) error {
		return tx.Imply(paused, register.Values{"unseen": 2.0})
	})
	c.as("child.officer").get("/r/"+c.ref).expect(t, http.StatusOK, "暂停（1）", "累计 2 次走访未见")
	c.conflict()
}

// conflict has the second guardian told and choose (facts E-B08, D13).
func (c *course) conflict() {
	c.t.Helper()
	member := ""
	c.o.change(func(tx *record.Tx) error {
		list, err := tx.Find(allowance.Members, "person", fmt.Sprint(c.o.person["farchild"]))
		if err == nil {
			member = fmt.Sprint(list[0].ID)
		}
		return err
	})
	cycle := c.ref
	c.begin("child.officer", allowance.Conflicts, "farchild", form("member", member, "programme", "guardianship", "other", "foster.fee", "month", "2026-03", "basis", "业务资料D13", "evidence", "寄养协议"))
	c.paper("child.officer", "benefit/conflict")
	c.do("child.officer", "tell", "told", form("told_at", "2026-04-01"))
	c.stopped("child.officer", "settle", "只能在冲突的两项里选一项", form("choice", "dibao", "signed_at", "2026-04-01"))
	c.do("child.officer", "settle", "settled", form("choice", "foster.fee", "signed_at", "2026-04-01"))
	c.ref = cycle
	c.as("child.officer").get("/allowance/cycle/"+cycle[strings.Index(cycle, "/")+1:]).expect(c.t, http.StatusOK, "本人选择了另一项，2026-04-01签字")
}

// TestSampleGrowth takes the facts' samples E-B07 over HTTP.
func TestSampleGrowth(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	c.standard("orphan.scattered", "2450", "2025-01")
	c.begin("child.officer", allowance.Growths, "", form("code", "orphan.scattered", "formula", "prices", "factor", "0.012", "source", "统计公报（虚构）", "round_to", "10", "effective", "2026-01"))
	if v := c.see("child.officer"); v.Number != "B07-000-2026-00001" || v.Values["result"] != 248000.0 || v.Values["raw"] != "2479.40" {
		t.Fatalf("%s %v", v.Number, v.Values)
	}
	c.paper("child.officer", "benefit/growthsheet", "benefit/growthcost", "benefit/growthback")
	c.do("child.officer", "submit", "countersign", nil)
	c.stopped("welfare.head", "approve", "请填批文号", nil)
	c.do("welfare.head", "approve", "approved", form("opinions", "同意", "document_no", "虚构民发〔2026〕9号", "document_at", "2026-04-01"))
	c.begin("child.officer", allowance.Growths, "", form("code", "orphan.scattered", "formula", "relief", "base", "1450", "factor", "1.7", "source", "低保标准（虚构）", "round_to", "10", "effective", "2026-07"))
	if v := c.see("child.officer").Values; v["result"] != 248000.0 || !strings.Contains(fmt.Sprint(v["notes"]), "维持 2480.00 元") {
		t.Errorf("%v", v)
	}
}
