package people

import (
	"testing"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

func TestGuardianChangesByOrder(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.settle(t)
	child := o.id["P06"]
	ref := record.Ref{Register: relationRegister, ID: 5} // the grandfather's
	err := o.book.Change(t.Context(), o.officer(t), "", func(tx *record.Tx) error {
		_, err := tx.Save(ref, 0, register.Values{relationGuardian: false})
		return err
	})
	refused(t, err, record.CodeInvalid)

	order := o.create(t, record.Draft{Register: changeRegister, Subject: child, Values: register.Values{changeField: changeGuardian,
		changeNew: "110109198504179273", "reason": "刑满释放，恢复监护", "proof": "释放证明"}})
	if got := order.Text(changeOld); got != "禹德顺（祖父）" {
		t.Errorf("old guardian %q", got)
	}
	err = o.book.Change(t.Context(), o.officer2(t), "", func(tx *record.Tx) error {
		_, err := tx.Do(order.Ref, 0, changeApprove, record.Input{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[value.Date]string{"2026-03-31": "禹德顺", "2026-04-01": "禹长河"} {
		got, err := o.desk.Guardians(t.Context(), o.officer(t), child, at)
		if err != nil || len(got) != 1 || got[0].Name != want {
			t.Errorf("on %s: %+v, %v; want %s", at, got, err, want)
		}
	}
}

func TestGuardianOrderIsRefused(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.settle(t)
	for _, row := range []struct{ name, number string }{
		{"nobody", "no such number"}, {"no relation", "110109198808089728"}, {"the guardian already", "110109195302069339"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			err := o.book.Change(t.Context(), o.officer(t), "", func(tx *record.Tx) error {
				_, err := tx.Create(record.Draft{Register: changeRegister, Subject: o.id["P06"], Values: register.Values{
					changeField: changeGuardian, changeNew: row.number, "reason": "监护人变更", "proof": "协议"}})
				return err
			})
			refused(t, err, record.CodeInvalid)
		})
	}
}
