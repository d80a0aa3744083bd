package installer

import "golang.org/x/sys/windows"

const exeSuffix = ".exe"

// Account is the service's own: a virtual account, which has no password and
// no rights but those given to it.
const Account = `NT SERVICE\` + Name

// Here are this PC's places. They are asked of the system: the surroundings of
// a process may say something else for a service than for its caller, and are
// whatever the caller makes them.
func Here() Places {
	programs := under(known(windows.FOLDERID_ProgramFiles, `C:\Program Files`), Name)
	shared := known(windows.FOLDERID_ProgramData, `C:\ProgramData`)
	home := under(shared, Name)
	desk := under(home, "switch")
	return Places{Programs: programs, Command: under(programs, "jiezhen.cmd"), Home: home, Data: under(home, "data"), Keys: under(home, "keys"),
		Desk: desk, Inbox: under(desk, "inbox"), Run: under(home, "run"), Lock: under(programs, "install.lock"),
		Menu: under(shared, `Microsoft\Windows\Start Menu\Programs`, Title+".lnk")}
}

// known is a folder of the system's own.
func known(id *windows.KNOWNFOLDERID, otherwise string) string {
	path, _ := windows.KnownFolderPath(id, 0)
	return or(path, otherwise)
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Control is where an administrator may ask the running office. The data
// folder is the service's alone here, and closed to administrators too.
func (p Places) Control() string { return under(p.Inbox, controlName) }
