package fault

import (
	"syscall"

	"golang.org/x/sys/windows"
)

var codes = map[syscall.Errno]string{
	windows.ERROR_DISK_FULL: full, windows.ERROR_HANDLE_DISK_FULL: full, windows.ERROR_DISK_QUOTA_EXCEEDED: full,
	windows.ERROR_WRITE_PROTECT: readOnly, windows.ERROR_FILE_TOO_LARGE: tooLarge,
	windows.ERROR_NOT_READY: gone, windows.ERROR_CRC: gone, windows.ERROR_IO_DEVICE: gone, windows.ERROR_DEV_NOT_EXIST: gone,
	windows.ERROR_DEVICE_NOT_CONNECTED: gone, windows.ERROR_GEN_FAILURE: gone,
	windows.ERROR_SHARING_VIOLATION: inUse, windows.ERROR_LOCK_VIOLATION: inUse,
	windows.WSAECONNREFUSED: refused, windows.WSAENETUNREACH: unreachable, windows.WSAEHOSTUNREACH: unreachable,
	windows.WSAECONNRESET: broken, windows.WSAECONNABORTED: broken, windows.ERROR_BAD_NETPATH: unreachable, windows.ERROR_NETNAME_DELETED: broken,
}
