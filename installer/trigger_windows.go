package installer

// trigger starts the privileged half, which the office's account may do.
func trigger() error { return begin(Switcher) }

// Triggered says whether the privileged half starts by itself when a request
// lies in the inbox.
func Triggered(Manager) bool { return true }
