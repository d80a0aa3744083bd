package ui

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"jiezhen/app"
	"jiezhen/app/record"
	"jiezhen/ui/page"
)

// holidayRoutes take in a year's holiday table.
func holidayRoutes() []Route {
	return []Route{get("/settings/holidays/new", (*visit).newHolidays), post("/settings/holidays/new", (*visit).bringHolidays)}
}

// holidayButtons lead to where a table is entered, or approved.
func (v *visit) holidayButtons() []page.Button {
	if !app.MayBring(v.viewer) || v.office.District != nil {
		return nil
	}
	year := v.missingYear()
	return []page.Button{{Text: fmt.Sprintf("录入 %d 年放假安排", year), URL: fmt.Sprintf("/settings/holidays/new?year=%d", year), Primary: true}, {Text: "政策包与批准", URL: "/policy"}}
}

// missingYear is the first year from this one on that has no table.
func (v *visit) missingYear() int {
	year := v.office.Book.Today().Year()
	for v.office.Holidays().Has(year) {
		year++
	}
	return year
}

func (v *visit) newHolidays() error { return v.drawHolidays(nil, fiber.StatusOK) }

func (v *visit) drawHolidays(refusal *record.Refusal, status int) error {
	if !app.MayBring(v.viewer) {
		return record.Refused(record.CodeDenied, "放假安排由系统管理员、安全管理员或领导录入")
	}
	view := page.FormView{Frame: v.frame("录入放假安排", "照国务院办公厅的通知逐行写。录入后由另一人核对批准才生效，期限随即重新计算；可以撤销。")}
	view.Crumbs = []page.Link{{Text: "设置", URL: "/settings"}, {Text: "节假日", URL: "/settings/holidays"}}
	year := or(v.typed.First("year"), or(v.query("year"), strconv.Itoa(v.missingYear())))
	view.Form = page.Form{Action: "/settings/holidays/new", Sections: []page.Section{{Fields: []page.Field{
		{Name: "year", Label: "年份", Kind: page.KindText, Required: true, Value: year},
		{Name: "notice", Label: "依据", Kind: page.KindText, Required: true, Wide: true, Value: v.typed.First("notice"), Hint: "通知的名称和文号，如“国务院办公厅关于某年部分节假日安排的通知（国办发明电〔某年〕某号）”"},
		{Name: "days", Label: "放假和调休", Kind: page.KindNote, Required: true, Wide: true, Rows: 16, Value: v.typed.First("days"),
			Hint: "一行一段：日期、休或班、节日名，如“1月1日至1月3日 休 元旦”“2月7日 班 春节”。周末不用写，除非在放假里或要上班。也可以粘贴表格里的三列"}}}},
		Buttons: []page.Button{{Text: "交另一人批准", Primary: true}}, Cancel: page.Link{Text: "取消", URL: "/settings/holidays"}}
	if refusal != nil {
		view.Form.Errors = formErrors(refusalProblems(refusal))
	}
	return v.show(status, func(w io.Writer) error { return v.cfg.Pages.Form(w, view) })
}

func (v *visit) bringHolidays() error {
	year, _ := strconv.Atoi(strings.TrimSpace(v.typed.First("year")))
	err := v.office.BringHolidays(v.ctx, v.viewer, year, v.typed.First("notice"), v.typed.First("days"))
	if r, ok := record.AsRefusal(err); ok && r.Code == record.CodeInvalid {
		return v.drawHolidays(r, fiber.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return v.done("/policy", "已录入，请另一人核对后批准")
}
