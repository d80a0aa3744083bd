package installer

import (
	"os"
	"path/filepath"
)

// Places are where an installation lies on a PC. All paths are absolute: the
// working folder of a service is nobody's choice.
type Places struct {
	Programs string // versioned executables, written by administrators alone
	Command  string // what is typed on the command line
	Home     string // the service's own: data, keys
	Data     string
	Keys     string // the account's half of the master key, where no credential is given
	Secret   string // Linux: the key that systemd hands over as a credential
	Desk     string // state file and inbox; written by administrators alone
	Inbox    string // inside Desk: where the service lays requests
	Run      string // while running: the socket for everybody at the PC, the address
	Lock     string // held by whoever installs or changes versions
	Menu     string // the entry in the desktop's menu
}

// Socket is where everybody at the PC may talk to the running office.
func (p Places) Socket() string { return filepath.Join(p.Run, "control.sock") }

// controlName is the file of the socket, or door, where administrators ask.
const controlName = "control.sock"

// Address is the file that holds where the running office answers.
func (p Places) Address() string { return filepath.Join(p.Run, "address") }

// StateFile is the record of the installation.
func (p Places) StateFile() string { return filepath.Join(p.Desk, "state.json") }

// Installed says whether there is an installation.
func (p Places) Installed() bool {
	_, err := os.Stat(p.StateFile())
	return err == nil
}

// ExeFor is the name under which a version's executable lies.
func (p Places) ExeFor(version string) string {
	return filepath.Join(p.Programs, "jiezhen-"+SafeVersion(version)+exeSuffix)
}

// Current is the executable that the service runs, as the command line calls it.
func (p Places) Current() string { return filepath.Join(p.Programs, "current"+exeSuffix) }

// PlacesIn are the places of an installation that lies in one folder.
func PlacesIn(dir string) Places {
	home, desk := under(dir, "home"), under(dir, "switch")
	return Places{Programs: under(dir, "programs"), Command: under(dir, "bin", "jiezhen"), Home: home, Data: under(home, "data"), Keys: under(home, "keys"),
		Secret: under(dir, "etc", "kek"), Desk: desk, Inbox: under(desk, "inbox"), Run: under(dir, "run"), Lock: under(dir, "lock"), Menu: under(dir, "menu")}
}

func under(root string, parts ...string) string {
	return filepath.Join(append([]string{root}, parts...)...)
}
