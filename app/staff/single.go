package staff

import (
	"context"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// The office's own record and its switch for the single-hand mode.
const (
	officeProfile = "office.profile"
	fieldSingle   = "single_hand"
)

// SetSingle switches the single-hand mode of a small office on or off: where
// two persons are asked for one may do, and the record is stamped. Only the
// security administrator may, with a reason that stands in the journal.
func (d *Desk) SetSingle(ctx context.Context, v access.Viewer, on bool, reason string) error {
	if !v.Office && !v.Has(RoleSecurity) {
		return record.Refused(record.CodeDenied, "单人办理模式由安全管理员设置")
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return problems(record.CodeInvalid, "reason", "理由", []string{"请写明理由，如“本科室仅 1 人”"})
	}
	return d.book.Change(ctx, withOffice(v), "单人办理模式："+reason, func(tx *record.Tx) error {
		profile, err := theProfile(tx)
		if err != nil {
			return err
		}
		if was, _ := profile.Values[fieldSingle].(bool); was == on {
			return nil
		}
		if _, err := tx.Save(profile.Ref, profile.Rev, register.Values{fieldSingle: on}); err != nil {
			return err
		}
		return tx.Event("single", profile.Ref, map[string]any{"on": onOff(on), "reason": reason})
	})
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// theProfile is the office's one profile record.
func theProfile(tx *record.Tx) (*record.Record, error) {
	var found *record.Record
	err := tx.AsOffice().Each(officeProfile, func(r *record.Record) (bool, error) {
		found = r
		return false, nil
	})
	if err == nil && found == nil {
		err = record.Refused(record.CodeNotFound, "还没有单位信息，请先完成初次设置")
	}
	return found, err
}
