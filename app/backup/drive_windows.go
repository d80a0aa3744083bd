package backup

import (
	"golang.org/x/sys/windows"
)

// Drives are the removable media that have a letter now.
func Drives() []Drive {
	mask, err := windows.GetLogicalDrives()
	if err != nil {
		return nil
	}
	var out []Drive
	for i := range 26 {
		if mask&(1<<i) == 0 {
			continue
		}
		root := string(rune('A'+i)) + `:\`
		name, err := windows.UTF16PtrFromString(root)
		if err != nil || windows.GetDriveType(name) != windows.DRIVE_REMOVABLE {
			continue
		}
		label, system, err := volume(name)
		if err != nil {
			continue // an empty card reader
		}
		free, _, err := space(root)
		if err == nil {
			out = append(out, Drive{root, label + "（" + root[:2] + "）", system, free})
		}
	}
	return out
}

func volume(root *uint16) (label, system string, err error) {
	var name, kind [windows.MAX_PATH + 1]uint16
	err = windows.GetVolumeInformation(root, &name[0], uint32(len(name)), nil, nil, nil, &kind[0], uint32(len(kind)))
	return windows.UTF16ToString(name[:]), windows.UTF16ToString(kind[:]), err
}

// space is what is free in a folder, and whether its files are small by
// nature.
func space(dir string) (free int64, small bool, err error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, false, err
	}
	var n uint64
	if err := windows.GetDiskFreeSpaceEx(path, &n, nil, nil); err != nil {
		return 0, false, err
	}
	var root [windows.MAX_PATH + 1]uint16
	if windows.GetVolumePathName(path, &root[0], uint32(len(root))) == nil {
		_, system, err := volume(&root[0])
		small = err == nil && (system == "FAT32" || system == "FAT")
	}
	return int64(n), small, nil
}

// forgetCache has no counterpart on Windows.
func forgetCache(string) {}

// syncFolder has no counterpart on Windows: renames are journaled there.
func syncFolder(string) error { return nil }
