package demo

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/patrol"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// streamRounds is the dice of patrols.
const streamRounds = 91

// Sizes of the patrols: so many persons to one who patrols, within bounds; so
// many points for each; so many days back.
const (
	personsPerForce   = 2500
	forcesLeast       = 6
	forcesMost        = 60
	pointsPerForce    = 6
	roundDays         = 365
	cellsPerCommunity = 2
)

// walker is who patrols, with the points.
type walker struct {
	id     uint64
	area   area
	points []uint64
	weekly bool
}

// writeRounds writes cells, forces, points, a year of rounds with what they
// found, and this week's sheets, handed out.
func (f *filler) writeRounds(ctx context.Context) error {
	by := f.users["governance.officer"]
	cells, err := f.cells(ctx)
	if err != nil {
		return err
	}
	walkers, err := f.walkers(ctx, by, cells)
	if err != nil {
		return err
	}
	if err := f.sampleRounds(ctx, by, walkers); err != nil {
		return err
	}
	if err := f.yearOfRounds(ctx, by, walkers); err != nil {
		return err
	}
	if _, _, err := f.office.Patrol.Draw(ctx, by, f.today); err != nil {
		return fmt.Errorf("编排任务单：%w", err)
	}
	if _, err := f.office.Patrol.IssueWeek(ctx, by, f.today); err != nil {
		return fmt.Errorf("下发任务单：%w", err)
	}
	day := f.today.AddDays(-3)
	if _, err := f.office.Patrol.Sheet(ctx, by, "day", day); err != nil {
		return fmt.Errorf("出日报：%w", err)
	}
	last := value.MonthOf(f.today.AddMonths(-1))
	if _, err := f.office.Patrol.Freeze(ctx, f.users["governance.head"], last); err != nil {
		return fmt.Errorf("冻结巡查月报：%w", err)
	}
	return nil
}

// cells are the grids of every community: those there are, else some are made.
func (f *filler) cells(ctx context.Context) (map[uint64][]uint64, error) {
	out := map[uint64][]uint64{}
	err := f.office.Book.View(ctx, access.Office(), func(tx *record.Tx) error {
		return tx.Each(record.Places, func(p *record.Record) (bool, error) {
			if p.Text("level") == "grid" {
				out[p.RefID("parent")] = append(out[p.RefID("parent")], p.ID)
			}
			return true, nil
		})
	})
	if err != nil {
		return nil, err
	}
	return out, f.rows(ctx, access.Office(), "录入网格", len(f.areas)*cellsPerCommunity, func(tx *record.Tx, i int) error {
		a, n := f.areas[i/cellsPerCommunity], i%cellsPerCommunity
		if len(out[a.id]) > n || a.code == "" {
			return nil
		}
		r, err := tx.Create(record.Draft{Register: record.Places, Created: f.start, Values: register.Values{"name": fmt.Sprintf("%s第%d网格", a.name, n+1), "level": "grid",
			"code": fmt.Sprintf("%s%03d", a.code, n+1), "parent": strconv.FormatUint(a.id, 10)}})
		if err == nil {
			out[a.id] = append(out[a.id], r.ID)
		}
		return err
	})
}

// sampleForces are those of the facts' C10 samples, under their numbers.
func (f *filler) sampleForces() []record.Draft {
	east := text(f.areas[0].id)
	on := value.Date("2026-02-01")
	return []record.Draft{
		{Register: patrol.Forces, Created: on, Values: register.Values{"name": "申屠岳", "kind": "steward", "community": east, "from": "2026-01-01", "duties": []string{"patrol"}}},
		{Register: patrol.Forces, Created: on, Values: register.Values{"name": "柯立言", "kind": "river", "rank": "village", "community": east, "stretch": "某沟K0+000—K1+200", "from": "2026-01-01", "duties": []string{"patrol"}}},
	}
}

// force finds a force by name, or makes it.
func (f *filler) force(tx *record.Tx, d record.Draft) (uint64, error) {
	found, err := tx.Find(patrol.Forces, "name", d.Values["name"].(string))
	if err != nil {
		return 0, err
	}
	if len(found) > 0 {
		return found[0].ID, nil
	}
	r, err := tx.Create(d)
	if err != nil {
		return 0, err
	}
	return r.ID, nil
}

