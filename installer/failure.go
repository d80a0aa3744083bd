package installer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// failureFile lies in the inbox, which the service may write and an
// administrator may read: the data folder and its logs are the service's
// alone. It holds why the service last ended with an error, in one text.
const failureFile = "failure.txt"

// longestFailure is the most that is read of it.
const longestFailure = 2000

// TellFailure keeps why the service ended; nothing takes it back.
func TellFailure(p Places, why string) error {
	path := filepath.Join(p.Inbox, failureFile)
	if why == "" {
		return remove(path)
	}
	return writeFile(path, []byte(why), 0o600)
}

// failure is why the service last ended with an error, "" when it came up
// since. The inbox is the office's: links in it lead nowhere.
func failure(p Places) (string, error) {
	inbox, err := os.OpenRoot(p.Inbox)
	if err != nil {
		return "", fmt.Errorf("opening the inbox: %w", err)
	}
	defer inbox.Close()
	f, err := inbox.Open(failureFile)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading why the service ended: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, longestFailure))
	if err != nil {
		return "", fmt.Errorf("reading why the service ended: %w", err)
	}
	plain := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(raw), ""))
	return strings.Join(strings.Fields(plain), " "), nil
}

// tellWhy is what to say of a service that is not up: its own reason, where it
// left one.
func (i *Installer) tellWhy() string {
	logs := i.cfg.Manager.Logs(i.cfg.Places)
	why, err := failure(i.cfg.Places)
	if err != nil || why == "" {
		return logs
	}
	return "服务说：" + why + "。处理后请运行 jiezhen start；" + logs
}

// tellDown is what to say of a service that does not run. One that was stopped
// on purpose has no reason to look for.
func (i *Installer) tellDown(c Condition) string {
	if why, err := failure(i.cfg.Places); c == Stopped && err == nil && why == "" {
		return "服务已停止，没有出错。要用时请启动：Linux 用 sudo jiezhen start，Windows 用管理员命令行 jiezhen start"
	}
	return "服务" + c.Title() + "。" + i.tellWhy()
}
