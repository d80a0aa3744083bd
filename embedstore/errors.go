package embedstore

import (
	"errors"
	"fmt"
)

// What opening can find.
var (
	ErrInUse       = errors.New("数据正被另一个街镇通程序使用，请先关闭它，或直接在浏览器打开已运行的那一个")
	ErrNewerFormat = errors.New("数据是更新版本的程序写的，请使用新版程序打开；数据没有改动")
	ErrWrongKey    = errors.New("钥匙与数据不符，数据没有改动")
	ErrAbsent      = errors.New("没有数据文件")
	ErrExists      = errors.New("已有数据文件，不能再建")
	ErrDamaged     = errors.New("数据文件已损坏，请勿删除，先运行自检")
	ErrNoSpace     = errors.New("磁盘已满，没有保存；请清理出空间后再试")
	ErrLockedDisk  = errors.New("磁盘变成了只读，没有保存；请找维护人员检查磁盘")
)

// What using can find.
var (
	ErrNotFound = errors.New("no such record")
	ErrNested   = errors.New("an update inside an update")
	ErrReadOnly = errors.New("writing in a transaction that only reads")
	ErrTooLarge = errors.New("the file is over the limit")
	ErrQuota    = errors.New("the files are over the quota")
	ErrType     = errors.New("files of this type are not kept")
)

// StaleError says that a record has moved on: Current is its revision now.
type StaleError struct{ Current uint64 }

func (e *StaleError) Error() string {
	return fmt.Sprintf("the record has moved on to revision %d", e.Current)
}

// TakenError says that a unique value already belongs to another record.
type TakenError struct {
	Name, Collection string
	ID               uint64
}

func (e *TakenError) Error() string {
	return fmt.Sprintf("unique %s is held by %s/%d", e.Name, e.Collection, e.ID)
}
