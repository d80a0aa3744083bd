package ui

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"jiezhen/app"
	"jiezhen/app/value"
)

// grades are an office's findings by area.
func grades(o *testOffice, e app.Examination) map[string]app.Finding {
	out := map[string]app.Finding{}
	for _, f := range o.house.Examine(context.Background(), e) {
		out[f.Area] = f
	}
	return out
}

// TestDoctorFinds breaks one thing after the other.
func TestDoctorFinds(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.settle()
	list := grades(o, app.Examination{Deep: true})
	for _, area := range []string{"启动", "磁盘", "时钟", "权限", "数据", "检索", "字体", "节假日"} {
		if f, ok := list[area]; !ok || f.Grade != app.Fine {
			t.Errorf("%s: %+v", area, f)
		}
	}
	for _, area := range []string{"备份", "离机备份", "试恢复", "标准"} {
		if f, ok := list[area]; !ok || f.Grade != app.Remark || f.Remedy == "" {
			t.Errorf("%s: %+v", area, f)
		}
	}
	mended := []string{"备份", "试恢复"}
	if runtime.GOOS != "windows" {
		o.must(os.Chmod(o.house.Dir(), 0o755))
		if f := grades(o, app.Examination{})["权限"]; f.Grade != app.Trouble {
			t.Errorf("a folder open to others: %+v", f)
		}
		mended = append(mended, "权限")
	}
	fixed := grades(o, app.Examination{Deep: true, Fix: true})
	for _, area := range mended {
		if fixed[area].Fixed == "" {
			t.Errorf("%s is not repaired: %+v", area, fixed[area])
		}
	}
	again := grades(o, app.Examination{})
	if _, still := again["备份"]; still || again["试恢复"].Grade != app.Fine || again["权限"].Grade != app.Fine {
		t.Errorf("after the repair: %+v", again)
	}
}

// TestDoctorSeesAWrongIndex takes a document out of the index behind the
// office's back.
func TestDoctorMendsTheIndex(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.settle()
	o.must(o.house.Leave())
	segments, err := filepath.Glob(filepath.Join(o.house.Dir(), "index", "search", "*.zap"))
	o.must(err)
	if len(segments) == 0 {
		t.Fatal("no segments to damage")
	}
	for _, path := range segments {
		data, err := os.ReadFile(path)
		o.must(err)
		data[len(data)/2] ^= 1
		o.must(os.WriteFile(path, data, 0o600))
	}
	o.house, err = app.Enter(context.Background(), testConfig(o.dir, o.clock))
	o.must(err)
	list := grades(o, app.Examination{Deep: true, Fix: true})
	if f := list["检索"]; f.Grade == app.Trouble && f.Fixed == "" {
		t.Errorf("not repaired: %+v", f)
	}
	if f := grades(o, app.Examination{Deep: true})["检索"]; f.Grade != app.Fine || f.Found == "可用" {
		t.Errorf("after the repair: %+v", f)
	}
}

// TestDoctorPage: examined beside the page, shown afterwards, and a file for
// the maintainer that holds nobody's name.
func TestDoctorPage(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.must(os.MkdirAll(filepath.Join(o.house.Dir(), "logs"), 0o700))
	o.must(os.WriteFile(filepath.Join(o.house.Dir(), "logs", "jiezhen.log"), []byte("level=INFO msg=start\n"), 0o600))
	b := o.as("admin.system")
	if a := b.send("/doctor", url.Values{"_do": {"check"}}); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.text())
	} else {
		o.finished(b, a.header.Get("Location"))
	}
	a := b.get("/doctor")
	if a.status != http.StatusOK || !strings.Contains(a.body, "上一次全面体检") || !strings.Contains(a.body, "数据完好") {
		t.Errorf("%d %s", a.status, a.text())
	}
	file := b.get("/doctor/diagnostics.zip")
	z, err := zip.NewReader(strings.NewReader(file.body), int64(len(file.body)))
	o.must(err)
	var all bytes.Buffer
	for _, f := range z.File {
		r, err := f.Open()
		o.must(err)
		_, err = io.Copy(&all, r)
		o.must(err)
	}
	for _, want := range []string{"体检", "level=INFO", "store"} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("the file lacks %q", want)
		}
	}
	for _, name := range []string{"禹宁川", "钟离安", "单于远", "顾阿婆", hiddenName, hiddenWords, "13800001234", testPassword} {
		if strings.Contains(all.String(), name) {
			t.Errorf("the file holds %s", name)
		}
	}
}

