package installer

import "os"

const exeSuffix = ".exe"

// Account is the service's own: a virtual account, which has no password and
// no rights but those given to it.
const Account = `NT SERVICE\` + Name

// Here are this PC's places.
func Here() Places {
	programs := under(or(os.Getenv("ProgramW6432"), or(os.Getenv("ProgramFiles"), `C:\Program Files`)), Name)
	home := under(or(os.Getenv("ProgramData"), `C:\ProgramData`), Name)
	desk := under(home, "switch")
	return Places{Programs: programs, Command: under(programs, "jiezhen.cmd"), Home: home, Data: under(home, "data"), Keys: under(home, "keys"),
		Desk: desk, Inbox: under(desk, "inbox"), Run: under(home, "run"), Lock: under(programs, "install.lock"),
		Menu: under(or(os.Getenv("ProgramData"), `C:\ProgramData`), `Microsoft\Windows\Start Menu\Programs`, Title+".lnk")}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
