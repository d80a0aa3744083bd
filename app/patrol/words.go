package patrol

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"jiezhen/app/record"
	"jiezhen/app/value"
)

func rowsOf(r *record.Record, field string) []map[string]any {
	rows, _ := r.Values[field].([]map[string]any)
	return rows
}

func str(v any) string { s, _ := v.(string); return s }

func compare(a, b string) int { return cmp.Compare(a, b) }

func pointRef(row map[string]any) record.Ref {
	id, _ := strconv.ParseUint(str(row["point"]), 10, 64)
	return record.Ref{Register: Points, ID: id}
}

// oneLine puts what stands on several lines on one.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }), "；")
}

func orToday(tx *record.Tx, d value.Date) value.Date {
	if d == "" {
		return tx.Today()
	}
	return d
}

// clockText reads a time of day as it is typed in haste: 905, 9:05, 9：05, 0905
// and 9 are 09:05 and 09:00. ok is false when it is none; "" stays "".
func clockText(typed string) (text string, ok bool) {
	s := strings.NewReplacer("：", ":", "．", ":", ".", ":", "点", ":", "时", ":", "分", "").Replace(width.Fold.String(strings.TrimSpace(typed)))
	if s == "" {
		return "", true
	}
	h, m, parted := strings.Cut(s, ":")
	if !parted {
		switch len(s) {
		case 1, 2:
			m = "0"
		case 3, 4:
			h, m = s[:len(s)-2], s[len(s)-2:]
		default:
			return "", false
		}
	}
	if m == "" {
		m = "0"
	}
	hour, errH := strconv.ParseUint(h, 10, 8)
	minute, errM := strconv.ParseUint(m, 10, 8)
	if errH != nil || errM != nil || hour > 23 || minute > 59 {
		return "", false
	}
	return fmt.Sprintf("%02d:%02d", hour, minute), true
}

// minutes is the minute of the day, -1 when there is no time.
func minutes(at string) int {
	if len(at) != len("09:05") {
		return -1
	}
	h, errH := strconv.Atoi(at[:2])
	m, errM := strconv.Atoi(at[3:])
	if errH != nil || errM != nil {
		return -1
	}
	return h*60 + m
}

// MondayOf is the Monday of a day's week.
func MondayOf(d value.Date) value.Date { return d.AddDays(-(int(d.Weekday()) + 6) % 7) }

func idOf(v any) uint64 {
	id, _ := strconv.ParseUint(str(v), 10, 64)
	return id
}

var weekdays = []string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

// dayName is a day short enough for a column of a sheet: 11-23 周一.
func dayName(d value.Date) string {
	if len(d) != len("2026-11-23") {
		return ""
	}
	return string(d[5:]) + " " + weekdays[d.Weekday()]
}
