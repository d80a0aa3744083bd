package embedstore

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

func zipped(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		if _, err := z.Create(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestStageFileTypes(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, tc := range []struct {
		name string
		data []byte
		want string
	}{
		{"pdf", []byte("%PDF-1.7\n"), "application/pdf"},
		{"png", []byte("\x89PNG\r\n\x1a\n0000"), "image/png"},
		{"jpeg", []byte("\xff\xd8\xff\xe000"), "image/jpeg"},
		{"docx", zipped(t, "[Content_Types].xml", "word/document.xml"), typeDocx},
		{"xlsx", zipped(t, "[Content_Types].xml", "xl/workbook.xml"), typeXlsx},
		{"text", []byte("姓名,年龄\n张三,8\n"), "text/plain"},
		{"zip", zipped(t, "a.exe"), ""},
		{"exe", []byte("MZ\x90\x00\x03"), ""},
		{"html", []byte("<html><script>x</script>"), ""},
		{"empty", nil, ""},
	} {
		f, err := o.StageFile(t.Context(), bytes.NewReader(tc.data))
		if f.Type != tc.want || (tc.want == "") != errors.Is(err, ErrType) {
			t.Errorf("%s: %q, %v", tc.name, f.Type, err)
		}
	}
}

func TestFileLimits(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.Store.cfg.FileLimit, o.Store.cfg.FileQuota = 10, 15
	if _, err := o.StageFile(t.Context(), strings.NewReader("12345678901")); !errors.Is(err, ErrTooLarge) {
		t.Errorf("large: %v", err)
	}
	a, errA := o.StageFile(t.Context(), strings.NewReader("1234567890"))
	b, errB := o.StageFile(t.Context(), strings.NewReader("abcdefghij"))
	if err := errors.Join(errA, errB); err != nil {
		t.Fatal(err)
	}
	o.update(func(tx *Tx) error { return errors.Join(tx.KeepFile(a), tx.KeepFile(a)) })
	if _, err := o.Update(t.Context(), Entry{}, func(tx *Tx) error { return tx.KeepFile(b) }); !errors.Is(err, ErrQuota) {
		t.Errorf("keeping over the quota: %v", err)
	}
	if _, err := o.StageFile(t.Context(), strings.NewReader("klmnopqrst")); !errors.Is(err, ErrQuota) {
		t.Errorf("staging over the quota: %v", err)
	}
	if data, f, err := o.ReadFile(t.Context(), a.Hash); string(data) != "1234567890" || f != a || err != nil {
		t.Errorf("read %q %+v %v", data, f, err)
	}
	o.sound()
}

// Only when the journal too has gone on for long is a staged file swept; a
// kept one never.
func TestSweep(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	start := o.cfg.Clock()
	kept, errKept := o.StageFile(t.Context(), strings.NewReader("kept"))
	staged, errStaged := o.StageFile(t.Context(), strings.NewReader("staged"))
	if err := errors.Join(errKept, errStaged, os.Chtimes(o.filePath(kept.Hash), start, start), os.Chtimes(o.filePath(staged.Hash), start, start)); err != nil {
		t.Fatal(err)
	}
	o.update(func(tx *Tx) error { return errors.Join(tx.KeepFile(kept), tx.Event("keep", nil)) })
	there := func(f File) bool { _, err := os.Stat(o.filePath(f.Hash)); return err == nil }
	later := start.AddDate(1, 0, 0)
	o.cfg.Clock = func() time.Time { return later }
	o.reopen()
	if !there(staged) {
		t.Error("a jump of the clock swept a file")
	}
	o.update(func(tx *Tx) error { return tx.Event("view", nil) })
	o.reopen()
	if there(staged) || !there(kept) {
		t.Errorf("staged there: %v, kept there: %v", there(staged), there(kept))
	}
}
