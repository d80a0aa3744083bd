package backup

// Drive is a removable medium that is plugged in.
type Drive struct {
	Path   string
	Label  string
	System string // file system
	Free   int64  // bytes
}
