package app

import (
	"strings"
	"testing"
)

func TestHolidayLines(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"1月1日 休 元旦":            "2027-01-01\t休\t元旦\n",
		"2027-01-01\t休\t元旦":    "2027-01-01\t休\t元旦\n",
		"1月1日至1月3日 放假 元旦":      "2027-01-01\t休\t元旦\n2027-01-02\t休\t元旦\n2027-01-03\t休\t元旦\n",
		"1月31日 至 2月1日，休，春节":    "2027-01-31\t休\t春节\n2027-02-01\t休\t春节\n",
		"2月20日 班 春节":           "2027-02-20\t班\t春节\n",
		"2月20日 调休上班 春节":        "2027-02-20\t班\t春节\n",
		"2027年10月1日 休 国庆节、中秋节": "2027-10-01\t休\t国庆节、中秋节\n",
	} {
		rows, err := holidayLine(2027, line)
		if got := strings.Join(rows, ""); err != nil || got != want {
			t.Errorf("%q: %q, %v, want %q", line, got, err, want)
		}
	}
	for _, line := range []string{"元旦", "1月1日 元旦", "13月1日 休 元旦", "2月30日 休 春节", "2026-12-31 休 元旦", "1月3日至1月1日 休 元旦", "1月1日至12月31日 休 元旦", "1月1日 休", "休 1月1日 元旦"} {
		if rows, err := holidayLine(2027, line); err == nil {
			t.Errorf("%q is read as %q", line, rows)
		}
	}
}
