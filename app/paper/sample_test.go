package paper

import (
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"jiezhen/assets/fonts"
)

// sharedEngine is one engine for all tests: they run at the same time, which is
// how an office uses it.
var sharedEngine = sync.OnceValues(func() (*Engine, error) { return New(Config{Fonts: fonts.Files}) })

func testEngine(t testing.TB) *Engine {
	t.Helper()
	e, err := sharedEngine()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func sample(t testing.TB, id string) *Layout {
	t.Helper()
	layouts, err := Load(os.DirFS("testdata"))
	if err != nil {
		t.Fatal(err)
	}
	if layouts[id] == nil {
		t.Fatalf("no layout %s", id)
	}
	return layouts[id]
}

func sampleStamp() Stamp {
	return Stamp{
		Number: "B16-大峪-2026-000012", By: "张三", At: time.Date(2026, 11, 23, 16, 5, 0, 0, time.UTC),
		CheckValue: "7F3A-9C21", QR: "jz:B16-2026-000012:7F3A9C21",
	}
}

func sampleJobs(t testing.TB, n int) []Job {
	t.Helper()
	l := sample(t, "sample/form")
	jobs := make([]Job, n)
	for i := range jobs {
		v, st := sampleValues(), sampleStamp()
		v.Texts["subject.name"] = fmt.Sprintf("欧阳%c", 0x4E00+i)
		st.Number = fmt.Sprintf("B16-大峪-2026-%06d", i)
		jobs[i] = Job{l, v, st}
	}
	return jobs
}

func choices(checked int, labels ...string) (list []Choice) {
	for i, l := range labels {
		list = append(list, Choice{Code: fmt.Sprint(i), Label: l, Checked: i == checked})
	}
	return list
}

func sampleValues() Values {
	return Values{
		Texts: map[string]string{
			"subject.name": "欧阳𬭎䶮", "subject.sex": "女", "subject.birth": "2014年3月5日", "subject.nation": "土家族",
			"subject.idcard":  "110109201403050021",
			"subject.address": "北京市门头沟区大峪街道月季园东里社区某小区12号楼3单元401室",
			"guardian.name":   "欧阳某某", "guardian.relation": "祖父", "guardian.phone": "13800000000",
			"income_total":      "3,200.00",
			"trouble":           "父亲因病去世，母亲失联三年，由祖父一人照料。祖父年近七十，患有高血压，家庭收入主要依靠养老金与低保金。儿童学习落后，情绪低落，与同学交往少。",
			"opinion.community": "情况属实，建议纳入困境儿童保障。",
			"opinion.town":      "同意接案，风险等级定为橙色，按月走访。",
			"from":              "2026年9月", "months": "3", "amount": "1,409.50", "amount_words": "人民币壹仟肆佰零玖元伍角整",
			"fact":   "根据数据比对，您已于2026年8月起享受其他同类补贴，按照“就高不重复”的原则，不再同时享受困难残疾人生活补贴。",
			"office": "北京市门头沟区某某街道办事处", "date": "2026年11月23日",
		},
		Lists: map[string][]Choice{
			"kinds": choices(1, "孤儿", "事实无人抚养儿童", "残疾儿童", "重病儿童", "流动儿童", "留守儿童", "其他困境儿童"),
			"grade": choices(1, "红色", "橙色", "黄色", "绿色"),
		},
		Tables: map[string][]Source{"members": {Values{Texts: map[string]string{
			"name": "欧阳某某", "relation": "祖父", "age": "69", "work": "退休", "income": "3,200.00",
		}}}},
	}
}
