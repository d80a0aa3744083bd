package hotline_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

func TestAdviceLearnsFromClosedOrders(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.must(d.change(access.Office(), func(tx *record.Tx) error {
		for i := range 60 {
			class, text := "供暖", fmt.Sprintf("%d号楼暖气不热，室温只有十几度，老人受不了", i)
			if i%2 == 1 {
				class, text = "市政", fmt.Sprintf("第%d根灯杆路灯不亮，路面坑洼", i)
			}
			if _, err := tx.Create(record.Draft{Register: hotline.Orders, Step: "closed", Values: register.Values{"external": fmt.Sprint("L", i), "content": text,
				"category": class, "dispatched_at": "2026-01-03 08:00", "reply": "已换阀门" + fmt.Sprint(i)}}); err != nil {
				return err
			}
		}
		return nil
	}))
	ref := d.order("N1", "3单元暖气不热，室温太低", nil)
	again := d.order("N2", "3单元暖气不热，室温太低！", nil)
	var a hotline.Advice
	for range 200 { // learning goes on beside the work
		d.must(d.house.Office().Book.View(t.Context(), d.officer(), func(tx *record.Tx) error {
			r, err := tx.Open(ref)
			a = d.house.Office().Hotline.Advise(tx, r)
			return err
		}))
		if len(a.Classes) > 0 && len(a.Twins) > 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if len(a.Classes) == 0 || a.Classes[0].Class != "供暖" || len(a.Classes[0].Words) == 0 {
		t.Fatalf("suggested %+v", a.Classes)
	}
	if len(a.Twins) != 1 || a.Twins[0].Order.Ref != again {
		t.Errorf("said again: %+v", a.Twins)
	}
	if len(a.Past) == 0 || !strings.Contains(a.Past[0].Order.Text("reply"), "已换阀门") || a.Past[0].Order.Text("category") != "供暖" {
		t.Errorf("past: %+v", a.Past)
	}
	d.must(d.edit(again, register.Values{"dispatched_at": "2025-12-20 08:00"}))
	d.must(d.house.Office().Book.View(t.Context(), d.officer(), func(tx *record.Tx) error {
		r, err := tx.Open(ref)
		if got := d.house.Office().Hotline.Advise(tx, r); len(got.Twins) != 0 {
			t.Errorf("of six weeks ago: %+v", got.Twins)
		}
		return err
	}))
	d.must(d.edit(again, register.Values{"dispatched_at": "2026-02-03 08:00"}))
	if q, ok := d.house.Office().Hotline.Quality(); !ok || q.Rows != 60 || q.MacroF1 < 0.9 {
		t.Errorf("quality %+v", q)
	}
	// the order lies in the worker's community, the past ones in none
	d.must(d.house.Office().Book.View(t.Context(), d.users["governance.worker"], func(tx *record.Tx) error {
		r, err := tx.Open(ref)
		if got := d.house.Office().Hotline.Advise(tx, r); len(got.Past) != 0 || len(got.Twins) != 1 {
			t.Errorf("a community worker is shown %d past, %d the same", len(got.Past), len(got.Twins))
		}
		return err
	}))
	twins, err := d.house.Office().Hotline.Twins(t.Context(), d.officer(), "3单元暖气不热，室温太低")
	if err != nil || len(twins) != 2 {
		t.Errorf("while typing: %+v, %v", twins, err)
	}
}
