package sheet

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestNothingInClear writes a workbook larger than what the library keeps in
// memory by itself: no temporary file may come of it, and every row is there.
func TestNothingInClear(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, dir)
	}
	b, err := newBook("测试", 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	cell := strings.Repeat("家访记录", 500)
	n := 2*excelize.StreamChunkSize/len(cell) + 1
	for range n {
		if err := b.row(plain, []string{cell, "甲"}); err != nil {
			t.Fatal(err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("in clear on the disk: %v %v", left, err)
	}
	data, err := b.bytes()
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: 1 << 30, UnzipXMLSizeLimit: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := f.GetCellValue(dataSheet, "A"+strconv.Itoa(n)); err != nil || got != cell {
		t.Errorf("the last row holds %d characters: %v", len(got), err)
	}
}
