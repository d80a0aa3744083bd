package command

import (
	"context"
	"fmt"

	"jiezhen/app"
)

// check has the office examined and, with fix, repaired. Only troubles that
// are left make it fail: what someone should see to when there is time must
// not stop a script.
func check(ctx context.Context, house *app.House, fix bool, say func(string)) error {
	list := house.Examine(ctx, app.Examination{Deep: true, Fix: fix, Tell: func(done, total int) { say(fmt.Sprintf("已查 %d / %d", done, total)) }})
	if err := ctx.Err(); err != nil {
		return err
	}
	bad, remarks := 0, 0
	for _, f := range list {
		say(f.Line())
		switch {
		case f.Fixed != "":
		case f.Grade == app.Trouble:
			bad++
		case f.Grade == app.Remark:
			remarks++
		}
	}
	if bad > 0 {
		return fmt.Errorf("发现 %d 处问题", bad)
	}
	say(fmt.Sprintf("没有问题，%d 处提醒。", remarks))
	return nil
}
