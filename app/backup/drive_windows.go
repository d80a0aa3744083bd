package backup

import (
	"encoding/binary"
	"errors"

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
		if err != nil || !takenOut(name, root[:2]) {
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

// takenOut says whether a drive can be taken out: Windows calls sticks
// removable, and disks on USB fixed.
func takenOut(root *uint16, letter string) bool {
	switch windows.GetDriveType(root) {
	case windows.DRIVE_REMOVABLE:
		return true
	case windows.DRIVE_FIXED:
		return onUSB(letter)
	}
	return false
}

// What DeviceIoControl is asked (winioctl.h, ntddstor.h).
const (
	ioctlStorageQueryProperty = 0x2D1400
	busTypeAt                 = 28 // STORAGE_DEVICE_DESCRIPTOR.BusType
	busTypeUSB                = 7
)

// onUSB asks the disk of a drive letter which bus it hangs on. It needs no
// right to read the disk.
func onUSB(letter string) bool {
	path, err := windows.UTF16PtrFromString(`\\.\` + letter)
	if err != nil {
		return false
	}
	h, err := windows.CreateFile(path, 0, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		return false
	}
	defer func() { _ = windows.CloseHandle(h) }()
	var query [12]byte // STORAGE_PROPERTY_QUERY: StorageDeviceProperty, PropertyStandardQuery
	var answer [1024]byte
	var n uint32
	err = windows.DeviceIoControl(h, ioctlStorageQueryProperty, &query[0], uint32(len(query)), &answer[0], uint32(len(answer)), &n, nil)
	return err == nil && n >= busTypeAt+4 && binary.LittleEndian.Uint32(answer[busTypeAt:]) == busTypeUSB
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

// noRoom says that a write failed because the medium is full.
func noRoom(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}

// forgetCache has no counterpart on Windows.
func forgetCache(string) {}

// syncFolder has no counterpart on Windows: renames are journaled there.
func syncFolder(string) error { return nil }
