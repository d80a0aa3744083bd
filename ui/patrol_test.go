package ui

import (
	"fmt"
	"strings"
	"testing"
)

// TestPatrol turns each problem into a task, and closes when all are mended.
func TestPatrol(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	east := fmt.Sprint(c.o.east)
	c.begin("child.director", "child.patrol", "", form("date", "2026-04-01", "stage", "spring", "community", east, "team", "纪",
		"venues.0.kind", "stationery", "venues.0.name", "文具店甲", "venues.0.result", "bad", "venues.0.problem", "弹射玩具", "venues.1.kind", "hotel", "venues.1.name", "宾馆", "venues.1.result", "good", "_has", "venues"))
	patrol := c.ref
	_, id, _ := strings.Cut(patrol, "/")
	c.stopped("child.director", "mend", "每一处问题都要登记一件隐患整改", nil)
	c.stopped("child.officer", "close", "还有问题没有销号", nil)
	if page := c.as("child.director").get("/r/" + patrol); !strings.Contains(page.body, "登记护苗隐患整改") {
		t.Errorf("no way to a task: %s", page.text())
	}
	c.begin("child.director", "child.hazard", "", form("patrol", id, "found_at", "2026-04-01", "venue", "stationery", "name", "文具店甲", "kind", "knife", "problem", "弹射玩具"))
	c.due("child.director", "step:open", "2026-04-08")
	if v := c.see("child.director").Values; v["community"] != east {
		t.Errorf("the task lies in %v", v["community"])
	}
	hazard := c.ref
	c.ref = patrol
	c.do("child.director", "mend", "mending", nil)
	c.ref = hazard
	c.do("child.director", "mend", "recheck", form("mended_at", "2026-04-01", "mended", "下架"))
	c.stopped("child.director", "pass", "须由另一人办理", form("rechecked_at", "2026-04-01"))
	c.do("child.officer", "pass", "closed", form("rechecked_at", "2026-04-01"))
	c.ref = patrol
	c.paper("child.officer", "child/patrol")
	c.do("child.officer", "close", "closed", nil)
	c.begin("child.director", "child.base", "", form("name", "基地", "community", east, "kind", "town"))
	_, base, _ := strings.Cut(c.ref, "/")
	c.begin("child.director", "child.activity", "", form("base", base, "community", east, "date", "2026-04-01", "kind", "2", "title", "法治课", "children", "30", "content", "好"))
}

// TestMentoring keeps what it holds behind its number, and its counts below
// five untold.
func TestMentoring(t *testing.T) {
	t.Parallel()
	c := newCourse(t)
	c.begin("child.supervisor", "child.mentoring", "free", form("received_at", "2026-03-20", "source", "police", "grade", "serious", "facts", "封存内容"))
	c.stopped("child.supervisor", "agree", "目标", form("agreed_at", "2026-04-01", "until", "2026-07-01"))
	c.edit("child.supervisor", form("goals", "守法", "plan", "每月谈话"))
	c.do("child.supervisor", "agree", "mentoring", form("agreed_at", "2026-04-01", "until", "2026-07-01"))
	c.due("child.supervisor", "duty:meet", "2026-05-01")
	c.due("child.supervisor", "duty:review", "2026-07-01")
	c.do("child.supervisor", "meet", "mentoring", form("meetings.0.date", "2026-04-01", "meetings.0.way", "talk", "meetings.0.note", "谈话"))
	list := c.as("child.supervisor").get("/r/child.mentoring?names=full")
	if strings.Contains(list.body, "钟离安") || !strings.Contains(list.body, "B14G-002-2026-00001") {
		t.Errorf("the list should show the number and no name: %s", list.text())
	}
	if !strings.Contains(list.body, "&lt;5") {
		t.Errorf("a count of one is told: %s", list.text())
	}
	var counted struct{ Counts map[string]any }
	c.as("child.supervisor").json("/r/child.mentoring").decode(t, &counted)
	if counted.Counts["mentoring"] != "<5" {
		t.Errorf("a count of one is told to scripts: %v", counted.Counts)
	}
	for n := 2; n <= 5; n++ {
		c.carer(fmt.Sprint("孩子", n), "2010-01-01")
		kept := c.ref
		c.begin("child.supervisor", "child.mentoring", fmt.Sprint("孩子", n), form("received_at", "2026-03-20", "source", "police", "grade", "misconduct", "facts", "情况", "goals", "守法", "plan", "谈话"))
		c.do("child.supervisor", "agree", "mentoring", form("agreed_at", "2026-04-01", "until", "2026-07-01"))
		c.ref = kept
	}
	c.as("child.supervisor").json("/r/child.mentoring").decode(t, &counted)
	if counted.Counts["mentoring"] != 5.0 {
		t.Errorf("five are not counted: %v", counted.Counts)
	}
	if home := c.as("child.supervisor").get("/?scope=all"); strings.Contains(home.body, "钟离安") {
		t.Error("the work list names a sealed child")
	}
	c.do("child.supervisor", "review", "mentoring", form("reviews.0.date", "2026-04-01", "reviews.0.grade", "misconduct", "reviews.0.result", "good", "grade", "misconduct"))
	c.paper("child.supervisor", "child/mentoringagreement", "child/mentoringreview")
	c.do("welfare.head", "end", "ended", form("result", "good", "ended_at", "2026-04-01", "sealed_at", "2026-04-01"))
}
