package ui

import (
	"archive/zip"
	"bytes"
	"context"
	"html"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/backup"
	"jiezhen/app/bundle"
)

// file sends a form with a file.
func (b *client) file(t *testing.T, path, name string, data []byte, fields ...string) answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	b.o.must(w.WriteField("_csrf", b.token()))
	for i := 0; i < len(fields); i += 2 {
		b.o.must(w.WriteField(fields[i], fields[i+1]))
	}
	part, err := w.CreateFormFile("file", name)
	b.o.must(err)
	_, err = part.Write(data)
	b.o.must(err)
	b.o.must(w.Close())
	r := b.request("POST", path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(r)
}

// TestDistrictPages enrols an office, takes its bundles in from a folder, shows
// totals and rows, and keeps a stranger's aside.
func TestDistrictPages(t *testing.T) {
	t.Parallel()
	d := openHouse(t, func(c *app.Config) { c.District = true })
	o, stranger := openOffice(t), openOffice(t)
	ctx := context.Background()
	b := d.as("admin.system")
	b.get("/district").expect(t, http.StatusOK, "还没有登记街镇")
	keys, err := d.house.Office().District.Keys(ctx)
	d.must(err)
	if page := html.UnescapeString(b.get("/district/keys").body); !strings.Contains(page, keys.Signer.Public) || !strings.Contains(page, keys.Readers[bundle.National].Public) {
		t.Error("the page of keys lacks some")
	}
	keeper := o.as("admin.system")
	card := d.as("admin.system").get("/district/card").body
	if a := keeper.file(t, "/backup/readers", "a.json", []byte(keeper.get("/backup/card").body), "name", "区民政局"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("an office's card was taken for a district's: %d", a.status)
	}
	keeper.file(t, "/backup/readers", "a.json", []byte(card), "name", "区民政局", "with_sealed", "否").expectAt(t)
	signer, err := o.house.Office().Backup.Signer(ctx)
	o.must(err)
	id := o.house.Office().Backup.Identity()
	if page := html.UnescapeString(keeper.get("/backup/settings").body); !strings.Contains(page, id) || !strings.Contains(page, signer) {
		t.Error("the office's page lacks what the district asks for")
	}
	b.fill("/district/offices/new", "id", "不对", "name", "甲街道", "signer", signer).expect(t, http.StatusUnprocessableEntity, "应为 32 位")
	b.file(t, "/district/offices/new", "a.json", []byte(keeper.get("/backup/card").body), "name", "甲街道").expectAt(t)
	folder := t.TempDir()
	for _, from := range []*testOffice{o, stranger} {
		_, _, err := from.house.Office().Backup.Make(ctx, backup.ReasonPlain)
		from.must(err)
		_, err = from.house.Office().Backup.CarryFolder(ctx, access.Office(), folder)
		from.must(err)
	}
	b.waitFor(t, b.fill("/district/receive", "folder", folder).expectAt(t))
	b.get("/district").expect(t, http.StatusOK, "甲街道", "0 天前", "人员主档")
	b.get("/district/quarantine").expect(t, http.StatusOK, "没有登记过的单位", "请先登记这个单位")
	b.get("/district/rows/"+id+"/child.case").expect(t, http.StatusOK, "只列编号和状态")
	if rows := b.get("/district/rows/" + id + "/person.file").body; strings.Contains(rows, "单于远") {
		t.Error("the rows show names")
	}
	b.get("/district/matches").expect(t, http.StatusOK, "没有发现")
	receipts, err := filepath.Glob(filepath.Join(folder, "*"+bundle.ReceiptSuffix))
	d.must(err)
	if len(receipts) != 1 {
		t.Fatalf("receipts left: %v", receipts)
	}
	data, err := os.ReadFile(receipts[0])
	d.must(err)
	keeper.file(t, "/backup/receipt", "a.json", data).expectAt(t)
	keeper.get("/backup").expect(t, http.StatusOK, "区里的回执")
	if a := b.fill("/district/keys"); a.status != http.StatusForbidden {
		t.Errorf("the system administrator made sealed-records keys: %d", a.status)
	}
	if a := d.as("leader").fill("/district/keys"); a.status != http.StatusOK || !strings.Contains(a.body, "AGE-SECRET-KEY-") {
		t.Errorf("the leader's sealed-records keys: %d", a.status)
	}
	again, err := d.house.Office().District.Keys(ctx)
	d.must(err)
	o2 := keeper.file(t, "/backup/readers", "a.json", []byte(b.get("/district/card").body), "name", "区档案处", "with_sealed", "是")
	if o2.status != http.StatusUnprocessableEntity { // the same receiving key stands there already
		t.Errorf("the district a second time: %d", o2.status)
	}
	if again.Sealed[bundle.Classic] == "" || again.Readers[bundle.Classic] != keys.Readers[bundle.Classic] {
		t.Error("the sealed-records key is not kept, or the others changed")
	}
	for _, role := range []string{"child.officer", "admin.security"} {
		if a := d.as(role).get("/district"); a.status != http.StatusForbidden {
			t.Errorf("%s sees the district: %d", role, a.status)
		}
	}
}

