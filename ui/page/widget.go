package page

import "strconv"

// Unfolded tells whether the group is drawn open.
func (g NavGroup) Unfolded() bool {
	if g.Open {
		return true
	}
	for _, i := range g.Items {
		if i.Current {
			return true
		}
	}
	return false
}

// StateText says the state of a step to those who can't see the track.
func (s Step) StateText() string {
	switch s.State {
	case StepDone:
		return "（已完成）"
	case StepCurrent:
		return "（正在办）"
	case StepPaused:
		return "（已暂停）"
	case StepSkipped:
		return "（已跳过）"
	}
	return "（未到）"
}

// Link is the cell as a link.
func (c Cell) Link() Link { return Link{c.Text, c.URL} }

// Spans tells whether the field takes a whole row of the form.
func (f Field) Spans() bool {
	switch f.Kind {
	case KindNote, KindCodes, KindTable, KindFile:
		return true
	}
	return f.Wide
}

// Grouped tells whether the control is a group, which a label can't point at.
func (f Field) Grouped() bool {
	return f.Locked || f.Kind == KindCodes || f.Kind == KindTable || f.asRadios()
}

// NeedsBlank tells whether a select box starts with 请选择; a list that brings
// its own empty choice doesn't.
func (f Field) NeedsBlank() bool { return len(f.Options) == 0 || f.Options[0].Value != "" }

// IsRef tells whether the field holds a person, party, place or other record.
func (f Field) IsRef() bool {
	return f.Kind == KindPerson || f.Kind == KindParty || f.Kind == KindPlace || f.Kind == KindRecord
}

// ID is the html id of the control.
func (f Field) ID() string { return htmlID(f.Name) + f.Of }

// DescribedBy names the hint and the error of the control.
func (f Field) DescribedBy() string {
	s := ""
	if f.Error != "" {
		s = f.ID() + "-e"
	}
	if f.Hint != "" {
		if s != "" {
			s += " "
		}
		s += f.ID() + "-h"
	}
	return s
}

// Choices are the radio buttons. A yes/no field without options of its own
// sends 是 or 否.
func (f Field) Choices() []Option {
	if f.Kind == KindYesNo && len(f.Options) == 0 {
		return []Option{{Value: "是", Text: "是"}, {Value: "否", Text: "否"}}
	}
	return f.Options
}

// InputType is the type attribute. Dates are typed as text, as on paper.
func (f Field) InputType() string {
	switch f.Kind {
	case KindPassword:
		return "password"
	case KindPhone:
		return "tel"
	case KindSearch:
		return "search"
	}
	return "text"
}

// InputMode tells a touch keyboard what to offer.
func (f Field) InputMode() string {
	switch f.Kind {
	case KindMoney, KindNumber:
		return "decimal"
	case KindBankCard, KindDate, KindMonth, KindDatetime:
		return "numeric"
	}
	return ""
}

// Placeholder shows the form of what is asked.
func (f Field) Placeholder() string {
	switch f.Kind {
	case KindDate:
		return "年-月-日"
	case KindMonth:
		return "年-月"
	case KindDatetime:
		return "年-月-日 时:分"
	case KindPerson:
		return "姓名、拼音或证件后四位"
	case KindParty:
		return "单位名称或信用代码"
	case KindPlace:
		return "地址、小区或网格"
	case KindRecord:
		return "编号或姓名"
	}
	return ""
}

// Complete is the autocomplete attribute; other people's data must not be
// remembered by the browser.
func (f Field) Complete() string {
	if f.Auto != "" {
		return f.Auto
	}
	return "off"
}

// DateKind marks fields that get a calendar button.
func (f Field) DateKind() string {
	switch f.Kind {
	case KindDate, KindMonth:
		return string(f.Kind)
	}
	return ""
}

// UnitText is the unit behind the box; money is asked in yuan.
func (f Field) UnitText() string {
	if f.Unit == "" && f.Kind == KindMoney {
		return "元"
	}
	return f.Unit
}

// lineMark names one row of a table field for the eye and for the buttons.
type lineMark struct{ Text, Key string }

// lineNo marks row i; below 0 it marks the row that the script copies.
func lineNo(table string, i int) lineMark {
	if i < 0 {
		return lineMark{"__n__", table + ".__i__"}
	}
	return lineMark{strconv.Itoa(i + 1), table + "." + strconv.Itoa(i)}
}

// Shown is what stands in the box: what was typed, except a password.
func (f Field) Shown() string {
	if f.Kind == KindPassword {
		return ""
	}
	return f.Value
}
