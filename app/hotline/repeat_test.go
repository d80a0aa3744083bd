package hotline_test

import (
	"testing"

	"jiezhen/app/access"
	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

func TestTheSamePersonTheSameMatterWithinThirtyDays(t *testing.T) {
	t.Parallel()
	d := open(t)
	lamp := "滨河小区3号楼门前路灯不亮"
	d.order("R1", lamp, register.Values{"phone": "13900000001"})
	for _, c := range []struct {
		name, external, content string
		more                    register.Values
		want                    bool
	}{
		{"again, in other words", "R2", "滨河小区3号楼门前的路灯还是不亮", register.Values{"phone": "13900000001", "dispatched_at": "2026-02-20 08:00"}, true},
		{"asking for secrecy", "R3", lamp, register.Values{"phone": "13900000001", "secret": true}, true},
		{"another matter", "R4", "咨询老年卡怎么补办", register.Values{"phone": "13900000001"}, false},
		{"another person", "R5", lamp, register.Values{"phone": "13900000002"}, false},
		{"nobody known", "R6", lamp, nil, false},
		{"after thirty days", "R7", lamp, register.Values{"phone": "13900000001", "dispatched_at": "2026-03-25 08:00"}, false},
		{"said otherwise by hand", "R8", lamp, register.Values{"phone": "13900000001", "repeat": false}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ref := d.order(c.external, c.content, c.more)
			if got, _ := d.read(ref).Values["repeat"].(bool); got != c.want {
				t.Errorf("a repeat: %v", got)
			}
		})
	}
}

func TestOrdersAboutChildrenAndDisabilityAreCopiedOnce(t *testing.T) {
	t.Parallel()
	d := open(t)
	ref := d.order("K1", "楼下盲道被占，孩子上学绕行", register.Values{"complainant": "测甲", "phone": "13900000001"})
	d.order("K2", "路灯不亮", nil)
	d.must(d.edit(ref, register.Values{"unit": "市政所"}))
	for _, reg := range []string{hotline.MinorCopies, hotline.DisabilityCopies} {
		var all []*record.Record
		d.must(d.house.Office().Book.View(t.Context(), access.Office(), func(tx *record.Tx) error {
			return tx.Each(reg, func(r *record.Record) (bool, error) { all = append(all, r); return true, nil })
		}))
		if len(all) != 1 || all[0].Text("external") != "K1" || all[0].Community != d.east || all[0].Text("words") == "" {
			t.Errorf("%s: %d copies", reg, len(all))
		}
	}
	d.must(d.note("governance.head", ref, "void", nil, "误录"))
}
