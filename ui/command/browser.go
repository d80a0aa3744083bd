package command

import (
	"os/exec"
	"runtime"
)

// openBrowser shows an address in the desktop's browser, where there is one.
func openBrowser(url string) {
	name, args := "xdg-open", []string{url}
	if runtime.GOOS == "windows" {
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", url}
	}
	if path, err := exec.LookPath(name); err == nil {
		_ = desktopUser(exec.Command(path, args...)).Start() // the address has been printed anyway
	}
}

// fontDirs are the PC's font folders.
func fontDirs(getenv func(string) string) []string {
	if runtime.GOOS == "windows" {
		return []string{getenv("WINDIR") + `\Fonts`}
	}
	return []string{"/usr/share/fonts", "/usr/local/share/fonts"}
}
