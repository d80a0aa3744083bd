//go:build !windows

package installer

import (
	"context"
	"errors"
	"io"
)

// Run runs the office for the service manager; it calls ready when it is up.
func Run(ctx context.Context, office func(ctx context.Context, ready func()) error) error {
	return office(ctx, func() { _ = Notify("READY=1\nSTATUS=街镇通正在运行") }) // systemd gives up by itself if not told
}

// DoubleClicked says whether the program was started from the desktop; here
// nobody can tell.
func DoubleClicked() bool { return false }

// CanElevate says whether the system can ask for an administrator's rights.
func CanElevate() bool { return false }

// Elevate calls the program anew with an administrator's rights.
func Elevate(string) error { return errors.ErrUnsupported }

// Hold keeps a window open that would close at once.
func Hold(io.Writer, io.Reader) error { return nil }

// RunSwitch runs the privileged half for the service manager.
func RunSwitch(ctx context.Context, work func(context.Context) error) error { return work(ctx) }
