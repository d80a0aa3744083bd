//go:build unix

package fault

import "syscall"

var codes = map[syscall.Errno]string{
	syscall.ENOSPC: full, syscall.EDQUOT: full, syscall.EROFS: readOnly, syscall.EFBIG: tooLarge,
	syscall.EIO: gone, syscall.ENXIO: gone, syscall.ENODEV: gone, syscall.ETXTBSY: inUse, syscall.EBUSY: inUse,
	syscall.ECONNREFUSED: refused, syscall.ENETUNREACH: unreachable, syscall.EHOSTUNREACH: unreachable,
	syscall.ECONNRESET: broken, syscall.EPIPE: broken, syscall.ECONNABORTED: broken,
}