// finished waits for a job.
func (o *testOffice) finished(b *client, at string) {
	o.t.Helper()
	for range 3000 {
		a := b.get(at + "?json")
		if strings.Contains(a.body, `"finished":true`) || a.status == http.StatusSeeOther {
			return
		}
	}
	o.t.Fatalf("the job at %s does not end: %s", at, b.get(at+"?json").body)
}

// TestHolidaysOfNextYear: without a table nothing that runs into the year is
// counted; one enters it, another approves it, and it counts.
func TestHolidaysOfNextYear(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	const days = "1月1日至1月3日 休 元旦\n2月5日至2月11日 休 春节\n2月14日 班 春节\n4月3日至4月5日 休 清明节"
	form := func() url.Values {
		return url.Values{"year": {"2027"}, "notice": {"虚构的放假通知（测试发〔2026〕1号）"}, "days": {days}}
	}
	counts := func() bool {
		_, _, err := o.house.Office().Holidays().Workday(value.Date("2027-02-05"))
		return err == nil
	}
	if counts() {
		t.Fatal("2027 counts without a table")
	}
	system, security := o.as("admin.system"), o.as("admin.security")
	for name, change := range map[string]func(url.Values){
		"no basis":     func(f url.Values) { f.Set("notice", "") },
		"too few days": func(f url.Values) { f.Set("days", "1月1日 休 元旦") },
		"nonsense":     func(f url.Values) { f.Set("days", days+"\n那几天 休 春节") },
		"wrong year":   func(f url.Values) { f.Set("days", days+"\n2026-05-01 休 劳动节") },
		"twice":        func(f url.Values) { f.Set("days", days+"\n1月1日 班 元旦") },
	} {
		f := form()
		change(f)
		if a := system.send("/settings/holidays/new", f); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "春节") && name != "too few days" {
			t.Errorf("%s: %d %s", name, a.status, a.text())
		}
	}
	if a := system.send("/settings/holidays/new", form()); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.text())
	}
	if a := system.send("/policy", url.Values{"_do": {"approve"}}); a.status != http.StatusForbidden || counts() {
		t.Errorf("approved alone: %d", a.status)
	}
	if a := security.get("/policy"); !strings.Contains(a.body, "2027-02-14") || !strings.Contains(a.body, "测试发") {
		t.Errorf("what is to be approved is not shown: %s", a.text())
	}
	if a := security.send("/policy", url.Values{"_do": {"approve"}}); a.status != http.StatusSeeOther || !counts() {
		t.Errorf("not in force: %d %s", a.status, a.text())
	}
	if a := system.get("/settings/holidays"); !strings.Contains(a.body, "2027-02-14") {
		t.Errorf("not shown: %s", a.text())
	}
}

// TestFindingsLeadOn: what has to be seen to leads to where that is done, and
// the system administrator may go there.
func TestFindingsLeadOn(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	admin := o.as("admin.system")
	home := admin.get("/")
	for _, want := range []string{`href="/backup">去备份与恢复`, `href="/settings">去设置`} {
		if !strings.Contains(home.body, want) {
			t.Errorf("the page does not lead on by %s", want)
		}
	}
	for area, at := range mendedAt {
		if a := admin.get(at.URL); a.status != http.StatusOK {
			t.Errorf("%s leads to %s: %d", area, at.URL, a.status)
		}
	}
}

// BenchmarkExamine is the self-check that stands at the head of the system
// administrator's page.
func BenchmarkExamine(b *testing.B) {
	o := openOffice(b)
	o.settle()
	for b.Loop() {
		o.house.Examine(b.Context(), app.Examination{})
	}
}

func BenchmarkAdminHome(b *testing.B) {
	o := openOffice(b)
	o.settle()
	admin := o.as("admin.system")
	for b.Loop() {
		admin.get("/")
	}
}
