package ui

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func reportForm() url.Values {
	return form("found_at", "2026-04-01 09:30", "sector", "school", "unit", "虚构小学", "harm", "4", "facts", "背部多处伤痕", "suspect", "unknown")
}

// TestMandatoryReport goes from what was found to the archive: the police at
// once and by anyone, the minutes counted, nobody's leave asked.
func TestMandatoryReport(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	c.begin("child.director", "child.report", "child", reportForm())
	page := c.as("child.director").get("/r/" + c.ref)
	if !strings.Contains(page.body, "逾期 30 分钟") {
		t.Errorf("the clock does not run by the minute: %s", page.text())
	}
	c.o.clock.add(5 * time.Minute)
	if home := c.as("child.director").get("/"); !strings.Contains(home.body, "逾期 35 分钟") {
		t.Errorf("not on the work list: %s", home.text())
	}
	c.stopped("child.director", "report", "报案时间不能早于发现时间", form("reported_at", "2026-04-01 09:20", "way", "phone", "police", "虚构派出所"))
	c.stopped("child.director", "report", "请填写接警单位", form("reported_at", "2026-04-01 09:45", "way", "phone"))
	c.do("child.director", "report", "reported", form("reported_at", "2026-04-01 09:45", "way", "phone", "police", "虚构派出所", "receipt", "1号"))
	if v := c.see("child.officer").Values; v["minutes"] != 15.0 || v["reported_on"] != "2026-04-01" {
		t.Errorf("minutes %v on %v", v["minutes"], v["reported_on"])
	}
	c.due("child.officer", "step:reported", "2026-04-07") // three days, past the Qingming holiday
	c.do("child.officer", "notify", "reported", form("notified.0.to", "civil", "notified.0.at", "2026-04-01 10:00", "secrecy", "是"))
	c.do("child.officer", "answer", "follow", form("result", "filed", "result_at", "2026-04-01", "result_no", "立案1号"))
	c.stopped("child.supervisor", "close", "回访", nil)
	c.do("child.director", "visit", "follow", form("visits.0.date", "2026-04-01", "visits.0.note", "平安"))
	c.paper("child.officer", "child/report", "child/clue")
	c.do("child.supervisor", "close", "closed", nil)
}

// TestReportAsksNobody holds the register to the law: from finding to the
// police there is one action, open to each who may find something, with
// neither approval nor a second person.
func TestReportAsksNobody(t *testing.T) {
	t.Parallel()
	d := openOffice(t).definition("child.report")
	out := d.ActionsFrom(d.First())
	if len(out) != 1 || out[0].ID != "report" || out[0].Approval || out[0].NotAuthor || out[0].Meets || len(out[0].Needs) > 0 {
		t.Fatalf("from the finding lead %+v", out)
	}
	for _, role := range d.Rights.Create {
		if !slices.Contains(out[0].By, role) {
			t.Errorf("%s may record a finding but not that the police were told", role)
		}
	}
}

// TestReporterIsSealed looks for the reporter's name as every post, on every
// page where it might come out.
func TestReporterIsSealed(t *testing.T) {
	t.Parallel()
	const name, unit = "匿名举报的柯老师", "只有她知道的单位"
	c := newCourse(t)
	report := c.begin("child.supervisor", "child.report", "child", reportForm())
	if a := c.as("child.supervisor").get("/r/" + report); !strings.Contains(a.body, "登记报告人（封存）") {
		t.Errorf("the way to the reporter is missing: %s", a.text())
	}
	_, id, _ := strings.Cut(report, "/")
	sealed := c.begin("child.supervisor", "child.reporter", "", form("report", id, "kind", "duty", "name", name, "unit", unit, "promise", "是"))
	c.o.settle()
	if a := c.as("welfare.head").get("/r/" + sealed); a.status != http.StatusOK || !strings.Contains(a.body, name) {
		t.Errorf("the head does not see the reporter: %d", a.status)
	}
	if a := c.as("child.supervisor").get("/r/" + report); !strings.Contains(a.body, "/r/"+sealed) {
		t.Error("the report does not lead the supervisor to the reporter")
	}
	for _, r := range c.o.house.Office().Roles {
		if r.ID == "child.supervisor" || r.ID == "welfare.head" {
			continue
		}
		for _, path := range []string{"/", "/r/" + report, "/r/" + sealed, "/r/child.reporter", "/search?q=柯老师", "/search?q=只有她", "/insight", "/audit", "/systems",
			"/r/" + report + "/paper/child~report.pdf", "/export/child.reporter", "/import/child.reporter", "/people/" + strings.TrimPrefix(c.o.ref["child"].String(), "person.file/")} {
			a := c.as(r.ID).get(path)
			if strings.Contains(a.body, name) || strings.Contains(a.body, unit) || !strings.HasSuffix(path, sealed) && strings.Contains(a.body, sealed) {
				t.Errorf("%s reads of the reporter on %s", r.ID, path)
			}
			if strings.Contains(path, "child.reporter") && a.status == http.StatusOK {
				t.Errorf("%s opens %s", r.ID, path)
			}
			if path == "/audit" && strings.Contains(a.body, "报告人") {
				t.Errorf("%s reads in the journal that there is a reporter", r.ID)
			}
		}
	}
}

// TestHowToReport opens the page that tells how to report without signing in,
// from a link on every page.
func TestHowToReport(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	a := o.browser().get("/help/report")
	if a.status != http.StatusOK {
		t.Fatalf("without signing in: %d", a.status)
	}
	harms, _ := o.house.Office().Book.Policy().Codes("child.harm")
	for _, item := range harms.Items {
		if !strings.Contains(a.body, item.Label) {
			t.Errorf("the page leaves out: %s", item.Label)
		}
	}
	for _, number := range []string{"110", "120", "12345"} {
		if !strings.Contains(a.body, number) {
			t.Errorf("the page leaves out %s", number)
		}
	}
	if b := o.browser().get("/login"); !strings.Contains(b.body, `href="/help/report"`) {
		t.Error("no way there from the door")
	}
	if b := o.as("disability.worker").get("/"); !strings.Contains(b.body, `href="/help/report"`) {
		t.Error("no way there from the desk")
	}
}
