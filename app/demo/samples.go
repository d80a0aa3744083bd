package demo

import (
	"context"
	"fmt"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// sample is a record of the facts' section E-B, which has to come out under
// the number that the facts give it.
type sample struct {
	number string
	by     string // role of who made it
	draft  func() (record.Draft, error)
	made   func(id uint64)
}

// sampleWards are the children of the samples, whose visits go on to this day.
func (f *filler) sampleWards() {
	for _, s := range []struct{ code, category, grade, since string }{
		{"P19", "05", "yellow", "2026-05-04"}, {"P11", "01", "blue", "2026-01-22"}, {"P06", "02", "yellow", "2026-04-25"},
	} {
		w := &ward{index: len(f.wards), kid: f.cast[s.code], scene: following, category: s.category, grade: s.grade, served: value.Date(s.since)}
		w.word = f.guardian(w.kid)
		f.planVisits(throw(f.opt.Seed, streamCare, w.index), w)
		if s.code == "P06" {
			w.serve = w.served // its case goes on
		}
		f.wards = append(f.wards, w)
	}
}

func (f *filler) sampleWard(code string) *ward {
	for _, w := range f.wards {
		if w.kid == f.cast[code] {
			return w
		}
	}
	return nil
}

// writeSamples writes the samples, first of all of their registers, and holds
// them to their numbers.
func (f *filler) writeSamples(ctx context.Context) error {
	for _, s := range f.samples() {
		err := f.office.Book.Change(ctx, f.users[s.by], "样例", func(tx *record.Tx) error {
			d, err := s.draft()
			if err != nil {
				return err
			}
			r, err := tx.Create(d)
			if err != nil {
				return err
			}
			if r.Number != s.number {
				return fmt.Errorf("编号应为 %s，得到 %s", s.number, r.Number)
			}
			s.made(r.ID)
			return nil
		})
		if err != nil {
			return fmt.Errorf("样例 %s：%w", s.number, err)
		}
	}
	return f.sampleNotes(ctx)
}

func (f *filler) samples() []sample {
	wayward, orphan, lonely := f.sampleWard("P19"), f.sampleWard("P11"), f.sampleWard("P06")
	file := func(w *ward) func(uint64) { return func(id uint64) { w.file = id } }
	cas := func(w *ward) func(uint64) { return func(id uint64) { w.cas = id } }
	none := func(uint64) {}
	return []sample{
		{"B03-002-2026-00001", "child.officer", f.waywardFile, file(wayward)},
		{"B03-002-2026-00002", "child.officer", f.orphanFile, file(orphan)},
		{"B03-002-2026-00003", "child.officer", f.lonelyFile, file(lonely)},
		{"B16-002-2026-00001", "child.officer", f.waywardCase, cas(wayward)},
		{"B16-002-2026-00002", "child.officer", f.lonelyCase, cas(lonely)},
		{"B17-002-2026-00001", "child.director", f.lonelyVisit, none},
		{"B17-002-2026-00002", "child.supervisor", f.orphanCheck, none},
		{"B17-002-2026-00003", "child.director", f.lonelyMissed("2026-04-12", "nobody"), none},
		{"B17-002-2026-00004", "child.director", f.lonelyMissed("2026-04-19", "unknown"), none},
	}
}

// kin is the samples' person by code.
func (f *filler) personID(code string) uint64 { return f.people.all[f.cast[code]].id }

// stay is how a sample's file came to be served.
func (f *filler) stay(days [5]value.Date) *path {
	p := f.path("child.file", throw(f.opt.Seed, streamCare, -7), days[0])
	p.take("verify", f.users["child.director"], days[1], "")
	p.take("open", f.users["child.officer"], days[2], "")
	p.take("assess", f.users["child.officer"], days[3], "")
	p.take("serve", f.users["welfare.head"], days[4], "同意")
	return p
}

func (f *filler) sampleFile(code string, days [5]value.Date, values register.Values) record.Draft {
	w := f.sampleWard(code)
	base := register.Values{"found_at": string(days[0]), "verified_at": string(days[1]), "verified_by": f.users["child.director"].Name,
		"assessed_at": string(days[3]), "category": w.category, "last_visit": string(w.lastVisit())}
	if w.lastReview != "" {
		base["last_review"] = string(w.lastReview)
	}
	for k, v := range values {
		base[k] = v
	}
	return f.stay(days).draft(record.Draft{Subject: f.personID(code), Owner: f.users["child.officer"].User, Created: days[0], Values: base})
}

func row(pairs ...string) map[string]any {
	out := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

func (f *filler) waywardFile() (record.Draft, error) {
	return f.sampleFile("P19", [5]value.Date{"2026-01-05", "2026-01-08", "2026-01-12", "2026-01-16", "2026-01-19"}, register.Values{
		"source": "school", "clue": "学校反映尚未晚近两个月缺课较多，多由祖母佟桂英照看，祖母管不住。", "verified_note": "纪春和与班主任、祖母分别核对，情况属实。",
		"father_state": "8", "mother_state": "0", "guardian_kind": "grandparents", "grade": "orange", "schooling": "3",
		"family_note": "父亲外出多年联系不上，母亲在外省务工，孩子随祖母生活，租住一居室。", "need_note": "需要稳定到校、情绪疏导，祖母需要管教方法上的帮助。",
		"child_opinion": "希望留在现在的学校，不愿意转学。", "living_state": "pending", "living_item": "低收入家庭救助申请中",
		"education_state": "held", "school": "虚构第一中学（初中部）", "education_item": "教育资助（有）", "safety_state": "pending",
		"guardian_ability": "祖母年事已高，监护能力明显不足。", "medical_state": "held", "insured_year": float64(2026), "medical_item": "已参加城乡居民医疗保险",
		"rehabilitation_state": "none", "housing_state": "pending", "housing_item": "公租房轮候", "adulthood_state": "wanted",
		"adulthood_plan": "2028年12月启动成年安置：学业、就业、住房、户口逐项定方案。",
		"measures": []map[string]any{
			row("guarantee", "education", "need", "缺课多", "measure", "班主任每周通报到校，志愿者辅导", "unit", "学校、社区", "from", "2026-01-19", "until", "2026-07-15", "state", "active"),
			row("guarantee", "safety", "need", "监护能力不足", "measure", "亲职教育、社区照看", "unit", "社工机构", "from", "2026-01-19", "until", "2026-12-31", "state", "active"),
			row("guarantee", "housing", "need", "租住一居室", "measure", "公租房轮候", "unit", "住建", "from", "2026-01-19", "state", "active")}}), nil
}

func (f *filler) orphanFile() (record.Draft, error) {
	return f.sampleFile("P11", [5]value.Date{"2026-01-07", "2026-01-09", "2026-01-13", "2026-01-19", "2026-01-22"}, register.Values{
		"source": "community", "clue": "沐晨父母均已去世，由姑母沐望舒照料。", "verified_note": "已核对父母死亡证明和户口簿，属实。", "father_state": "1", "mother_state": "1",
		"guardian_kind": "kin", "grade": "blue", "schooling": "2", "family_note": "随姑母一家生活，住房稳定，关系融洽。",
		"need_note": "需要按月领取孤儿基本生活费、助学和康复训练。", "child_opinion": "愿意和姑姑一起生活。",
		"living_state": "pending", "living_item": "孤儿基本生活费（散居，示例标准）", "education_state": "pending", "school": "虚构城子第一小学", "education_item": "助学在办",
		"safety_state": "held", "guardian_ability": "姑母身体健康，能够照料。", "medical_state": "held", "insured_year": float64(2026), "medical_item": "资助参保",
		"rehabilitation_state": "pending", "rehabilitation_item": "乐助残疾人服务中心（虚构）", "housing_state": "none", "adulthood_state": "none",
		"measures": []map[string]any{
			row("guarantee", "living", "measure", "办理孤儿基本生活费", "unit", "街道民生保障办", "from", "2026-01-22", "state", "active"),
			row("guarantee", "education", "measure", "申请助学", "unit", "教委", "from", "2026-01-22", "state", "active"),
			row("guarantee", "rehabilitation", "measure", "预约康复训练每周两次", "unit", "残联", "from", "2026-01-22", "state", "active")}}), nil
}

func (f *filler) lonelyFile() (record.Draft, error) {
	return f.sampleFile("P06", [5]value.Date{"2026-02-24", "2026-02-26", "2026-03-03", "2026-03-06", "2026-03-10"}, register.Values{
		"source": "visit", "clue": "禹宁川与妹妹禹安禾随祖父禹德顺生活，父亲服刑，母亲失联。", "verified_note": "已核对判决书和报案回执，属实。",
		"father_state": "5", "mother_state": "8", "guardian_kind": "grandparents", "grade": "yellow", "schooling": "2",
		"family_note": "祖父七十多岁，靠养老金生活，兄妹二人同住。", "need_note": "需要事实无人抚养儿童基本生活费、课后照看和居住安全改善。", "child_opinion": "想和妹妹、爷爷在一起。",
		"living_state": "pending", "living_item": "事实无人抚养儿童基本生活费（确认次月起发，示例标准）", "education_state": "held", "school": "虚构城子实验小学",
		"education_item": "助学1000元/学期（示例）", "safety_state": "wanted", "guardian_ability": "祖父年事已高，身体不好。", "medical_state": "held",
		"insured_year": float64(2026), "medical_item": "居民医保财政资助（示例）", "rehabilitation_state": "none", "housing_state": "none", "adulthood_state": "none",
		"measures": []map[string]any{
			row("guarantee", "living", "measure", "申请事实无人抚养儿童基本生活费", "unit", "街道民生保障办", "from", "2026-03-10", "state", "active"),
			row("guarantee", "safety", "measure", "安装燃气报警器，社区助餐", "unit", "社区", "from", "2026-03-16", "state", "active")}}), nil
}

func scored(values register.Values, scores map[string]int, grade string) {
	total, worst := 0, 0
	for _, id := range dimensions {
		n := scores[id]
		values[id] = string('0' + rune(n))
		total, worst = total+n, max(worst, n)
	}
	values["score_total"], values["score_worst"], values["grade_suggested"] = float64(total), float64(worst), grade
}

// course is the steps of a sample's case up to the service.
func (f *filler) course(d [5]value.Date) *path {
	p := f.path("child.case", throw(f.opt.Seed, streamCare, -8), d[0])
	officer := f.users["child.officer"]
	p.take("accept", officer, d[1], "")
	p.take("assess", officer, d[2], "")
	p.take("submit", officer, d[3], "")
	p.take("approve", f.users["welfare.head"], d[4], "同意，按计划执行")
	return p
}

func (f *filler) waywardCase() (record.Draft, error) {
	p := f.course([5]value.Date{"2026-01-20", "2026-01-21", "2026-01-26", "2026-01-28", "2026-01-30"})
	p.take("finish", f.users["child.officer"], "2026-04-30", "")
	p.take("close", f.users["child.supervisor"], "2026-05-04", "同意结案，黄级跟进")
	values := register.Values{"received_at": "2026-01-20", "source": "school", "judgement": "open", "consent": "both", "problem": "缺课多、到校不稳定，情绪低落，祖母管不住。",
		"signs": []string{"weakcare", "mood"}, "file": text(f.sampleWard("P19").file), "assessed_at": "2026-01-26", "grade": "orange",
		"needs": "稳定到校，情绪疏导，提高监护能力。", "strengths": "学校重视，本人喜欢篮球。", "child_opinion": "不想转学，愿意试着每天到校。",
		"goals": []map[string]any{row("goal", "到校率90%", "measure", "班主任每日报到校，社工每周会谈一次", "responsible", "纪春和", "from", "2026-01-30", "until", "2026-04-30", "state", "partial"),
			row("goal", "祖母掌握两种管教方法", "measure", "亲职教育四次", "responsible", "年有余", "from", "2026-01-30", "until", "2026-04-30", "state", "met")},
		"planned_at": "2026-01-28", "last_visit": "2026-04-27", "last_review": "2026-04-28", "last_supervised": "2026-04-29",
		"reviews":       []map[string]any{{"date": "2026-04-28", "grade": "yellow", "attainment": float64(68), "satisfaction": "4", "closing": true, "note": "评估68，到校率82%，未到90%目标，情绪好转。"}},
		"supervisions":  []map[string]any{row("date", "2026-04-29", "by", f.users["child.supervisor"].Name, "opinion", "close", "note", "可以结案，按黄级跟进")},
		"closed_reason": "partial", "outcome": "partial", "closing_note": "三个月后评估68，目标部分达成，转黄级日常跟进。", "follow": "month"}
	scored(values, map[string]int{"ability": 3, "education": 2, "emotion": 3}, "orange")
	return p.draft(record.Draft{Subject: f.personID("P19"), Owner: f.users["child.officer"].User, Created: "2026-01-20", Values: values}), nil
}

func (f *filler) lonelyCase() (record.Draft, error) {
	p := f.course([5]value.Date{"2026-03-18", "2026-03-19", "2026-03-24", "2026-03-26", "2026-03-30"})
	w := f.sampleWard("P06")
	values := register.Values{"received_at": "2026-03-18", "source": "visit", "judgement": "open", "consent": "guardian", "problem": "父服刑、母失联，祖父照料两个孩子，家中有燃气隐患。",
		"signs": []string{"steady", "weakcare"}, "file": text(w.file), "assessed_at": "2026-03-24", "grade": "yellow",
		"grade_reason": "接案为蓝级；4月祖父住院升为橙级，3日内重新评估；此后降为黄级。", "needs": "临时照护、助餐、燃气安全。", "strengths": "兄妹感情好，邻居愿意帮忙。", "child_opinion": "想等爷爷出院一起住。",
		"goals": []map[string]any{row("goal", "祖父住院期间有人照料", "measure", "链接临时照护与助餐", "responsible", "苏令仪", "from", "2026-04-20", "until", "2026-07-20", "state", "met"),
			row("goal", "消除燃气隐患", "measure", "安装燃气报警器", "responsible", "纪春和", "from", "2026-03-30", "until", "2026-05-30", "state", "met")},
		"planned_at": "2026-03-26", "last_visit": string(w.lastVisit()), "escalated_at": "2026-04-19", "last_meeting": "2026-04-22",
		"meetings": []map[string]any{row("date", "2026-04-22", "kind", "urgent", "units", "街道、社区、学校、派出所", "decision", "升为橙级，安排邻居临时照护和社区助餐，每半月走访。")},
		"reviews": []map[string]any{{"date": "2026-04-21", "grade": "orange", "attainment": float64(30), "note": "祖父住院，升橙级后重新评估。"},
			{"date": "2026-05-28", "grade": "yellow", "attainment": float64(60), "satisfaction": "4", "note": "祖父出院，照料恢复。"}},
		"last_review": "2026-05-28", "last_supervised": "2026-05-29"}
	for _, day := range every("2026-05-28", f.today, 3) {
		values["reviews"] = append(values["reviews"].([]map[string]any), map[string]any{"date": string(day), "grade": "yellow", "attainment": float64(75), "satisfaction": "4", "note": "稳定。"})
		values["last_review"], values["last_supervised"], values["last_meeting"] = string(day), string(day), string(day)
	}
	scored(values, map[string]int{"economy": 1, "ability": 1, "support": 1}, "blue")
	return p.draft(record.Draft{Subject: f.personID("P06"), Owner: f.users["child.officer"].User, Created: "2026-03-18", Values: values}), nil
}

func (f *filler) sampleVisit(code string, by access.Viewer, day value.Date, action string, values register.Values) (record.Draft, error) {
	p := f.path("child.visit", throw(f.opt.Seed, streamCare, -9), day)
	p.take(action, by, day, "")
	base := register.Values{"planned": string(day), "actual": string(day), "visitor": by.Name, "form": "door", "kind": "home", "file": text(f.sampleWard(code).file)}
	for k, v := range values {
		base[k] = v
	}
	return p.draft(record.Draft{Subject: f.personID(code), Owner: by.User, Created: day, Values: base}), nil
}

func (f *filler) lonelyVisit() (record.Draft, error) {
	return f.sampleVisit("P06", f.users["child.director"], "2026-03-15", "done", register.Values{"child_seen": true, "guardian_seen": true, "guardian_who": "祖父禹德顺",
		"environment": "fair", "diet": "good", "health": "good", "school": "good", "mood": "fair", "abnormal": []string{"hazard"},
		"finding": "见到儿童和祖父。家中使用燃气，没有报警器，已转网格案件处理。", "advice": "尽快安装燃气报警器，提醒祖父做饭时不离人。", "next": "2026-04-12"})
}

func (f *filler) lonelyMissed(day value.Date, why string) func() (record.Draft, error) {
	return func() (record.Draft, error) {
		return f.sampleVisit("P06", f.users["child.director"], day, "unseen", register.Values{"child_seen": false, "unseen_reason": why,
			"case": text(f.sampleWard("P06").cas), "finding": "上门未见到儿童，电话无人接；邻居说祖父住院。", "advice": "连续未见到儿童的，报儿童督导员核查。"})
	}
}

func (f *filler) orphanCheck() (record.Draft, error) {
	return f.sampleVisit("P11", f.users["child.supervisor"], "2026-03-27", "done", register.Values{"kind": "supervise", "child_seen": true, "guardian_seen": true, "guardian_who": "姑母沐望舒",
		"environment": "good", "diet": "good", "health": "fair", "school": "good", "mood": "good", "abnormal": []string{"vaccine"},
		"finding": "督导员抽访：应访10户，实访10户，儿童主任履职均分92；异常1户（未接种，需补种）。", "advice": "异常转社区卫生服务中心补种。",
		"checked_by": f.users["child.supervisor"].Name, "checked_at": "2026-03-27", "checked_note": "履职均分92"})
}

func (f *filler) sampleNotes(ctx context.Context) error {
	w := f.sampleWard("P06")
	return f.office.Book.Change(ctx, f.users["child.officer"], "样例", func(tx *record.Tx) error {
		for _, n := range []struct{ day, text string }{
			{"2026-04-20", "祖父禹德顺因病住院，邻居临时照看兄妹。按规则升为橙级，三日内重新评估，链接临时照护与助餐。"},
			{"2026-05-28", "祖父已出院，精神尚可。燃气报警器装好，复查合格。评估降为黄级，继续每月走访。"},
		} {
			if _, err := tx.NoteAt(record.Ref{Register: "child.case", ID: w.cas}, "跟进", n.text, f.hour(throw(f.opt.Seed, streamWords, 0), value.Date(n.day))); err != nil {
				return err
			}
		}
		return nil
	})
}
