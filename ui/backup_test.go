package ui

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// fill posts a form of the backup desk.
func (b *client) fill(path string, fields ...string) answer {
	values := url.Values{"_csrf": {b.token()}}
	for i := 0; i < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
	}
	return b.post(path, values)
}

// TestBackupDesk backs up to a folder, looks at the receipt, hands a copy
// back, tries a restore, and clears nothing that was not shown.
func TestBackupDesk(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("admin.system")
	if page := b.get("/backup").body; !strings.Contains(page, "还没有离开本机的备份") {
		t.Errorf("before the first bundle: %s", page)
	}
	folder := filepath.Join(t.TempDir(), "共享 盘")
	if a := b.fill("/backup/places/new", "name", "共享盘", "kind", "folder", "path", folder, "off", "是"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.text(), "找不到文件夹") {
		t.Errorf("a folder that is not there: %d %s", a.status, a.text())
	}
	o.must(os.Mkdir(folder, 0o700))
	b.fill("/backup/places/new", "name", "共享盘", "kind", "folder", "path", folder, "off", "是").expectAt(t)
	b.waitFor(t, b.fill("/backup/now").expectAt(t))
	files, err := os.ReadDir(folder)
	o.must(err)
	if len(files) == 0 || !strings.HasSuffix(files[0].Name(), "-000001-完整.jzb") {
		t.Fatalf("in the folder: %v", files)
	}
	if page := b.get("/backup").body; !strings.Contains(page, "最近一次离机备份") || !strings.Contains(page, "第 1 号") {
		t.Errorf("after the first bundle: %s", page)
	}
	if page := b.get("/backup/receipt/1").body; !strings.Contains(page, "共享盘") {
		t.Errorf("the receipt: %s", page)
	}
	b.waitFor(t, b.fill("/backup/drill").expectAt(t))
	if page := b.get("/backup").body; !strings.Contains(page, "通过：第 1 号") {
		t.Errorf("after a trial restore: %s", page)
	}
	copied := b.get("/backup/bundle/1").body
	b.waitFor(t, b.fill("/backup/look/local").expectAt(t))
	if page := b.get("/backup").body; !strings.Contains(page, "1 份全部完好") {
		t.Errorf("after looking through: %s", page)
	}
	if a := b.handBack(t, copied); a.status != http.StatusSeeOther {
		t.Errorf("handing a copy back: %d %s", a.status, a.text())
	}
	bent := []byte(copied)
	bent[len(bent)/2] ^= 1
	if a := b.handBack(t, string(bent)); a.status != http.StatusUnprocessableEntity {
		t.Errorf("handing a bent copy back: %d %s", a.status, a.text())
	}
}

func (b *client) handBack(t *testing.T, data string) answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	b.o.must(w.WriteField("_csrf", b.token()))
	b.o.must(w.WriteField("where", "保险柜"))
	part, err := w.CreateFormFile("file", "a.jzb")
	b.o.must(err)
	_, err = part.Write([]byte(data))
	b.o.must(err)
	b.o.must(w.Close())
	r := b.request("POST", "/backup/handback", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(r)
}

// TestRestoreOnThePage goes back to a bundle through the pages: looked at
// first, taken with the password, everyone signed out, the old data kept.
func TestRestoreOnThePage(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	b := o.as("admin.system")
	b.waitFor(t, b.fill("/backup/now").expectAt(t))
	var wrong record.Ref
	o.change(func(tx *record.Tx) error {
		r, err := tx.Create(record.Draft{Register: "party.party", Values: register.Values{"name": "备份之后写的", "kind": "school"}})
		if err == nil {
			wrong = r.Ref
		}
		return err
	})
	b.waitFor(t, b.fill("/backup/restore", "from", "local").expectAt(t))
	if page := b.get("/backup/restored").body; !strings.Contains(page, "换成这份数据") || !strings.Contains(page, "记录") {
		t.Fatalf("what was restored: %s", page)
	}
	if a := b.fill("/backup/restored", "password", "不是密码"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("with a wrong password: %d", a.status)
	}
	if a := b.fill("/backup/restored", "password", testPassword); a.status != http.StatusSeeOther || a.header.Get("Location") != "/login" {
		t.Fatalf("taking it: %d %s %s", a.status, a.header.Get("Location"), a.text())
	}
	if a := b.get("/"); a.status != http.StatusSeeOther {
		t.Errorf("still signed in: %d", a.status)
	}
	err := o.house.Office().Book.View(t.Context(), access.Office(), func(tx *record.Tx) error {
		_, err := tx.Open(wrong)
		return err
	})
	if r, ok := record.AsRefusal(err); !ok || r.Code != record.CodeNotFound {
		t.Errorf("what was written after the bundle is still there: %v", err)
	}
	kept, err := filepath.Glob(filepath.Join(o.house.Dir(), "replaced-*", "store", "store.db"))
	if err != nil || len(kept) != 1 {
		t.Errorf("the old data were not kept: %v", kept)
	}
	again := o.as("admin.system")
	if a := again.get("/backup"); a.status != http.StatusOK {
		t.Errorf("after the exchange: %d", a.status)
	}
}
