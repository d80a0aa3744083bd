package ui

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"jiezhen/app/record"
)

// parties are the form values of who deliberates, of whom the first came came;
// the first is from elsewhere, the second has an interest.
func parties(size, came int) url.Values {
	v := url.Values{}
	for i := range size {
		at := fmt.Sprintf("parties.%d.", i)
		v.Set(at+"name", fmt.Sprintf("代表%d", i+1))
		v.Set(at+"kind", map[int]string{0: "floating", 1: "affected"}[i])
		if i > 1 {
			v.Set(at+"kind", "resident")
		}
		if i == 1 {
			v.Set(at+"affected", "是")
		}
		if i < came {
			v.Set(at+"came", "是")
		}
	}
	return v
}

func with(v url.Values, pairs ...string) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// TestTopic takes a hot issue's topic, with the numbers of the facts' sample
// C15-002-2026-00001, from its card to the archive: 21 are asked, 16 come, 11
// agree, and what is published for seven days is carried out only then.
func TestTopic(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	var first record.Ref
	for i := range 3 {
		ref := c.o.order(fmt.Sprint("HOT", i), "滨河小区3号楼楼道飞线充电，希望建充电桩", map[string]any{"phone": fmt.Sprint("1380013800", i)})
		if i == 0 {
			first = ref
		}
	}
	c.o.clock.add(2 * time.Minute) // what was gathered at the start has had its day
	p := c.as("governance.officer").get("/hotline/hot")
	if !strings.Contains(p.body, "转为议事议题") || !strings.Contains(p.body, url.Values{"link": {first.String()}}.Encode()) {
		t.Fatalf("a hot issue does not become a topic: %s", p.text())
	}
	form0 := c.as("governance.officer").get("/r/governance.topic/new?link=" + url.QueryEscape(first.String()))
	for _, want := range []string{"楼道飞线充电", `value="hotline" checked`, `name="order" value="`} {
		if !strings.Contains(form0.body, want) {
			t.Errorf("the form does not bring along %s", want)
		}
	}
	c.begin("governance.worker", "governance.topic", "", form("title", "楼内充电桩选址", "source", "hotline", "kind", "charging", "community", fmt.Sprint(c.o.east), "raised_on", "2026-04-01", "reason", "三户反映飞线充电", "proposer", "试女士", "cosigners", "17", "order", fmt.Sprint(first.ID)))
	c.due("governance.officer", "step:raised", "2026-04-09") // five workdays, past Qingming
	c.stopped("governance.head", "list", "请填审核的党组织", form("checked_at", "2026-04-01"))
	c.do("governance.head", "list", "listed", form("checked_by", "社区党委", "checked_at", "2026-04-01", "checked", "同意"))
	c.stopped("governance.worker", "invite", "离开会不够规定的天数", with(parties(21, 0), "meet_on", "2026-04-03", "notified_on", "2026-04-01"))
	c.stopped("governance.worker", "invite", "流动人口不够", with(parties(21, 0), "parties.0.kind", "resident", "meet_on", "2026-04-08", "notified_on", "2026-04-01"))
	c.do("governance.worker", "invite", "listed", with(parties(21, 0), "meet_on", "2026-04-08", "notified_on", "2026-04-01", "before_on", "2026-04-01", "before_where", "公示栏"))
	c.paper("governance.worker", "governance/topic", "governance/topicnotice", "governance/topicsign")
	later := func(days int) {
		c.o.clock.add(time.Duration(days) * 24 * time.Hour)
		c.posts = map[string]*client{} // who signed in before the clock was moved
	}
	later(7)
	held := func(came, agree, against, abstain int, more ...string) url.Values {
		return with(with(parties(21, came), "met_at", "2026-04-08 09:00", "place", "议事厅", "chair", "书记", "recorder", "社工", "plan", "建12个充电桩", "agree", fmt.Sprint(agree), "against", fmt.Sprint(against), "abstain", fmt.Sprint(abstain), "public_from", "2026-04-08", "public_until", "2026-04-15"), more...)
	}
	c.stopped("governance.worker", "hold", "不能表决", held(13, 11, 1, 1))
	c.stopped("governance.worker", "hold", "没有超过规定的比例", held(16, 8, 8, 0))
	c.stopped("governance.worker", "hold", "应等于签到人数", held(16, 11, 3, 1))
	c.stopped("governance.worker", "hold", "没有到场，也没有书面意见", held(16, 11, 2, 2, "parties.1.came", ""))
	c.stopped("governance.worker", "hold", "不能短于规定的天数", held(16, 11, 3, 2, "public_until", "2026-04-14"))
	c.do("governance.worker", "hold", "publicity", held(16, 11, 3, 2))
	if v := c.see("governance.officer").Values; v["expected"] != 21.0 || v["present"] != 16.0 {
		t.Errorf("asked %v, came %v", v["expected"], v["present"])
	}
	c.verdicts("governance.officer", map[string]string{"notice": "met", "floating": "met", "quorum": "met", "affected": "met", "majority": "met"})
	c.paper("governance.worker", "governance/topicrecord", "governance/topicresult")
	tasks := form("tasks.0.task", "安装", "tasks.0.unit", "物业", "tasks.0.until", "2026-05-01", "leader", "书记", "until", "2026-05-01")
	c.stopped("governance.officer", "act", "公示还没有期满", tasks)
	c.do("governance.worker", "object", "objected", form("objection", "三层住户嫌离窗近"))
	c.do("governance.officer", "settle", "publicity", form("objection_result", "改为离窗五米", "public_from", "2026-04-08", "public_until", "2026-04-15"))
	later(8)
	c.do("governance.officer", "act", "acting", tasks)
	c.due("governance.officer", "step:acting", "2026-05-01")
	done := form("tasks.0.task", "安装", "tasks.0.unit", "物业", "tasks.0.until", "2026-05-01", "finished_on", "2026-04-16", "effect", "装好")
	c.stopped("governance.worker", "finish", "还有任务没有完成日期", done)
	c.do("governance.worker", "finish", "watching", with(done, "tasks.0.done_on", "2026-04-16"))
	c.stopped("governance.officer", "judge", "告知提议人", form("asked", "40", "satisfied", "37", "review", "顺"))
	c.do("governance.officer", "judge", "closed", form("told_on", "2026-04-16", "asked", "40", "satisfied", "37", "review", "顺"))
	c.paper("governance.worker", "governance/topicfeedback")
	if v := c.see("governance.officer").Values; v["ontime"] != true {
		t.Errorf("in time: %v", v["ontime"])
	}
	report := c.as("governance.officer").get("/returns/governance.topic?period=2026-04")
	for _, want := range []string{"采纳率", "落实率", "92.50"} {
		if !strings.Contains(report.body, want) {
			t.Errorf("the return does not say %s: %s", want, report.text())
		}
	}
	if p := c.as("governance.officer").get("/r/" + first.String()); !strings.Contains(p.body, "楼内充电桩选址") {
		t.Error("the order does not lead to its topic")
	}
}

