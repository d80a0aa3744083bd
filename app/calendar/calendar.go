package calendar

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiezhen/app/value"
)

// Calendar knows the days off and the make-up workdays of the years that were
// read in. It never changes.
type Calendar struct {
	years map[int]string        // year → the notice it comes from
	off   map[value.Date]string // day off → the holiday's name
	work  map[value.Date]string // make-up workday → the holiday it makes up for
}

// NoTableError says that a year's holiday table is missing.
type NoTableError struct{ Year int }

func (e *NoTableError) Error() string {
	return fmt.Sprintf("没有%d年放假安排，算不出法定期限；请在“设置—节假日”导入国务院办公厅当年通知", e.Year)
}

// Load reads holidays/*.tsv of the assets. A file is a year, named after it;
// see With for what is in it.
func Load(assets fs.FS) (*Calendar, error) {
	c := &Calendar{years: map[int]string{}, off: map[value.Date]string{}, work: map[value.Date]string{}}
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

// With gives a calendar in which a year's table is replaced or added: lines
// of date, 休 or 班, name, parted by tabs; a first line “# …” names the notice.
func (c *Calendar) With(year int, text []byte) (*Calendar, error) {
	out := &Calendar{years: maps.Clone(c.years), off: maps.Clone(c.off), work: maps.Clone(c.work)}
	ofYear := func(d value.Date, _ string) bool { return d.Year() == year }
	maps.DeleteFunc(out.off, ofYear)
	maps.DeleteFunc(out.work, ofYear)
	if err := out.read("放假安排", year, text); err != nil {
		return nil, err
	}
	return out, nil
}

// leastOff is less than any notice has ever given; a shorter table is a
// damaged one, and counting by it would shorten people's deadlines.
const leastOff = 10

func (c *Calendar) read(name string, year int, text []byte) error {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.Comment, r.FieldsPerRecord = '\t', '#', -1
	off := 0
	for {
		row, err := r.Read()
		if len(row) == 0 {
			if err != nil && !errors.Is(err, io.EOF) {
				return fmt.Errorf("%s：%w", name, err)
			}
			break
		}
		line, _ := r.FieldPos(0)
		if row[0] == "date" {
			continue
		}
		if err := c.line(year, row); err != nil {
			return fmt.Errorf("%s 第 %d 行：%w", name, line, err)
		}
		if row[1] == "休" {
			off++
		}
	}
	if off < leastOff {
		return fmt.Errorf("%s：%d年只有%d个休息日，不像完整的放假安排，请核对", name, year, off)
	}
	c.years[year] = notice(text)
	return nil
}

func (c *Calendar) line(year int, row []string) error {
	if len(row) < 3 {
		return fmt.Errorf("应为 日期、休或班、名称 三列")
	}
	day, err := value.ParseDate(row[0], "")
	if err != nil {
		return err
	}
	if day.Year() != year {
		return fmt.Errorf("%s 不是%d年的日期", day, year)
	}
	if c.off[day] != "" || c.work[day] != "" {
		return fmt.Errorf("%s 写了两次", day)
	}
	switch row[1] {
	case "休":
		c.off[day] = row[2]
	case "班":
		c.work[day] = row[2]
	default:
		return fmt.Errorf("第二列只能写“休”或“班”")
	}
	return nil
}

// notice is the first line's comment.
func notice(text []byte) string {
	first, _, _ := strings.Cut(string(text), "\n")
	if basis, ok := strings.CutPrefix(first, "#"); ok {
		return strings.TrimSpace(basis)
	}
	return ""
}

// Has reports whether a year's table has been read.
func (c *Calendar) Has(year int) bool { _, ok := c.years[year]; return ok }

// Years are those whose table has been read, in order.
func (c *Calendar) Years() []int { return slices.Sorted(maps.Keys(c.years)) }

// Notice names the notice that a year's table comes from; "" when it did not say.
func (c *Calendar) Notice(year int) string { return c.years[year] }

// Workday reports whether offices work on a day, and why.
func (c *Calendar) Workday(d value.Date) (bool, string, error) {
	if !c.Has(d.Year()) {
		return false, "", &NoTableError{d.Year()}
	}
	if name, ok := c.work[d]; ok {
		return true, name + "调休上班", nil
	}
	if name, ok := c.off[d]; ok {
		return false, name + "放假", nil
	}
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return false, "周末", nil
	}
	return true, "工作日", nil
}
