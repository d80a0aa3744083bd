//go:build !windows

package installer

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

// Notify tells systemd how the service is (sd_notify(3)); without systemd it
// does nothing.
func Notify(state string) error {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("telling systemd: %w", err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(state)); err != nil {
		return fmt.Errorf("telling systemd: %w", err)
	}
	return nil
}

// Watch tells systemd's watchdog that the service lives, as long as alive says
// so. A service that hangs is killed and started anew.
func Watch(ctx context.Context, alive func(context.Context) bool) {
	us, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || us <= 0 {
		return
	}
	tick := time.NewTicker(time.Duration(us) * time.Microsecond / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if alive(ctx) {
				_ = Notify("WATCHDOG=1") // not told is the same as not alive
			}
		}
	}
}
