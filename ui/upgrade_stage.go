package ui

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"jiezhen/app"
	"jiezhen/app/backup"
	"jiezhen/embedstore/disk"
	"jiezhen/installer"
)

// Changer changes the version of the program that runs: for the page and for
// the command alike.
type Changer struct {
	House *app.House
	Desk  *installer.Desk
}

// ErrUnreadable says that the version before cannot read what the present one
// has written; the data of before the change would have to come back too.
var ErrUnreadable = errors.New("上一版读不了现在的数据")

// spareFactor is how much room a change of version takes, in sizes of the
// store: the copy that is tried and the copy that is kept.
const spareFactor = 2.2

// Upgrade backs up, has the version in the inbox try a copy of the data, and
// asks for the change. say gets each step.
func (c Changer) Upgrade(ctx context.Context, say func(string)) error {
	m, err := c.Desk.Look(c.Desk.Incoming())
	if err != nil {
		return err
	}
	say("升级文件是 " + m.Version + "，签名正确")
	took, err := c.rehearse(ctx, c.Desk.Incoming(), say)
	if err != nil {
		return err
	}
	say("正在换成 " + m.Version + "，一两分钟内页面会重新打开")
	return c.Desk.Ask(installer.Request{Kind: installer.Upgrade, Took: took})
}

// rehearse makes a bundle and has a version try a copy of the data. Data that
// are not open, waiting for the paper key, cannot be copied or tried.
func (c Changer) rehearse(ctx context.Context, exe string, say func(string)) (time.Duration, error) {
	office := c.House.Office()
	if office == nil {
		say("数据没有打开，不能先试；换版时会原样留一份副本")
		return 0, nil
	}
	if err := c.room(); err != nil {
		return 0, err
	}
	say("正在做备份包")
	if _, _, err := office.Backup.Make(ctx, backup.ReasonUpgrade); err != nil {
		return 0, err
	}
	return c.try(ctx, exe, say)
}

func (c Changer) try(ctx context.Context, exe string, say func(string)) (took time.Duration, err error) {
	copied := filepath.Join(c.House.Dir(), "trial")
	began := time.Now()
	say("正在做数据副本")
	defer func() { err = errors.Join(err, disk.RemoveAll(copied)) }()
	if err := c.House.CopyTo(ctx, copied); err != nil {
		return 0, err
	}
	say("正在用副本试运行那个版本")
	if err := c.Desk.Try(ctx, exe, copied, say); err != nil {
		return 0, err
	}
	return time.Since(began), nil
}

// room refuses when the disk would be full half-way.
func (c Changer) room() error {
	size, err := c.House.StoreSize()
	if err != nil {
		return err
	}
	room, err := disk.Space(c.House.Dir())
	if err != nil {
		return fmt.Errorf("看不了磁盘还剩多少：%w", err)
	}
	if need := int64(float64(size) * spareFactor); room.Free < need {
		return fmt.Errorf("磁盘只剩 %s，换版要留两份数据副本，需要 %s；请先清理磁盘", backup.Amount(room.Free), backup.Amount(need))
	}
	return nil
}

// Rollback has the version before try a copy of the present data, and asks for
// the change back. When it cannot read them, the data of before the change
// come back only if that is wanted.
func (c Changer) Rollback(ctx context.Context, withData bool, say func(string)) error {
	state, err := c.Desk.State()
	if err != nil {
		return err
	}
	if state.Previous == nil {
		return errors.New("没有可以退回的上一版")
	}
	var took time.Duration
	if !withData {
		took, err = c.rehearse(ctx, state.Previous.Exe, say)
		if errors.Is(err, installer.ErrUnfit) {
			return fmt.Errorf("%w：%s。要退回 %s，只能连数据一起回到 %s 换版前；之后新增的内容不在里面，会整份留在一旁", ErrUnreadable, strings.TrimPrefix(err.Error(), installer.ErrUnfit.Error()+"："),
				state.Previous.Version, state.Previous.At.Local().Format(minute))
		}
		if err != nil { // the version may well read them: it is something else that is in the way
			return err
		}
	} else if office := c.House.Office(); office != nil {
		say("正在做备份包")
		if _, _, err := office.Backup.Make(ctx, backup.ReasonUpgrade); err != nil {
			return err
		}
	}
	say("正在退回 " + state.Previous.Version + "，一两分钟内页面会重新打开")
	return c.Desk.Ask(installer.Request{Kind: installer.Rollback, Data: withData, Took: took})
}
