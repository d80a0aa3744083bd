package installer

import (
	"fmt"
	"regexp"
	"strconv"
)

// spare is what must be free before anything is installed: the program twice
// over, and room for data to begin with.
const spare = 2 << 30

// Facts are what an installation needs to know of a PC.
type Facts struct {
	System  string // GOOS
	Machine string // GOARCH
	Kernel  string // release, as uname(2) or RtlGetVersion say
	Free    uint64 // bytes, where data will lie
}

var release = regexp.MustCompile(`^(\d+)\.(\d+)`)

// Lacks says what the PC lacks, each with what to do; empty when nothing.
func (f Facts) Lacks() []string {
	var out []string
	major, minor := 0, 0
	if m := release.FindStringSubmatch(f.Kernel); m != nil {
		major, _ = strconv.Atoi(m[1]) // matched as digits
		minor, _ = strconv.Atoi(m[2])
	}
	switch {
	case f.System == "windows" && major < 10:
		out = append(out, fmt.Sprintf("需要 Windows 10 或更新的系统，这台是 %s：请换一台电脑，或升级系统", f.Kernel))
	case f.System == "linux" && f.Machine == "loong64" && (major < 5 || major == 5 && minor < 19):
		out = append(out, fmt.Sprintf("龙芯电脑需要 5.19 或更新的内核（新世界），这台是 %s：请升级系统", f.Kernel))
	case f.System == "linux" && (major < 3 || major == 3 && minor < 2):
		out = append(out, fmt.Sprintf("需要 3.2 或更新的内核，这台是 %s：请升级系统", f.Kernel))
	}
	if f.Free < spare {
		out = append(out, fmt.Sprintf("磁盘只剩 %.1f GB，至少要 %d GB：请先清理磁盘", float64(f.Free)/(1<<30), spare>>30))
	}
	return out
}
