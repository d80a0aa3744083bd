package grid

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// TestPairsFollowed changes sources one after another and compares the pairs
// that were followed with those found anew, order included.
func TestPairsFollowed(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	rules := joinRules{metres: 60, gap: 48 * time.Hour}
	at := value.Date("2026-11-20")
	tree := &table{}
	x := &Rules{}
	all := map[record.Ref]told{}
	put := func(id uint64) record.Ref {
		ref := record.Ref{Register: Reports, ID: id}
		day := at.AddDays(-r.IntN(9))
		v := register.Values{"found_on": string(day), "found_at": fmt.Sprintf("%s %02d:%02d", day, r.IntN(24), r.IntN(2)*30), "title": []string{"井盖松动车一过就响", "楼下垃圾堆了好几天", "路灯坏了晚上一片黑"}[r.IntN(3)],
			"address": fmt.Sprintf("滨河%s里小区%d号楼%d单元", []string{"东", "西"}[r.IntN(2)], 1+r.IntN(3), 1+r.IntN(2))}
		if r.IntN(3) == 0 {
			v["address"], v["lon"], v["lat"] = "", 116.1+float64(r.IntN(30))*0.0004, 39.9+float64(r.IntN(4))*0.0004
		}
		if r.IntN(4) == 0 {
			v["case"] = fmt.Sprint(1 + r.IntN(5))
		}
		all[ref] = x.told(tree, &record.Record{Ref: ref, Values: v})
		return ref
	}
	f := found{known: true, rules: rules, from: at.AddDays(-recentDays), to: at}
	most := 0
	for i := range 400 {
		changed := map[record.Ref]bool{}
		for range 1 + r.IntN(4) {
			ref := put(1 + r.Uint64N(150))
			if changed[ref] = true; r.IntN(6) == 0 {
				delete(all, ref)
			}
		}
		f.follow(tree, all, changed)
		want := anew(rules, tree, all, f)
		if len(want) != len(f.list) {
			t.Fatalf("after %d changes: %d pairs followed, %d found anew", i+1, len(f.list), len(want))
		}
		for k := range want {
			if fmt.Sprint(want[k].A.Ref, want[k].B.Ref, want[k].Reasons) != fmt.Sprint(f.list[k].A.Ref, f.list[k].B.Ref, f.list[k].Reasons) {
				t.Fatalf("after %d changes, pair %d: %v–%v %v, found anew %v–%v %v", i+1, k, f.list[k].A.Ref, f.list[k].B.Ref, f.list[k].Reasons, want[k].A.Ref, want[k].B.Ref, want[k].Reasons)
			}
		}
		most = max(most, len(want))
	}
	if most < 20 {
		t.Fatalf("at most %d pairs: too few to tell anything", most)
	}
}

func anew(rules joinRules, tree *table, all map[record.Ref]told, f found) []Pair {
	var list []told
	for _, s := range all {
		if f.covers(s) {
			list = append(list, s)
		}
	}
	sortTold(list)
	return rules.pairs(tree, list)
}

// TestManyChangesAreFoundAnew forgets the pairs when an import has changed more
// than are worth following.
func TestManyChangesAreFoundAnew(t *testing.T) {
	f := found{known: true}
	changed := map[record.Ref]bool{}
	for id := range uint64(followMost + 1) {
		changed[record.Ref{Register: Reports, ID: id}] = true
	}
	if f.follow(&table{}, nil, changed); f.known {
		t.Error("the pairs are held for known")
	}
}

// TestOnlyTheLastDaysAreKept: a source of long ago that changes, as a year of an
// import does, is not kept in memory, and of those kept nothing is that no page
// wants.
func TestOnlyTheLastDaysAreKept(t *testing.T) {
	all := map[record.Ref]told{}
	x, tree := &Rules{}, &table{}
	for id, day := range []string{"2026-11-19", "2026-11-20"} {
		r := &record.Record{Ref: record.Ref{Register: Orders, ID: uint64(id)}, Values: register.Values{"dispatched_on": day, "dispatched_at": day + " 08:00", "content": "井盖松动", "reply": "已修好"},
			Secrets: map[string]string{"phone": "010-00000000"}}
		enter(all, x.told(tree, r), "2026-11-20")
		if len(r.Values) != 4 || r.Secrets == nil {
			t.Error("the record itself is cut")
		}
	}
	s, ok := all[record.Ref{Register: Orders, ID: 1}]
	if len(all) != 1 || !ok {
		t.Fatalf("kept: %v", all)
	}
	if s.Text("content") == "" || s.Text("reply") != "" || s.Secrets != nil {
		t.Errorf("kept of it: %v %v", s.Values, s.Secrets)
	}
}
