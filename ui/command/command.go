// Package command is the command line of 街镇通: it parses words, starts the
// office in the foreground, or has an operation done.
//
// It promises Chinese help and errors, an exit code that scripts can trust (0
// only for success), and that operations go to the running office when there
// is one: two processes never write one data folder. Main calls Run and
// nothing else.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"jiezhen/installer"
)

// Env is what the command line takes from its surroundings.
type Env struct {
	Args    []string // without the program's name
	In      io.Reader
	Out     io.Writer
	Err     io.Writer
	Assets  fs.FS
	Clock   func() time.Time
	Getenv  func(string) string
	Version string
}

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// options are the flags that every command takes.
type options struct {
	data      string
	key       string
	listen    string
	noBrowser bool
	people    int
	years     int
	seed      uint64
	to        string
	user      string
	fix       bool
	into      string
	until     string
	receive   string
	reason    string
	printUnit bool
	withData  bool
}

// errUsage says that the words were not understood; the text says how they
// should be.
type errUsage struct{ text string }

func (e errUsage) Error() string { return e.text }

// Run does what the command line says and gives the exit code.
func Run(env Env) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, env)
	var usage errUsage
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		fmt.Fprintln(env.Err, usage.text)
		fmt.Fprintln(env.Err, "用法见：jiezhen help")
		return exitUsage
	}
	fmt.Fprintln(env.Err, "没有完成："+words(err))
	return exitFailed
}

// words is the part of an error that is written for the office.
func words(err error) string {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "没有权限读写数据文件夹，请检查文件夹权限（" + err.Error() + "）" // the path helps who sits at the console
	case errors.Is(err, context.Canceled):
		return "已中断"
	}
	return err.Error()
}

func run(ctx context.Context, env Env) error {
	name, rest := "", env.Args
	if len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
		name, rest = rest[0], rest[1:]
	}
	opt, args, err := parse(env, name, rest)
	if errors.Is(err, flag.ErrHelp) || name == "help" {
		fmt.Fprint(env.Out, help)
		return nil
	}
	if err != nil {
		return err
	}
	c := &caller{env: env, opt: opt, args: args}
	switch name {
	case "":
		return c.plain(ctx)
	case "run":
		return c.serve(ctx, false)
	case "install", "uninstall", "service", "start", "stop", "restart", "status", "open":
		return c.manage(ctx, name)
	case "upgrade", "rollback":
		return c.change(ctx, name)
	case "switch":
		return c.switchVersion(ctx)
	case installer.TrialCommand:
		return c.trial(ctx)
	case "demo":
		return c.serve(ctx, true)
	case "version":
		fmt.Fprintln(env.Out, "街镇通 "+env.Version)
		return nil
	case "systems", "registers":
		return c.definitions(name)
	case "insight":
		return c.evaluate()
	case "check", "diagnostics", "reindex", "import", "export", "print":
		return c.operate(ctx, name)
	case "district":
		if len(args) == 2 && args[0] == "receive" {
			return c.districtReceive(ctx, args[1])
		}
		if len(args) > 0 {
			return errUsage{"写法：jiezhen district，或 jiezhen district receive 文件夹"}
		}
		c.district = true
		return c.serve(ctx, false)
	case "backup":
		return c.backup(ctx)
	case "verify":
		return c.verify(ctx)
	case "restore":
		return c.restore(ctx)
	case "user":
		if len(args) != 2 || args[0] != "reset" {
			return errUsage{"写法：jiezhen user reset 登录名"}
		}
		c.args = args[1:]
		return c.operate(ctx, "user reset")
	}
	return errUsage{"没有命令 " + name}
}

// parse reads flags in any place after the command.
func parse(env Env, name string, rest []string) (options, []string, error) {
	var opt options
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&opt.data, "data", defaultData(env, name), "")
	set.StringVar(&opt.key, "key", "", "")
	set.StringVar(&opt.listen, "listen", "", "")
	set.BoolVar(&opt.noBrowser, "no-browser", false, "")
	set.IntVar(&opt.people, "people", 3000, "")
	set.IntVar(&opt.years, "years", 2, "")
	set.Uint64Var(&opt.seed, "seed", 1, "")
	set.StringVar(&opt.to, "to", "", "")
	set.StringVar(&opt.user, "user", "", "")
	set.BoolVar(&opt.fix, "fix", false, "")
	set.StringVar(&opt.into, "into", "", "")
	set.StringVar(&opt.until, "until", "", "")
	set.StringVar(&opt.receive, "receive", "", "")
	set.StringVar(&opt.reason, "reason", "", "")
	set.BoolVar(&opt.printUnit, "print-unit", false, "")
	set.BoolVar(&opt.withData, "with-data", false, "")
	var args []string
	for len(rest) > 0 {
		if err := set.Parse(rest); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return opt, nil, err
			}
			return opt, nil, errUsage{"看不懂的选项：" + strings.Join(rest, " ")}
		}
		rest = set.Args()
		for len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
			args, rest = append(args, rest[0]), rest[1:]
		}
	}
	abs, err := filepath.Abs(opt.data)
	if err != nil {
		return opt, nil, fmt.Errorf("finding the data folder: %w", err)
	}
	opt.data = abs
	return opt, args, nil
}