// walkers are the forces with their points, those of the samples first.
func (f *filler) walkers(ctx context.Context, by access.Viewer, cells map[uint64][]uint64) ([]walker, error) {
	n := min(max(f.opt.People/personsPerForce, forcesLeast), forcesMost)
	var out []walker
	samples := f.sampleForces()
	err := f.rows(ctx, by, "录入巡查力量与点位", n+len(samples), func(tx *record.Tx, i int) error {
		w, d := walker{area: f.areas[i%len(f.areas)]}, record.Draft{}
		if i < len(samples) {
			d, w.area, w.weekly = samples[i], f.areas[0], i == 1
		} else {
			d = f.someForce(i, w.area)
			w.weekly = d.Values["kind"] != "steward"
		}
		var err error
		if w.id, err = f.force(tx, d); err != nil {
			return err
		}
		own := cells[w.area.id]
		for k := range pointsPerForce {
			if i == 1 && k > 0 {
				break // the river is one point
			}
			var cell uint64
			if len(own) > 0 {
				cell = own[(i/len(f.areas)+k)%len(own)]
			}
			p, err := tx.Create(f.somePoint(i, k, w, cell))
			if err != nil {
				return err
			}
			w.points = append(w.points, p.ID)
		}
		out = append(out, w)
		return nil
	})
	return out, err
}

var walkerNames = []string{"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"}

func (f *filler) someForce(i int, a area) record.Draft {
	kind := []string{"steward", "street", "steward", "steward"}[i%4]
	name := "试" + walkerNames[i%10] + walkerNames[i/10%10]
	return record.Draft{Register: patrol.Forces, Created: f.start, Values: register.Values{"name": name, "kind": kind, "community": text(a.id), "from": string(f.start), "duties": []string{"patrol"}}}
}

func (f *filler) somePoint(i, k int, w walker, cell uint64) record.Draft {
	d := throw(f.opt.Seed, streamRounds, 100*i+k)
	name, segment := fmt.Sprintf("%s%d号楼", estates[(i+k)%len(estates)], d.from(1, 30)), "door"
	checks := "消防通道\n楼道堆物\n电动车充电"
	switch {
	case i == 1:
		name, segment, checks = "某沟K0+000—K1+200", "river", "岸坡垃圾\n排污口\n警示牌"
	case k%3 == 0:
		name, segment, checks = fmt.Sprintf("虚构大街%d段", 6*i+k+1), "lane", "井盖\n店外经营\n暴露垃圾"
	}
	v := register.Values{"name": name, "segment": segment, "community": text(w.area.id), "since": string(max(f.start, f.today.AddDays(-roundDays))), "checks": checks,
		"forces": []map[string]any{row("force", text(w.id))}}
	if i == 0 || i == 1 {
		v["since"] = "2026-01-01"
	}
	if cell != 0 {
		v["cell"] = text(cell)
	}
	return record.Draft{Register: patrol.Points, Created: f.start, Values: v}
}

// sampleRounds are March 2026 of the facts' first C10 sample: 22 of 22 days, 9
// found, of which 5 were dealt with on the spot and one was not taken on, and
// twice another force at the same time; and the river of the second.
func (f *filler) sampleRounds(ctx context.Context, by access.Viewer, walkers []walker) error {
	p27, river, other := walkers[0], walkers[1], walkers[2]
	var days []value.Date
	for d := value.Date("2026-03-02"); d < "2026-04-01"; d = d.AddDays(1) {
		if w := d.Weekday(); w != time.Saturday && w != time.Sunday {
			days = append(days, d)
		}
	}
	troubles := []string{"楼道堆放纸箱", "小广告三处", "共享单车倒在盲道上", "垃圾桶满溢", "楼道灯不亮", "井盖松动", "消防通道停车", "外墙砖松动", "建筑垃圾堆放"}
	err := f.rows(ctx, by, "录入巡查样例", len(days), func(tx *record.Tx, i int) error {
		var visits []map[string]any
		for k, p := range p27.points {
			v := row("point", text(p), "at", fmt.Sprintf("09:%02d", 5*k), "result", patrol.Clear)
			if k == 0 && i < len(troubles) {
				v["problem"], v["class"], v["result"] = troubles[i], "e1", patrol.Found
				if i < 5 {
					v["result"] = patrol.Fixed
				}
			}
			visits = append(visits, v)
		}
		if err := f.aRound(tx, p27.id, days[i], visits); err != nil {
			return err
		}
		if i < len(days)-2 {
			return nil
		}
		return f.aRound(tx, other.id, days[i], []map[string]any{row("point", text(p27.points[1]), "at", "10:00", "result", patrol.Clear)})
	})
	if err != nil {
		return err
	}
	if err := f.refuseOne(ctx, by); err != nil {
		return err
	}
	return f.rows(ctx, by, "录入巡查样例", 2, func(tx *record.Tx, i int) error {
		monday := patrol.MondayOf(f.today).AddDays(-7)
		return f.aRound(tx, river.id, monday.AddDays(1-7*i), []map[string]any{row("point", text(river.points[0]), "at", "08:30", "left", "08:50")})
	})
}

