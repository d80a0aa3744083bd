package ui

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"jiezhen/app"
)

// TestAListIsImportedInABrowser uploads a list, has it tried, writes it, and
// prints a paper for several records at once.
func TestAListIsImportedInABrowser(t *testing.T) {
	o := openOffice(t)
	w := newWalk(t, o)
	w.signIn("child.officer")
	file := filepath.Join(t.TempDir(), "名单.csv")
	o.must(os.WriteFile(file, []byte(fmt.Sprintf("姓名,性别,出生日期,社区（村）\n申屠一,男,2016-03-02,%[1]s\n申屠二,女,2017年4月5日,%[1]s\n申屠三,不明,2017-04-05,%[1]s\n", o.placeName(o.east))), 0o600))
	w.open("/import/person.file")
	w.do(chromedp.SetUploadFiles(chromedp.CSS("main input[type=file]"), []string{file}))
	w.press("上传并试算")
	if !strings.Contains(w.words(), "不在可选项里") {
		t.Errorf("the try does not say what is wrong: %s", w.words())
	}
	w.press("跳过有问题的，写入 2 行")
	w.finished()
	w.press("返回")
	if !strings.Contains(w.words(), "导入结果") && !strings.Contains(w.string("document.title"), "导入结果") {
		t.Errorf("no result: %s", w.words())
	}
	w.open("/people?name=" + "%E7%94%B3%E5%B1%A0%E4%BA%8C")
	if !strings.Contains(w.words(), "申屠二") {
		t.Errorf("nobody was imported: %s", w.words())
	}

	w.open("/r/child.case")
	w.fill(map[string]string{"ref": fmt.Sprint(o.ref["case"].ID), "paper": "child/intake"}, "打印所选")
	w.press("出具并打印 1 份")
	w.finished()
	w.fetches(w.at()+"/file", "application/pdf")
}

// finished waits for the bar to come to its end.
func (w *walk) finished() {
	w.t.Helper()
	w.until(`document.querySelector('main').innerText.includes('已完成') && document.readyState === 'complete'`)
	w.check()
}

// TestTheFirstRunInABrowser sets an office up as its staff would: from the
// printed link to the first sign-in.
func TestTheFirstRunInABrowser(t *testing.T) {
	o := &testOffice{t: t, dir: t.TempDir(), clock: &testClock{at: time.Date(2026, 4, 1, 10, 0, 0, 0, time.Local)}}
	house, err := app.Enter(context.Background(), testConfig(o.dir, o.clock))
	o.must(err)
	o.house = house
	o.serve()
	w := newWalk(t, o)
	w.open(o.server.Entrance())
	w.fill(map[string]string{"town": "110109002", "name": "门头沟区人民政府城子街道办事处"}, "下一步")
	form := map[string]string{}
	for i, who := range []struct{ name, login string }{{"安全员", "anquan"}, {"系统员", "xitong"}, {"审计员", "shenji"}, {"纪经办", "jiban"}} {
		form[fmt.Sprint("name", i)], form[fmt.Sprint("login", i)], form[fmt.Sprint("password", i)] = who.name, who.login, testPassword
	}
	w.fill(form, "建立单位")
	sheet := w.string("document.querySelector('main').innerText")
	groups := keyGroup.FindAllString(sheet, -1)
	asked := regexp.MustCompile(`第 (\d) 组抄`).FindStringSubmatch(sheet)
	if len(groups) < 8 || asked == nil {
		t.Fatalf("no recovery key: %s", sheet)
	}
	w.fill(map[string]string{"group": groups[asked[1][0]-'1']}, "抄好了，继续")
	w.open("/login")
	w.fill(map[string]string{"name": "jiban", "password": testPassword}, "登录")
	if w.at() != "/" {
		t.Errorf("signed in to %s: %s", w.at(), w.words())
	}
}
