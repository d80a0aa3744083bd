package ui

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"jiezhen/app/record"
)

// upload sends a list to a register's import desk and gives where it leads.
func (b *client) upload(t *testing.T, register, name, text string) string {
	t.Helper()
	return b.sendFile("/import/"+register, name, text).expectAt(t)
}

// sendFile sends a form with a file.
func (b *client) sendFile(path, name, text string) answer {
	b.o.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	b.o.must(w.WriteField("_csrf", b.token()))
	part, err := w.CreateFormFile("file", name)
	b.o.must(err)
	_, err = part.Write([]byte(text))
	b.o.must(err)
	b.o.must(w.Close())
	r := b.request("POST", path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(r)
}

// waitFor asks a job how far it is until it is over.
func (b *client) waitFor(t *testing.T, job string) {
	t.Helper()
	var state struct {
		Done, Total int
		Finished    bool
	}
	for range 3000 {
		b.json(job+"?json").decode(t, &state)
		if state.Done > state.Total {
			t.Fatalf("%d of %d", state.Done, state.Total)
		}
		if state.Finished {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the job does not end")
}

// TestLongListIsTriedBesideThePage imports more rows than a page waits for:
// the try has a bar, is computed once, and survives reloading.
func TestLongListIsTriedBesideThePage(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("child.officer")
	const rows = tryHere + 100
	var list strings.Builder
	list.WriteString("姓名,性别,出生日期,社区（村）\n")
	community := o.placeName(o.east)
	for i := range rows {
		sex := "男"
		if i == 7 {
			sex = "不是性别"
		}
		fmt.Fprintf(&list, "申屠%c%c,%s,2016-03-%02d,%s\n", '一'+rune(i%500), '丈'+rune(i/500), sex, 1+i%28, community)
	}
	at := b.upload(t, "person.file", "名单.csv", list.String())
	job := b.get(at).expectAt(t)
	if !strings.HasPrefix(job, "/jobs/") {
		t.Fatalf("the try leads to %s", job)
	}
	if again := b.get(at); again.status == 303 && again.header.Get("Location") != job {
		t.Errorf("reloading tries again: %s", again.header.Get("Location"))
	}
	b.waitFor(t, job)
	b.get(job).expect(t, 200, at)
	b.get(at).expect(t, 200, fmt.Sprint(rows), "跳过有问题的，写入 "+fmt.Sprint(rows-1)+" 行")
	if a := b.get(at + "/reply.xlsx"); a.status != 200 || !strings.HasPrefix(a.body, "PK") {
		t.Errorf("the reply: %d %s", a.status, a.text())
	}
	if n := b.total("/r/person.file"); n > 20 {
		t.Fatalf("a try wrote %d files", n)
	}
	form := url.Values{"_do": {"skip"}}
	page := b.get(at).body
	for _, m := range regexp.MustCompile(`(?s)<select[^>]*name="(column\.\d+)".*?</select>`).FindAllStringSubmatch(page, -1) {
		if on := regexp.MustCompile(`<option value="([^"]*)" selected`).FindStringSubmatch(m[0]); on != nil {
			form.Set(m[1], on[1])
		}
	}
	run := b.send(at, form).expectAt(t)
	b.waitFor(t, run)
	b.get(at).expect(t, 200, "导入结果", fmt.Sprint(rows-1))
	b.send(at+"/undo", url.Values{}).expect(t, 303)
}

// placeName is a community's name.
func (o *testOffice) placeName(id uint64) string {
	o.t.Helper()
	var name string
	o.change(func(tx *record.Tx) error {
		name = tx.Label(record.Ref{Register: record.Places, ID: id}, false)
		return nil
	})
	return name
}