// zipped packs files for a policy pack.
func zipped(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for name, text := range files {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// TestPolicyPack makes a pack at the district, brings it to an office, sees what
// changes, has another approve it, and undoes it. Bad packs change nothing.
func TestPolicyPack(t *testing.T) {
	t.Parallel()
	d, o := openHouse(t, func(c *app.Config) { c.District = true }), openOffice(t)
	keys, err := d.house.Office().District.Keys(context.Background())
	d.must(err)
	maker := d.as("admin.security")
	days := "date\tname\tkind\n2027-01-01\t元旦\toff\n"
	if text, err := os.ReadFile("../assets/holidays/2026.tsv"); err == nil {
		days = strings.ReplaceAll(string(text), "2026-", "2027-")
	}
	for name, files := range map[string]map[string]string{
		"a file outside":    {"roles.yaml": "roles: []"},
		"a way out":         {"../../x.yaml": "a: b"},
		"a register broken": {"registers/child/x.yaml": "id: child.x\ntitle: ["},
		"not text":          {"codes/x.yaml": "\xff\xfe"},
	} {
		if a := maker.file(t, "/district/packs", "a.zip", zipped(t, files), "title", "坏的"); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, a.status, a.text())
		}
	}
	made := maker.file(t, "/district/packs", "a.zip", zipped(t, map[string]string{"holidays/2027.tsv": days}), "title", "2027年节假日安排")
	made.expect(t, http.StatusOK)
	pack := []byte(made.body)
	brings := o.as("admin.system")
	brings.file(t, "/policy/bring", "a.jzp", pack).expect(t, http.StatusUnprocessableEntity, "不是登记的区里的")
	brings.fill("/backup/readers", "name", "区民政局", "key", keys.Readers[bundle.Classic].Public, "signer", keys.Signer.Public).expectAt(t)
	for i := range 40 {
		bent := bytes.Clone(pack)
		bent[(i*97+5)%len(bent)] ^= 1 << (i % 8)
		if a := brings.file(t, "/policy/bring", "a.jzp", bent); a.status != http.StatusUnprocessableEntity {
			t.Errorf("a bent pack: %d", a.status)
		}
	}
	brings.file(t, "/policy/bring", "a.jzp", pack).expectAt(t)
	brings.get("/policy").expect(t, http.StatusOK, "待批准：2027年节假日安排", "holidays/2027.tsv", "新文件")
	if o.house.Office().Holidays().Has(2027) {
		t.Error("the pack is in force before anybody approved it")
	}
	if a := brings.fill("/policy", "_do", "approve"); a.status != http.StatusForbidden {
		t.Errorf("approved by who may not: %d", a.status)
	}
	o.as("leader").fill("/policy", "_do", "approve").expectAt(t)
	if !o.house.Office().Holidays().Has(2027) {
		t.Error("the approved pack is not in force")
	}
	o.as("leader").get("/policy").expect(t, http.StatusOK, "在用的政策包", "2027年节假日安排")
	if a := o.as("leader").fill("/policy", "_do", "undo", "reason", "错"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("undone without a reason: %d", a.status)
	}
	o.as("leader").fill("/policy", "_do", "undo", "reason", "区里发错了").expectAt(t)
	if o.house.Office().Holidays().Has(2027) {
		t.Error("the pack is still in force after undoing")
	}
}
