//go:build !windows

package installer

// trigger does nothing here: systemd watches the inbox.
func trigger() error { return nil }

// Triggered says whether the privileged half starts by itself when a request
// lies in the inbox.
func Triggered(m Manager) bool { return m.Name() == "systemd" }
