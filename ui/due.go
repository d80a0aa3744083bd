package ui

import (
	"fmt"
	"time"

	"jiezhen/app/record"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

// soonest is the clock that presses most: one without a date first, since
// somebody must mend it.
func soonest(clocks []record.Clock) record.Clock {
	best := clocks[0]
	for _, c := range clocks[1:] {
		if best.Broken == "" && (c.Broken != "" || c.Due != "" && (best.Due == "" || c.Due < best.Due || c.Due == best.Due && !c.At.IsZero())) {
			best = c
		}
	}
	return best
}

// due is a clock as pages show it, with its reason day by day.
func (v *visit) due(c record.Clock) *page.Due {
	d := &page.Due{Date: string(c.Due), Rule: c.Label + "：" + ruleOf(c)}
	d.Text, d.Tone = v.urgency(c)
	n := 0
	for _, day := range c.Days.Days {
		dd := page.DueDay{Date: string(day.Date), Text: day.Reason, Off: !day.Counted}
		if day.Counted {
			n++
			dd.N = n
		}
		d.Days = append(d.Days, dd)
	}
	return d
}

// ruleOf says where a due date comes from. One that was counted has a first
// day; one that somebody entered has none.
func ruleOf(c record.Clock) string {
	if c.Entered {
		return c.Limit
	}
	return "自 " + string(c.Start) + " 起 " + c.Limit
}

func (v *visit) urgency(c record.Clock) (string, page.Tone) {
	switch {
	case c.Broken != "":
		return c.Broken, page.ToneWarn
	case c.Paused:
		return "已暂停计时", page.ToneMuted
	case c.Due == "":
		return "未定期限", page.ToneMuted
	}
	if !c.At.IsZero() {
		return v.minutesLeft(c.At.Sub(v.office.Book.Now()))
	}
	left := value.DaysBetween(v.office.Book.Today(), c.Due)
	switch {
	case left < 0:
		return fmt.Sprintf("逾期 %d 天", -left), page.ToneUrgent
	case left == 0:
		return "今天到期", page.ToneUrgent
	case left <= 7:
		return fmt.Sprintf("还有 %d 天", left), page.ToneWarn
	}
	return fmt.Sprintf("还有 %d 天", left), page.TonePlain
}

// minutesLeft says how long is left of a clock that runs by the minute.
func (v *visit) minutesLeft(left time.Duration) (string, page.Tone) {
	late := left < 0
	minutes := int(left.Abs() / time.Minute)
	text := fmt.Sprintf("%d 分钟", minutes)
	if minutes >= 24*60 {
		text = fmt.Sprintf("%d 天", minutes/(24*60))
	} else if minutes >= 120 {
		text = fmt.Sprintf("%d 小时", minutes/60)
	}
	if late {
		return "逾期 " + text, page.ToneUrgent
	}
	return "还有 " + text, page.ToneUrgent
}

// nowSentence says in one sentence what is to be done, for whom, by when.
func nowSentence(clocks []record.Clock, r *record.Record) string {
	if !r.Open() || len(clocks) == 0 && r.StepLabel() == "" {
		return ""
	}
	if len(clocks) == 0 {
		return "现在的阶段：" + r.StepLabel() + "。"
	}
	c := soonest(clocks)
	if c.Due == "" {
		return "现在要做：" + c.Label + "。"
	}
	if !c.At.IsZero() {
		return "现在要做：" + c.Label + "，" + c.Due.Chinese() + c.At.Local().Format(" 15:04") + " 前完成。"
	}
	return "现在要做：" + c.Label + "，" + c.Due.Chinese() + "前完成。"
}
