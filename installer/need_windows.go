package installer

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/windows"
)

// Look gathers the facts of this PC; dir is where data will lie.
func Look(dir string) (Facts, error) {
	v := windows.RtlGetVersion()
	f := Facts{System: runtime.GOOS, Machine: runtime.GOARCH, Kernel: fmt.Sprintf("%d.%d.%d", v.MajorVersion, v.MinorVersion, v.BuildNumber)}
	path, err := windows.UTF16PtrFromString(existing(dir))
	if err != nil {
		return f, fmt.Errorf("asking for free space: %w", err)
	}
	if err := windows.GetDiskFreeSpaceEx(path, &f.Free, nil, nil); err != nil {
		return f, fmt.Errorf("asking for free space: %w", err)
	}
	return f, nil
}

// existing is the nearest folder upwards that is there.
func existing(dir string) string {
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(dir); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	return dir
}

// Admin says whether this process may install.
func Admin() bool { return windows.GetCurrentProcessToken().IsElevated() }