func (f *filler) aRound(tx *record.Tx, force uint64, on value.Date, visits []map[string]any) error {
	_, err := tx.Create(record.Draft{Register: patrol.Rounds, Created: on, Values: register.Values{"force": text(force), "date": string(on), "visits": visits}})
	return err
}

// refuseOne has the street not take on one of what the sample found.
func (f *filler) refuseOne(ctx context.Context, by access.Viewer) error {
	return f.office.Book.Change(ctx, by, "样例", func(tx *record.Tx) error {
		p, err := tx.List(record.Query{Register: patrol.Findings, Filters: map[string][]string{"step": {"raised"}}, From: map[string]value.Date{"found_on": "2026-03-01"}, To: map[string]value.Date{"found_on": "2026-03-31"}, Limit: 1})
		if err != nil || len(p.Rows) == 0 {
			return fmt.Errorf("没有可以不立案的样例：%w", err)
		}
		c := record.Ref{Register: "governance.case", ID: p.Rows[0].RefID("case")}
		_, err = tx.Do(c, 0, "refuse", record.Input{Values: register.Values{"refusal": "不属城市管理范围，已告知物业"}})
		return err
	})
}

// yearOfRounds are the rounds of the days up to yesterday: most were made, some
// were not, now and then something was found.
func (f *filler) yearOfRounds(ctx context.Context, by access.Viewer, walkers []walker) error {
	type task struct {
		w  int
		on value.Date
	}
	var tasks []task
	for on := max(f.start, f.today.AddDays(-roundDays)); on < f.today; on = on.AddDays(1) {
		works, _, err := f.office.Book.Calendar().Workday(on)
		if err != nil || !works {
			continue
		}
		for i, w := range walkers {
			if i == 0 && value.MonthOf(on) <= "2026-03" || i == 1 && on > f.today.AddDays(-16) {
				continue // the samples' own days
			}
			if !w.weekly || on.Weekday() == time.Tuesday || on.Weekday() == time.Friday {
				tasks = append(tasks, task{i, on})
			}
		}
	}
	return f.rows(ctx, by, "录入巡查记录", len(tasks), func(tx *record.Tx, i int) error {
		t := tasks[i]
		d := throw(f.opt.Seed, streamRounds, 10_000+i)
		if d.chance(4) || t.w == len(walkers)-1 && t.on > f.today.AddDays(-9) { // one of them has been ill of late
			return nil
		}
		var visits []map[string]any
		at := d.from(8*60, 15*60)
		for _, p := range walkers[t.w].points {
			at += d.from(6, 20)
			visits = append(visits, f.aVisit(d, p, at))
		}
		return f.aRound(tx, walkers[t.w].id, t.on, visits)
	})
}

var roundTroubles = []string{"楼道堆物", "小广告", "井盖松动", "店外经营", "暴露垃圾", "电动车飞线充电", "消防通道停车", "路灯不亮", "共享单车乱停", "树枝折断"}

func (f *filler) aVisit(d dice, point uint64, at int) map[string]any {
	v := row("point", text(point), "at", fmt.Sprintf("%02d:%02d", at/60, at%60), "result", patrol.Clear)
	switch n := d.IntN(100); {
	case n < 2:
		v["result"], v["problem"], v["class"] = patrol.Found, pick(d, roundTroubles), "e1"
	case n < 5:
		v["result"], v["problem"], v["class"] = patrol.Fixed, pick(d, roundTroubles)+"，已清理", "e1"
	case n < 7:
		v["result"], v["left"] = "", fmt.Sprintf("%02d:%02d", (at+4)/60, (at+4)%60)
		delete(v, "result")
	case n < 8:
		v["result"], v["problem"] = patrol.Absent, "施工封路"
		delete(v, "at")
	}
	return v
}