// TestTopicOfACase begins a topic from a case, and ends without a resolution.
func TestTopicOfACase(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	ref := c.o.create(record.Draft{Register: "governance.case", Values: map[string]any{"title": "临街空地乱停车", "source": "people", "found_at": "2026-04-01 08:00", "content": "商户和居民争停车位", "community": fmt.Sprint(c.o.east)}})
	p := c.as("governance.worker").get("/r/" + ref.String())
	if !strings.Contains(p.body, "转为议事议题") {
		t.Fatalf("a case does not become a topic: %s", p.text())
	}
	p = c.as("governance.worker").get("/r/governance.topic/new?link=" + url.QueryEscape(ref.String()))
	for _, want := range []string{"临街空地乱停车", `value="resident" checked`, "商户和居民争停车位"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the form does not bring along %s", want)
		}
	}
	c.begin("governance.officer", "governance.topic", "", form("title", "空地怎么用", "source", "resident", "kind", "space", "community", fmt.Sprint(c.o.east), "raised_on", "2026-04-01", "reason", "意见不一", "proposer", "社区", "case", fmt.Sprint(ref.ID)))
	c.do("governance.head", "list", "listed", form("checked_by", "社区党委", "checked_at", "2026-04-01"))
	note := with(parties(3, 3), "_note", "意见分歧大", "met_at", "2026-04-01 09:00", "chair", "书记", "recorder", "社工", "agree", "1", "against", "2")
	c.do("governance.officer", "fail", "failed", note)
	c.do("governance.officer", "again", "listed", form("_note", "商户提出新方案"))
	if a := c.as("child.officer").get("/r/" + c.ref); a.status == 200 {
		t.Error("who has nothing to do with it opens a topic")
	}
}
