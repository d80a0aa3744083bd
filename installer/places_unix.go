//go:build !windows

package installer

const exeSuffix = ""

// Account is the service's own.
const Account = "jiezhen"

// PlacesUnder are an installation's places in a tree; "/" is the PC's own.
func PlacesUnder(root string) Places {
	desk := under(root, "var", "lib", "jiezhen-switch")
	home := under(root, "var", "lib", "jiezhen")
	return Places{Programs: under(root, "usr", "local", "lib", "jiezhen"), Command: under(root, "usr", "local", "bin", "jiezhen"),
		Home: home, Data: under(home, "data"), Keys: under(home, "keys"), Secret: under(root, "etc", "jiezhen", "kek"),
		Desk: desk, Inbox: under(desk, "inbox"), Run: under(root, "run", "jiezhen"),
		Lock: under(root, "run", "jiezhen-install.lock"), Menu: under(root, "usr", "local", "share", "applications", "jiezhen.desktop")}
}

// Here are this PC's places.
func Here() Places { return PlacesUnder("/") }

// Control is where an administrator may ask the running office.
func (p Places) Control() string { return under(p.Data, controlName) }
