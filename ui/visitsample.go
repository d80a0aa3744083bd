package ui

import (
	"fmt"
	"net/url"
	"strconv"

	"jiezhen/app/casework"
	"jiezhen/app/rate"
	"jiezhen/app/record"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

// samplers are the posts that supervise the visits.
var samplers = []string{"child.supervisor", "welfare.head", "leader", "chief"}

// visitSample is whom the supervisor visits this quarter.
func (v *visit) visitSample() error {
	if !v.viewer.Has(samplers...) {
		return record.Refused(record.CodeDenied, "督导抽访由儿童督导员和负责人办理")
	}
	day := v.office.Book.Today()
	if d, err := value.ParseDate(v.query("day"), day.AddMonths(12)); err == nil {
		day = d
	}
	draw, err := v.office.Cases.Sample(v.ctx, v.viewer, day)
	if err != nil {
		return err
	}
	view := page.DeskView{Frame: v.frame("督导抽访", "每季由程序抽：高风险的都去，其余按比例抽签，谁也选不了、事先也算不出。抽访由督导员亲自去，登记时勾“督导抽访”。")}
	view.Crumbs = []page.Link{{Text: "走访周表与补录", URL: "/visits"}}
	view.Blocks = []page.Block{{Title: draw.First.Chinese() + "至" + draw.Last.Chinese(), Figures: []page.Figure{{Label: "在册儿童", Value: strconv.Itoa(draw.Children)},
		{Label: "高风险", Value: strconv.Itoa(draw.High)}, {Label: "应抽访", Value: strconv.Itoa(draw.Wanted), Note: rate.Percent(draw.Wanted, draw.Children)},
		{Label: "已抽访", Value: strconv.Itoa(draw.Visited)}, {Label: "还差", Value: strconv.Itoa(draw.Wanted - draw.Visited), Tone: urgentIf(draw.Wanted > draw.Visited)}},
		Text:  []string{fmt.Sprintf("口径（示例，可在参数里改）：高风险的全部，其余不少于%s。另有抽签以外的抽访 %d 次。", rate.Percent(int(draw.Rate*10000), 10000), draw.Beyond)},
		Table: v.sampleTable(draw), Buttons: []page.Button{{Text: "上一季", URL: "/visits/sample?day=" + string(draw.First.AddDays(-1))}, {Text: "下一季", URL: "/visits/sample?day=" + string(draw.Last.AddDays(1))},
			{Text: "看督导抽访的记录", URL: "/r/child.visit?sample=true"}}}}
	return v.desk(view)
}

func (v *visit) sampleTable(draw casework.Draw) *page.Table {
	t := &page.Table{Caption: "抽到的儿童", Quiet: true, Columns: []page.Column{{Title: "儿童"}, {Title: "社区（村）"}, {Title: "风险等级"}, {Title: "为什么"}, {Title: "抽访"}},
		Empty: page.Empty{Text: "还没有在册儿童。"}}
	today := v.office.Book.Today()
	for _, c := range draw.List {
		who, why, done := page.Cell{Text: "受保护", Note: c.Number, Mask: true}, "抽中", page.Cell{Text: "待抽访"}
		if c.High {
			why = "高风险，必访"
		}
		if c.Named {
			who = page.Cell{Text: c.Name, Note: c.Age, URL: recordURL(c.Source)}
		}
		switch {
		case c.On != "" && c.Named:
			done = page.Cell{Text: string(c.On) + map[bool]string{true: "　见到", false: "　未见到"}[c.Seen], URL: recordURL(c.Done)}
		case c.On != "":
			done = page.Cell{Text: string(c.On)}
		case today > draw.Last:
			done = page.Cell{Text: "这一季没有抽访", Tone: page.ToneUrgent}
		case c.Named && today >= draw.First:
			done = page.Cell{Text: "填写抽访", URL: "/r/child.visit/new?" + url.Values{"person": {idOrEmpty(c.Child)}, "sample": {"是"}, "planned": {string(today)}, "visitor": {v.viewer.Name}}.Encode()}
		}
		grade := page.Cell{Text: v.office.Book.CodeLabel("child.risk", c.Grade), Badge: c.Grade != ""}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{who, {Text: c.Community}, grade, {Text: why}, done}})
	}
	return t
}
