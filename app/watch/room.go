package watch

import (
	"fmt"
	"sync"

	"jiezhen/embedstore/disk"
)

// Level is how full a disk is.
type Level int

// The levels.
const (
	Enough Level = iota
	Low          // warn
	Full         // take no more writes, while there is room to finish what runs
)

// Floors are the free bytes below which a disk is low, and full.
type Floors struct{ Low, Full int64 }

// A small disk would be full from the start by figures meant for an office's
// PC: there the floors are parts of the whole.
const (
	lowPart  = 10
	fullPart = 33
)

// on are the floors of a disk of a size.
func (f Floors) on(total int64) Floors {
	return Floors{Low: min(f.Low, total/lowPart), Full: min(f.Full, total/fullPart)}
}

// Disk watches the disk that a folder lies on. It is safe for use by many.
type Disk struct {
	mu    sync.Mutex
	dir   string
	space func(dir string) (disk.Room, error)
	level Level
}

// NewDisk watches a folder's disk; space nil asks the system.
func NewDisk(dir string, space func(string) (disk.Room, error)) *Disk {
	if space == nil {
		space = disk.Space
	}
	return &Disk{dir: dir, space: space}
}

// Look says how full the disk is now. Once full it is so until a quarter more
// than the floor is free: else every save would end it and begin it again. A
// disk that does not answer is as it was.
func (d *Disk) Look(f Floors) (Level, disk.Room) {
	room, err := d.space(d.dir)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		return d.level, room
	}
	if room.Locked { // passes as it came: the level of before holds again then
		return Full, room
	}
	f = f.on(room.Total)
	full := f.Full
	if d.level == Full {
		full += f.Full / 4
	}
	switch {
	case room.Free < full:
		d.level = Full
	case room.Free < f.Low:
		d.level = Low
	default:
		d.level = Enough
	}
	return d.level, room
}

// RoomWords say what to do about a disk, or "".
func RoomWords(l Level, room disk.Room) string {
	if room.Locked {
		return "存放数据的磁盘变成了只读（多半是磁盘出错，系统把它锁住了），现在只能查看，不能保存；已保存的内容不受影响。"
	}
	switch l {
	case Low:
		return fmt.Sprintf("磁盘快满了，只剩 %s，请清理磁盘（删除无关的大文件、清空回收站）。", Amount(room.Free))
	case Full:
		return fmt.Sprintf("磁盘只剩 %s，为了不损坏数据，现在只能查看，不能保存。清理出空间后会自动恢复。", Amount(room.Free))
	}
	return ""
}

// Amount is a number of bytes as people say it.
func Amount(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d KB", (n+1023)/1024)
}
