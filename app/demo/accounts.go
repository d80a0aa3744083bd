package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"jiezhen/app/access"
)

// Account is one account of the demonstration office. Name is what is typed to
// log in.
type Account struct {
	Name     string `json:"name"`
	Password string `json:"password"`
	Role     string `json:"role"`
	Title    string `json:"title"`
}

// The files that mark a folder as a demonstration: the accounts, and a note
// that stands there only while the office is being filled.
const (
	accountsFile   = "demo-accounts.json"
	unfinishedFile = "demo-unfinished"
)

// ErrUnfinished says that a folder was being filled and never was to the end.
var ErrUnfinished = errors.New("演示数据上次没有造完（中途关闭或断电），不能接着用")

// ErrForeign says that a folder holds an office that is no finished
// demonstration.
var ErrForeign = errors.New("这个文件夹里已有数据，不是造好的演示数据，没有做任何改动")

// Marked reports whether a folder holds a demonstration, finished or not.
func Marked(dir string) bool {
	return exists(filepath.Join(dir, accountsFile)) || exists(filepath.Join(dir, unfinishedFile))
}

// Mark marks a folder that holds a demonstration restored from a bundle.
func Mark(dir string) error {
	if Marked(dir) {
		return nil
	}
	if err := os.WriteFile(filepath.Join(dir, accountsFile), []byte("[]\n"), 0o600); err != nil {
		return fmt.Errorf("marking the demonstration: %w", err)
	}
	return nil
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// Accounts reads the accounts of a folder that was filled. ErrUnfinished and
// ErrForeign say why there are none.
func Accounts(dir string) ([]Account, error) {
	if exists(filepath.Join(dir, unfinishedFile)) {
		return nil, fmt.Errorf("%w；请删除文件夹 %s，或用 --data 指定一个空文件夹，再运行 demo", ErrUnfinished, dir)
	}
	data, err := os.ReadFile(filepath.Join(dir, accountsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w；演示请用 --data 指定另一个空文件夹", ErrForeign)
	}
	if err != nil {
		return nil, fmt.Errorf("读演示账号：%w", err)
	}
	var out []Account
	if err := json.Unmarshal(data, &out); err != nil {
		return nil, fmt.Errorf("演示账号文件 %s 读不懂，请删除文件夹重做：%w", accountsFile, err)
	}
	return out, nil
}

// begin marks the folder as one that is being filled.
func begin(dir string) error {
	if err := os.WriteFile(filepath.Join(dir, unfinishedFile), []byte("演示数据正在生成；若程序已停而此文件仍在，说明没有造完\n"), 0o600); err != nil {
		return fmt.Errorf("标记演示文件夹：%w", err)
	}
	return nil
}

// finish leaves the accounts and takes the mark of an unfinished fill away.
func finish(dir string, accounts []Account) error {
	data, err := json.MarshalIndent(accounts, "", "  ")
	if err != nil {
		return fmt.Errorf("写演示账号：%w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, accountsFile), append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("写演示账号：%w", err)
	}
	if err := os.Remove(filepath.Join(dir, unfinishedFile)); err != nil {
		return fmt.Errorf("演示数据已造好，但标记去不掉：%w", err)
	}
	return nil
}

// post is who holds a role in the demonstration. Names of the facts' section
// E0 stand where one fits.
type post struct{ role, login, name string }

var posts = [...]post{
	{"child.director", "jichunhe", "纪春和"},
	{"child.officer", "sulingyi", "苏令仪"},
	{"child.supervisor", "nianyouyu", "年有余"},
	{"disability.worker", "zhuxinhe", "祝新禾"},
	{"disability.officer", "boyining", "柏以宁"},
	{"governance.worker", "chanyuxiaoman", "单于小满"},
	{"governance.officer", "longyan", "龙䶮"},
	{"welfare.head", "jingxingyuan", "景行远"},
	{"governance.head", "lianjiashu", "连佳树"},
	{"leader", "wenshiyu", "闻时雨"},
	{"chief", "guchangze", "顾长泽"},
	{"admin.system", "guanxuyan", "管序言"},
	{"admin.security", "qizhiwei", "戚知微"},
	{"admin.audit", "yinchayan", "尹察言"},
}

// holder is who holds a role; one that is new to the program is named after
// it.
func holder(r access.Role) post {
	for _, p := range posts {
		if p.role == r.ID {
			return p
		}
	}
	return post{r.ID, r.ID, "演示" + r.Title}
}

// password is the i-th account's: easy to type, and within the rules.
func password(i int) string { return fmt.Sprintf("Yanshi-2026-%c", 'a'+rune(i%26)) }
