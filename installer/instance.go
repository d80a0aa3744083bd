package installer

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
)

// NewInstance draws the sign of one start of the service: what answers with it
// is that start, and nothing else on this PC.
func NewInstance() string {
	var sign [16]byte
	_, _ = rand.Read(sign[:]) // never fails (crypto/rand ends the program instead)
	return hex.EncodeToString(sign[:])
}

// Announce tells everybody at the PC where a start of the service answers. The
// folder is the service's own: nobody else writes there.
//
// FORMAT of the file address in the run folder: two lines, each with its end:
// the address (IP:port of this PC) and the sign of the start.
func Announce(p Places, address, instance string) error {
	return writeFile(p.Address(), []byte(address+"\n"+instance+"\n"), 0o644)
}

// announced is what the service that started last has told.
func announced(p Places) (address, instance string, err error) {
	text, err := os.ReadFile(p.Address())
	if err != nil {
		return "", "", fmt.Errorf("程序还没有报告地址：%w", err)
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) < 3 || lines[1] == "" {
		return "", "", errors.New("程序还没有报告完地址")
	}
	if at, err := netip.ParseAddrPort(lines[0]); err != nil || !at.Addr().IsLoopback() {
		return "", "", fmt.Errorf("报告的地址 %q 不在这台电脑上", lines[0])
	}
	return lines[0], lines[1], nil
}
