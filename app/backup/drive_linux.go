package backup

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Drives are the removable media that are mounted now.
func Drives() []Drive {
	table, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return nil
	}
	return mounted(string(table), removable)
}

// mounted picks the removable media out of a table of mounts (proc(5)).
func mounted(table string, removable func(device string) bool) []Drive {
	var out []Drive
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) < 3 || !strings.HasPrefix(f[0], "/dev/") {
			continue
		}
		path := unescape(f[1])
		byHand := strings.HasPrefix(path, "/media/") || strings.HasPrefix(path, "/run/media/")
		if !byHand && !removable(f[0]) {
			continue
		}
		d := Drive{Path: path, Label: filepath.Base(path), System: f[2]}
		if free, _, err := space(path); err == nil {
			d.Free = free
			out = append(out, d)
		}
	}
	return out
}

// unescape undoes the octal escapes of proc(5).
func unescape(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}

// removable asks the kernel whether a device's disk can be taken out: it says
// so itself, or hangs on USB or is a memory card.
func removable(device string) bool { return takenOut("/sys", filepath.Base(device)) }

// takenOut looks a device up in sysfs. A partition stands there in the folder
// of its disk.
func takenOut(sysfs, device string) bool {
	at, err := filepath.EvalSymlinks(filepath.Join(sysfs, "class/block", device))
	if err != nil {
		return false
	}
	if _, err := os.Stat(filepath.Join(at, "partition")); err == nil {
		at = filepath.Dir(at)
	}
	flag, err := os.ReadFile(filepath.Join(at, "removable"))
	if err == nil && strings.TrimSpace(string(flag)) == "1" {
		return true
	}
	if strings.HasPrefix(filepath.Base(at), "mmcblk") {
		kind, err := os.ReadFile(filepath.Join(at, "device", "type")) // "SD"; what is soldered in says "MMC"
		return err == nil && strings.TrimSpace(string(kind)) == "SD"
	}
	return strings.Contains(at, "/usb")
}

// fatMagic is what Linux says of FAT file systems (statfs(2)).
const fatMagic = 0x4d44

// space is what is free in a folder, and whether its files are small by
// nature.
func space(dir string) (free int64, small bool, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, false, err
	}
	return int64(s.Bavail) * int64(s.Bsize), s.Type == fatMagic, nil
}

// noRoom says that a write failed because the medium is full.
func noRoom(err error) bool { return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) }

// forgetCache asks the system to read a file anew from its medium.
func forgetCache(path string) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	_ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED) // advice: reading works without
	_ = f.Close()                                           // opened for reading only
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = f.Sync() // some network file systems cannot
	return f.Close()
}