// defaultData is the data folder when none is named: the account's own, and
// one beside it for the demo.
func defaultData(env Env, name string) string {
	if dir := env.Getenv("JIEZHEN_DATA"); dir != "" {
		return dir
	}
	if here := installer.Here(); name != "demo" && name != "district" && name != "run" && here.Installed() {
		return here.Data
	}
	base, err := os.UserConfigDir()
	if err != nil {
		base = "."
	}
	if name == "demo" || name == "district" {
		return filepath.Join(base, "jiezhen", name)
	}
	return filepath.Join(base, "jiezhen", "data")
}

// caller is one call of the command line.
type caller struct {
	env      Env
	opt      options
	args     []string
	district bool  // the receiving side
	post     *post // a service's; nil at a console
	keeping
}

func (c *caller) say(format string, args ...any) { fmt.Fprintf(c.env.Out, format+"\n", args...) }

const help = `街镇通：街道、乡镇办事处的残疾人、儿童、社会治理工作台。

用法：jiezhen [命令] [选项]

  （不写命令）              在前台运行，浏览器打开即用；已装成服务的电脑上打开页面
  run                       在前台运行，不管是否装成了服务
  install                   装成服务，随电脑启动（Linux 加 sudo；Windows 双击程序即可）
      --print-unit          只打印 systemd 单元，不安装
  uninstall                 停止并卸下程序；数据和密钥不删
  start、stop、restart      启动、停止、重新启动服务
  status                    服务、版本、地址、最近一次换版
  upgrade 升级文件          升级：验签、备份、用数据副本试运行，再换；起不来自动换回
  rollback [--with-data]    退回上一版；上一版读不了现在的数据时，--with-data 连数据一起退回换版前
  open                      用浏览器打开正在运行的街镇通
  demo                      打开演示单位（虚构数据），打印地址和各岗位账号
      --people N --years N --seed N   演示的人数、年数、随机种子
  check [--fix]             体检：磁盘、时钟、权限、数据、日志链、检索、字体、备份、试恢复、节假日、标准；
                            --fix 修复能修复的（不动任何登记内容）。有问题时退出码为 1，只有提醒为 0
  diagnostics --to 文件.zip 保存诊断资料（没有任何人的资料），交给维护人员
  systems                   列出各系统：名称、登记簿、文书、是否可用
  registers                 列出各登记簿
  import 登记簿 文件        导入 Excel 或 CSV
  export 登记簿 --to 文件   导出 Excel
  print 文书 编号 --to 文件.pdf   打印一条记录的文书（预览，不编号）
  user reset 登录名         重置密码，显示一次临时密码
  reindex                   重建检索
  backup --to 文件夹        马上备份，写到文件夹，写完回读核对；也可写页面上登记过的
                            sftp:// 或 https:// 地址
      --reason upgrade      升级前的完整备份，长期保留；不写 --to 就只留在本机
  verify 备份包…            核对备份包：是否完整、是谁签的、能否接成一串
  restore 备份包… --into 文件夹 [--until 时刻]
                            恢复到一个空文件夹；时刻写成 2026-11-24 或 "2026-11-24 15:30"
                            要用恢复密钥（从键盘输入，或取环境变量 JIEZHEN_PAPER_KEY）
      --key 文件            恢复密钥也没了：用区里锁存的封存钥匙文件，会给出新的恢复密钥
  district [--receive 地址:端口]
                            区里的接收端：收各街镇的备份，核对、汇总、发政策包；
                            加 --receive 0.0.0.0:8660 可从网络收
  district receive 文件夹   从文件夹或U盘收取并核对，回执留在备份包旁边
  insight evaluate 文件     用带“内容”“分类”两列的 Excel 检验分类建议：五折 macro-F1、各分类 F1、前三、混淆表
  version                   版本
  help                      本说明

选项：
  --data 文件夹             数据文件夹
  --listen 地址             监听地址，只能是本机的；默认 127.0.0.1:8650，被占用时往后试，都占用就任选一个
  --no-browser              不自动打开浏览器
  --user 登录名             以谁的身份导入、导出、打印（密码从键盘输入，或取环境变量 JIEZHEN_PASSWORD）

街镇通正在运行时，以上命令交由它来办；没有运行时，直接打开数据文件夹。
`
