package app

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/bundle"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// ownPack is said of a policy pack that the office made itself.
const ownPack = "本单位录入"

// BringHolidays lays a year's holiday table, typed from the State Council's
// notice, before a second person, by the way of policy packs. Nothing changes
// before it is approved.
func (o *Office) BringHolidays(ctx context.Context, v access.Viewer, year int, notice, typed string) error {
	if !MayBring(v) {
		return record.Refused(record.CodeDenied, "放假安排由系统管理员、安全管理员或领导录入")
	}
	_, waiting, _, err := o.Packs(ctx)
	if err != nil {
		return err
	}
	if waiting != nil {
		return record.Refused(record.CodeInvalid, "“%s”还在等批准，请先批准或不用它，再录入", waiting.Pack.Title)
	}
	text, problems := holidayTable(year, notice, typed)
	if len(problems) > 0 {
		return &record.Refusal{Code: record.CodeInvalid, Text: "还有内容要补正", Problems: problems}
	}
	if _, err := o.Holidays().With(year, []byte(text)); err != nil {
		return record.Refused(record.CodeInvalid, "%v", err)
	}
	p := bundle.Pack{Title: fmt.Sprintf("%d年放假安排", year), Note: "依据：" + notice, District: ownPack, Made: o.cfg.Clock().Unix(),
		Files: map[string]string{fmt.Sprintf("holidays/%d.tsv", year): text}}
	if err := o.fits(ctx, p); err != nil {
		return err
	}
	w := Waiting{p, v.User, v.Name, o.cfg.Clock().Unix()}
	return o.Book.Change(ctx, v, "录入"+p.Title, func(tx *record.Tx) error {
		if err := tx.ShelfPut(packShelf, "waiting", w); err != nil {
			return err
		}
		return tx.Event("policy.bring", record.Ref{Register: record.Users, ID: v.User}, map[string]any{"pack": p.Title})
	})
}

// earliestYear and latestYear bound the years that a table can be for.
const (
	earliestYear = 2000
	latestYear   = 2100
)

// holidayTable writes the table of a year from what was typed: one line a day
// or stretch of days, “1月1日至1月3日 休 元旦”.
func holidayTable(year int, notice, typed string) (text string, problems []record.Problem) {
	wrong := func(field, label, format string, args ...any) {
		problems = append(problems, record.Problem{Field: field, Label: label, Text: fmt.Sprintf(format, args...)})
	}
	if year < earliestYear || year > latestYear {
		wrong("year", "年份", "请写四位年份，如 2027")
	}
	if len([]rune(strings.TrimSpace(notice))) < 6 || strings.ContainsAny(notice, "\r\n") {
		wrong("notice", "依据", "请写明国务院办公厅通知的名称和文号，一行写完")
	}
	var rows []string
	for n, line := range strings.Split(typed, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "date") {
			continue
		}
		days, err := holidayLine(year, line)
		if err != nil {
			wrong("days", "放假和调休", "第 %d 行“%s”：%v", n+1, line, err)
			continue
		}
		rows = append(rows, days...)
	}
	if len(rows) == 0 && len(problems) == 0 {
		wrong("days", "放假和调休", "请逐行写明休息日和调休上班日")
	}
	slices.Sort(rows)
	return "# " + strings.TrimSpace(notice) + "\ndate\tkind\tname\n" + strings.Join(rows, ""), problems
}

var (
	holidayWords = regexp.MustCompile(`^(\S+?)(?:\s*(?:至|到|—|~|～)\s*(\S+?))?[\s,，]+(休|班|放假|上班|休息|调休上班)[\s,，]+(\S+)$`)
	monthDay     = regexp.MustCompile(`^(\d{1,2})月(\d{1,2})日?$`)
)

// longestStretch is more than any holiday lasts.
const longestStretch = 15

// holidayLine reads one line into rows of the table.
func holidayLine(year int, line string) ([]string, error) {
	m := holidayWords.FindStringSubmatch(line)
	if m == nil {
		return nil, fmt.Errorf("写法应为“1月1日至1月3日 休 元旦”，或“2月7日 班 春节”")
	}
	first, err := holidayDay(year, m[1])
	if err != nil {
		return nil, err
	}
	last := first
	if m[2] != "" {
		if last, err = holidayDay(year, m[2]); err != nil {
			return nil, err
		}
	}
	if last < first || last > first.AddDays(longestStretch) {
		return nil, fmt.Errorf("起止日期不对")
	}
	kind := "休"
	if strings.HasSuffix(m[3], "班") {
		kind = "班"
	}
	var rows []string
	for d := first; d <= last; d = d.AddDays(1) {
		rows = append(rows, string(d)+"\t"+kind+"\t"+m[4]+"\n")
	}
	return rows, nil
}

func holidayDay(year int, text string) (value.Date, error) {
	if m := monthDay.FindStringSubmatch(text); m != nil {
		month, _ := strconv.Atoi(m[1]) // two digits
		day, _ := strconv.Atoi(m[2])
		text = fmt.Sprintf("%04d-%02d-%02d", year, month, day)
	}
	d, err := value.ParseDate(text, "")
	if err == nil && d.Year() != year {
		err = fmt.Errorf("%s 不是 %d 年的日期", d, year)
	}
	return d, err
}
