package patrol

import (
	"fmt"
	"regexp"
	"strconv"

	"jiezhen/app/policy"
	"jiezhen/app/record"
	"jiezhen/app/value"
)

// Version names the way in which the numbers of this package are worked out;
// frozen numbers carry it.
const Version = "巡查口径 示例-1"

// Formulas say in words how the numbers are worked out.
var Formulas = []struct{ Title, Words string }{
	{"覆盖率", "有效巡查网格 ÷ 应巡网格；这段时间里有点位应巡的是应巡网格，其中有一次有效到点的是有效网格"},
	{"有效到点", "到了点位，并且停留够时长，或报了问题，或声明没有问题"},
	{"漏巡", "到了该巡的日子还没有一次有效到点；每周几次的，第几次按一周均分的日子算"},
	{"人均问题数", "上报问题 ÷ 有任务或有巡查的人数"},
	{"有效问题率", "有效问题 ÷ 上报问题；不成立、案件不立案或作废的不算有效"},
	{"随手处理率", "随手处理 ÷ 上报问题"},
	{"责任空白点位", "没有在岗力量负责的点位"},
}

// Every is how often a force calls at its points.
type Every struct {
	Per   string // workday, day, week, shift
	N     int    // of a week
	Words string
}

var everyWords = regexp.MustCompile(`^每(工作日|日|天|周)(\d+)次$`)

// ParseEvery reads “每工作日1次”, “每日1次”, “每周2次”, “按班”.
func ParseEvery(words string) (Every, bool) {
	if words == "按班" {
		return Every{Per: "shift", Words: words}, true
	}
	m := everyWords.FindStringSubmatch(words)
	if m == nil {
		return Every{}, false
	}
	n, err := strconv.Atoi(m[2])
	per := map[string]string{"工作日": "workday", "日": "day", "天": "day", "周": "week"}[m[1]]
	if err != nil || n < 1 || n > 7 || per != "week" && n != 1 {
		return Every{}, false
	}
	return Every{Per: per, N: n, Words: words}, true
}

// rules are the parameters in force on a day.
type rules struct {
	every                 map[string]Every // by kind, or kind.rank
	overlap, over, review int
	sample, again         int
	levels                []level // from the mildest up
}

type level struct {
	code string
	days int
}

// supervision are the five levels, from the mildest up.
var supervision = []string{"remind", "yellow", "orange", "red", "district"}

func rulesOn(p *policy.Set, kinds []string, on value.Date) (rules, error) {
	r := rules{every: map[string]Every{}}
	for _, k := range kinds {
		key := "governance.patrol.every." + k
		if !p.HasParam(key, false) {
			continue
		}
		param, err := p.Param(key, on)
		if err != nil {
			return r, fmt.Errorf("reading how often %s calls: %w", k, err)
		}
		words, _ := param.Value.(string)
		e, ok := ParseEvery(words)
		if !ok {
			return r, record.Refused(record.CodeInvalid, "参数“%s”写的是“%s”，看不懂：请写成“每工作日1次”“每日1次”“每周2次”或“按班”", param.Title, words)
		}
		r.every[k] = e
	}
	for key, to := range map[string]*int{"overlap": &r.overlap, "over": &r.over, "review": &r.review, "sample": &r.sample, "sample.again": &r.again} {
		n, err := p.Integer("governance.patrol."+key, on)
		if err != nil {
			return r, fmt.Errorf("reading the rules of patrols: %w", err)
		}
		*to = int(n)
	}
	for _, l := range supervision {
		n, err := p.Integer("governance.supervise."+l, on)
		if err != nil {
			return r, fmt.Errorf("reading the levels of supervision: %w", err)
		}
		if n > 0 {
			r.levels = append(r.levels, level{l, int(n)})
		}
	}
	return r, nil
}

// everyOf is how often a force calls; who has no frequency calls by roster.
func (r rules) everyOf(f *Force) Every {
	if e, ok := r.every[f.Kind+"."+f.Rank]; ok {
		return e
	}
	if e, ok := r.every[f.Kind]; ok {
		return e
	}
	return Every{Per: "shift", Words: "按班"}
}

// levelOf is the highest level that so many days late have reached; "" below
// all.
func (r rules) levelOf(late int) string {
	out := ""
	for _, l := range r.levels {
		if late >= l.days {
			out = l.code
		}
	}
	return out
}
