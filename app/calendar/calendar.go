// Package calendar counts days as offices do: natural days, workdays with
// make-up workdays, months, hours. Every date it computes can explain itself
// day by day.
//
// It promises never to guess: a year whose State Council notice has not been
// read in refuses statutory dates and says so. It is pure data and
// arithmetic: it reads no clock.
package calendar

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"jiezhen/app/value"
)

// Calendar knows the days off and the make-up workdays of the years that were
// read in.
type Calendar struct {
	years map[int]bool
	off   map[value.Date]string // day off → the holiday's name
	work  map[value.Date]string // make-up workday → the holiday it makes up for
}

// NoTableError says that a year's holiday table is missing.
type NoTableError struct{ Year int }

func (e *NoTableError) Error() string {
	return fmt.Sprintf("没有%d年放假安排，算不出法定期限；请在“设置—节假日”导入国务院办公厅当年通知", e.Year)
}

// Load reads holidays/*.tsv of the assets: date, 休 or 班, name. A file is a
// year.
func Load(assets fs.FS) (*Calendar, error) {
	c := &Calendar{years: map[int]bool{}, off: map[value.Date]string{}, work: map[value.Date]string{}}
	names, err := fs.Glob(assets, "holidays/*.tsv")
	if err != nil {
		return nil, fmt.Errorf("listing holiday tables: %w", err)
	}
	for _, name := range names {
		year, err := strconv.Atoi(strings.TrimSuffix(path.Base(name), ".tsv"))
		if err != nil {
			return nil, fmt.Errorf("%s：文件名应为年份", name)
		}
		text, err := fs.ReadFile(assets, name)
		if err != nil {
			return nil, fmt.Errorf("reading a holiday table: %w", err)
		}
		if err := c.read(name, year, text); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// With gives a calendar with one more year's table, in the same form.
func (c *Calendar) With(year int, text []byte) (*Calendar, error) {
	out := &Calendar{years: map[int]bool{}, off: map[value.Date]string{}, work: map[value.Date]string{}}
	for y := range c.years {
		out.years[y] = true
	}
	for d, n := range c.off {
		if d.Year() != year {
			out.off[d] = n
		}
	}
	for d, n := range c.work {
		if d.Year() != year {
			out.work[d] = n
		}
	}
	return out, out.read("放假安排", year, text)
}

func (c *Calendar) read(name string, year int, text []byte) error {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.Comment, r.FieldsPerRecord = '\t', '#', -1
	rows, err := r.ReadAll()
	if err != nil {
		return fmt.Errorf("%s：%w", name, err)
	}
	for i, row := range rows {
		if len(row) > 0 && row[0] == "date" {
			continue
		}
		if len(row) < 3 {
			return fmt.Errorf("%s 第 %d 行：应为 日期、休或班、名称 三列", name, i+1)
		}
		day, err := value.ParseDate(row[0], "")
		if err != nil || day.Year() != year {
			return fmt.Errorf("%s 第 %d 行：%q 不是%d年的日期", name, i+1, row[0], year)
		}
		switch row[1] {
		case "休":
			c.off[day] = row[2]
		case "班":
			c.work[day] = row[2]
		default:
			return fmt.Errorf("%s 第 %d 行：第二列只能写“休”或“班”", name, i+1)
		}
	}
	c.years[year] = true
	return nil
}

// Years are the years whose table has been read, for the settings and check.
func (c *Calendar) Has(year int) bool { return c.years[year] }

// Day is one day and why it counts or not.
type Day struct {
	Date    value.Date
	Counted bool
	Reason  string
}

// Workday reports whether offices work on a day, and why.
func (c *Calendar) Workday(d value.Date) (bool, string, error) {
	if !c.years[d.Year()] {
		return false, "", &NoTableError{d.Year()}
	}
	if name, ok := c.work[d]; ok {
		return true, name + "调休上班", nil
	}
	if name, ok := c.off[d]; ok {
		return false, name + "放假", nil
	}
	switch d.Weekday() {
	case 0, 6:
		return false, "周末", nil
	}
	return true, "工作日", nil
}
