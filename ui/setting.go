package ui

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/policy"
	"jiezhen/app/record"
	"jiezhen/app/staff"
	"jiezhen/ui/page"
)

var settingTabs = []page.Filter{{Text: "单位与参数", URL: "/settings"}, {Text: "代码表", URL: "/settings/codes"},
	{Text: "节假日", URL: "/settings/holidays"}, {Text: "保管期限", URL: "/settings/retention"}}

func settingsTab(at string) []page.Filter {
	out := append([]page.Filter(nil), settingTabs...)
	for i := range out {
		out[i].Current = out[i].URL == at
	}
	return out
}

// settings shows who the office is and what figures are in force, each with
// its basis and how sure it is.
func (v *visit) settings() error {
	view := page.DeskView{Frame: v.frame("设置", "每个数都写着依据；“示例”“待核”的请向区里要文件核实后调整。"), Tabs: settingsTab("/settings")}
	facts := v.office.Facts()
	profile := page.Block{Title: "单位信息", Facts: []page.Fact{{Label: "单位全称", Value: page.Cell{Text: facts["name"]}},
		{Label: "街镇", Value: page.Cell{Text: facts["town_name"] + " " + facts["town_code"]}}, {Label: "地址", Value: page.Cell{Text: facts["address"]}},
		{Label: "电话", Value: page.Cell{Text: facts["phone"]}}, {Label: "印章名称", Value: page.Cell{Text: facts["seal_name"]}}}}
	if def, ok := v.office.Book.Registers().Get("office.profile"); ok && record.MayUse(v.viewer, def, access.ActRead) {
		profile.Buttons = []page.Button{{Text: "查看和修改", URL: "/r/office.profile"}}
	}
	view.Blocks = append(view.Blocks, profile)
	if v.viewer.Has(staff.RoleSecurity) {
		view.Blocks = append(view.Blocks, v.singleBlock())
	}
	view.Blocks = append(view.Blocks, v.parameterBlocks()...)
	return v.desk(view)
}

func (v *visit) singleBlock() page.Block {
	on := v.office.Book.Profile().Single
	text, do, button := "现在：经办与审核须为两人。人手少的单位可开单人办理，每一步都会印上“单人经办”。", "on", "开启单人办理"
	if on {
		text, do, button = "现在：单人办理已开启，每一步都会印上“单人经办”。", "off", "关闭单人办理"
	}
	return page.Block{Title: "单人办理", Text: []string{text}, Form: &page.Form{Action: "/settings/single",
		Sections: []page.Section{{Fields: []page.Field{{Name: "reason", Label: "理由", Kind: page.KindNote, Rows: 2, Required: true}}}},
		Buttons:  []page.Button{{Text: button, Do: do}}}}
}

func (v *visit) setSingle() error {
	if err := v.office.Staff.SetSingle(v.ctx, v.viewer, v.typed.First("_do") == "on", v.typed.First("reason")); err != nil {
		return err
	}
	v.office.Noticed("office.profile")
	return v.done("/settings", "已更改")
}

// states are those of a parameter, the least sure first.
var states = []policy.State{policy.Unverified, policy.Sample, policy.Verified, policy.Statutory}

// stateFigures count the parameters by how sure they are, and lead to each kind.
func stateFigures(params []policy.Param) page.Block {
	b := page.Block{Title: "参数", Text: []string{"“待核”“示例”的，请先向区里要文件核实，再由科室负责人填参数调整单。"},
		Figures: []page.Figure{{Label: "全部", Value: strconv.Itoa(len(params)), URL: "/settings"}}}
	for _, state := range states {
		n := 0
		for _, p := range params {
			if p.State == state {
				n++
			}
		}
		if n > 0 {
			b.Figures = append(b.Figures, page.Figure{Label: string(state), Value: strconv.Itoa(n), URL: "/settings?state=" + string(state)})
		}
	}
	return b
}

// parameterBlocks are the figures in force, by the part of the work that they
// rule; those of one state when the reader asks for it.
func (v *visit) parameterBlocks() []page.Block {
	params := v.office.Book.Policy().Params()
	first := stateFigures(params)
	def, ok := v.office.Book.Registers().Get("office.parameter")
	if ok && record.MayUse(v.viewer, def, access.ActRead) {
		first.Buttons = []page.Button{{Text: "参数调整单", URL: "/r/office.parameter"}}
	}
	blocks, state := []page.Block{first}, policy.State(v.query("state"))
	if !slices.Contains(states, state) {
		state = ""
	}
	mayAsk := ok && record.MayCreate(v.viewer, def)
	for _, d := range domains {
		rows := v.parametersOf(params, d.id, state)
		if len(rows) == 0 {
			continue
		}
		title := d.title + "（" + strconv.Itoa(len(rows)) + "）"
		t := v.parameterTable(rows, mayAsk)
		t.Caption = title
		blocks = append(blocks, page.Block{Title: title, Table: &t, Folded: state == ""})
	}
	return blocks
}

func (v *visit) parametersOf(params []policy.Param, domain string, state policy.State) []policy.Param {
	var out []policy.Param
	for _, p := range params {
		if domainOf(p) == domain && (state == "" || p.State == state) {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b policy.Param) int { return cmp.Compare(v.used(a), v.used(b)) })
	return out
}

func (v *visit) parameterTable(params []policy.Param, mayAsk bool) page.Table {
	t := page.Table{Columns: []page.Column{{Title: "用于"}, {Title: "名称"}, {Title: "现行"}, {Title: "把握"}, {Title: "依据"}}}
	for _, p := range params {
		name, value := page.Cell{Text: p.Title}, page.Cell{Text: p.Print()}
		if mayAsk {
			name.URL = "/r/office.parameter/new?key=" + p.Key
		}
		if p.From != "" {
			value.Note = string(p.From) + " 起"
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: v.used(p)}, name, value, stateCell(p.State), {Text: p.Basis}}})
	}
	return t
}

// domainOf is the group of the menu that a parameter belongs to, by the first
// word of its key.
func domainOf(p policy.Param) string {
	first, _, _ := strings.Cut(p.Key, ".")
	if first == "benefit" {
		return "allowance"
	}
	for _, d := range domains {
		if d.id == first {
			return d.id
		}
	}
	return "office"
}

// used is what a parameter is for: the register that its key names.
func (v *visit) used(p policy.Param) string {
	parts := strings.SplitN(p.Key, ".", 3)
	if len(parts) < 2 {
		return ""
	}
	return or(v.title(parts[0]+"."+parts[1]), "通用")
}
