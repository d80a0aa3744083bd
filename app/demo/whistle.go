package demo

import (
	"fmt"
	"strconv"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// whistleUnits are the departments of the whistles' samples.
var whistleUnits = []string{"虚构燃气公司", "虚构规自分局", "虚构城管执法队"}

// sampleWhistle are the facts' C05 samples: a gas leak, answered within its
// limit, and an illegal building, to which one department came late and both
// sides said what they thought of it.
func (f *filler) sampleWhistle(tx *record.Tx, i int) error {
	if i == 0 {
		for n, name := range whistleUnits {
			p, err := tx.Create(record.Draft{Register: record.Parties, Quiet: true, Created: f.start, Values: register.Values{"name": name, "phone": fmt.Sprintf("010-%08d", 99+n)}})
			if err != nil {
				return err
			}
			f.parties[name] = p.ID
		}
	}
	r, err := tx.Create([]record.Draft{f.gasLeak(), f.illegalBuilding()}[i])
	if want := fmt.Sprintf("C05-002-2026-%05d", i+1); err == nil && r.Number != want {
		err = fmt.Errorf("编号应为 %s，得到 %s", want, r.Number)
	}
	return err
}

// unit is one of the departments as a form names it.
func (f *filler) unit(i int) string { return strconv.FormatUint(f.parties[whistleUnits[i]], 10) }

func scoredUnit(unit, person, at string, street, back float64) map[string]any {
	return map[string]any{"unit": unit, "person": person, "at": at, "task_done": true, "unit_score": street, "street_score": back}
}

func (f *filler) gasLeak() record.Draft {
	return record.Draft{Register: "governance.whistle", Quiet: true, Created: "2026-02-03", Step: "scored", Entered: map[string]value.Date{"blown": "2026-02-03", "arrived": "2026-02-03", "finished": "2026-02-03", "scored": "2026-02-03"},
		Values: register.Values{"title": "燃气泄漏", "kind": "emergency", "address": "虚构家园3号楼", "tried": "09:05 社区接报后疏散楼内居民、关闭总阀，楼道通风；阀门损坏，社区无力更换。", "blown_at": "2026-02-03 09:14",
			"lead": f.unit(0), "units": []map[string]any{scoredUnit(f.unit(0), "值班员", "2026-02-03 09:36", 98, 95)}, "met_at": "2026-02-03 09:40", "chair": "值班领导",
			"record": "燃气公司更换楼道阀门，社区负责警戒和解释。", "tasks": []map[string]any{{"unit": f.unit(0), "task": "更换楼道阀门并测漏", "until": "2026-02-03", "done": true, "note": "11:20 复测正常"}},
			"finished_at": "2026-02-03 11:20", "result": "solved", "effect": "隐患消除，居民返家", "score_note": "22分钟到场"}}
}

func (f *filler) illegalBuilding() record.Draft {
	return record.Draft{Register: "governance.whistle", Quiet: true, Created: "2026-02-09", Step: "scored", Entered: map[string]value.Date{"blown": "2026-02-09", "arrived": "2026-02-12", "finished": "2026-02-13", "scored": "2026-02-13"},
		Values: register.Values{"title": "违建拆除", "kind": "priority", "address": "虚构大街12号院", "tried": "社区两次上门告知，当事人拒绝自拆；街道执法队已立案，性质认定须规自部门出具。", "blown_at": "2026-02-09 09:00",
			"lead": f.unit(1), "helpers": []map[string]any{{"unit": f.unit(2)}}, "units": []map[string]any{scoredUnit(f.unit(1), "", "2026-02-12 10:00", 72, 98), scoredUnit(f.unit(2), "", "2026-02-10 15:00", 72, 98)},
			"met_at": "2026-02-12 10:30", "chair": "分管领导", "record": "规自出具认定意见，城管组织拆除。",
			"tasks":       []map[string]any{{"unit": f.unit(1), "task": "出具违建认定意见", "until": "2026-02-12", "done": true}, {"unit": f.unit(2), "task": "组织拆除、清运", "until": "2026-02-13", "done": true}},
			"finished_at": "2026-02-13 16:00", "result": "solved", "effect": "拆除违建一处", "score_note": "主责部门未按时签到，扣分"}}
}
