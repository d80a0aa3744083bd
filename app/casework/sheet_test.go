package casework_test

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"jiezhen/app/register"
)

// fillSheet writes into the first child's row as somebody at a table would;
// dates stand there as the number that a spreadsheet makes of them.
func fillSheet(t *testing.T, sheet []byte, words map[string]string, fields []*register.Field) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(sheet))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i, field := range fields {
		word, ok := words[field.ID]
		if !ok {
			continue
		}
		at, err := excelize.CoordinatesToCellName(8+i, 3)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStr("走访", at, word); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
