package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/demo"
	"jiezhen/app/record"
	"jiezhen/app/sheet"
	"jiezhen/app/staff"
	"jiezhen/installer"
)

// definitions prints what is loaded, without opening any data.
func (c *caller) definitions(name string) error {
	d, err := app.Definitions(c.env.Assets)
	if err != nil {
		return err
	}
	if name == "registers" {
		for _, r := range d.Registers.All() {
			system := r.System
			if system == "" {
				system = "—"
			}
			c.say("%-18s %-4s %s", r.ID, system, r.Title)
		}
		return nil
	}
	for _, s := range d.Systems {
		c.say("%-4s %s　登记簿 %d　文书 %d　%s", s.Code, s.Title, len(s.Registers), s.Papers, s.State())
	}
	return nil
}

// operate has an operation done: by the running office, else here.
func (c *caller) operate(ctx context.Context, op string) error {
	req, err := c.request(op)
	if err != nil {
		return err
	}
	file, asked, err := ask(ctx, c.opt.data, req, c.env.Out)
	if !asked && err == nil {
		file, err = c.alone(ctx, req)
	}
	if err != nil {
		return err
	}
	if req.wantsFile() {
		return c.deliver(file)
	}
	return nil
}

func (r request) wantsFile() bool {
	return r.Op == "export" || r.Op == "print" || r.Op == "diagnostics"
}

// signedIn are the operations for which the page would ask who it is.
func (r request) signedIn() bool { return r.Op == "import" || r.Op == "export" || r.Op == "print" }

func (c *caller) request(op string) (request, error) {
	req := request{Op: op, Args: c.args, Fix: c.opt.fix}
	want := map[string]int{"import": 2, "export": 1, "print": 2, "user reset": 1}[op]
	if len(c.args) != want {
		return req, errUsage{"命令 " + op + " 的写法不对"}
	}
	if req.wantsFile() && c.opt.to == "" {
		return req, errUsage{"请用 --to 写明存到哪个文件"}
	}
	if op == "import" {
		data, err := os.ReadFile(c.args[1])
		if err != nil {
			return req, fmt.Errorf("读不到文件 %s：%w", c.args[1], err)
		}
		req.File, req.FileName = data, filepath.Base(c.args[1])
	}
	if req.signedIn() {
		var err error
		req.Name, req.Password, err = c.credentials()
		return req, err
	}
	return req, nil
}

// credentials asks who it is, as the page would.
func (c *caller) credentials() (name, password string, err error) {
	in := bufio.NewReader(c.env.In)
	name, password = c.opt.user, c.env.Getenv("JIEZHEN_PASSWORD")
	if name == "" {
		fmt.Fprint(c.env.Err, "登录名：")
		text, err := in.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", "", fmt.Errorf("reading the name: %w", err)
		}
		name = strings.TrimSpace(text)
	}
	if password != "" {
		return name, password, nil
	}
	fmt.Fprint(c.env.Err, "密码：")
	if f, ok := c.env.In.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		secret, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(c.env.Err)
		return name, string(secret), err
	}
	text, err := in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", "", fmt.Errorf("reading the password: %w", err)
	}
	return name, strings.TrimRight(text, "\r\n"), nil
}

// alone opens the data folder itself, because no office is running.
func (c *caller) alone(ctx context.Context, req request) ([]byte, error) {
	if here := installer.Here(); c.opt.data == here.Data && here.Installed() {
		return nil, errServiceDown
	}
	house, err := app.Enter(ctx, c.config(demo.Marked(c.opt.data)))
	if err != nil {
		return nil, err
	}
	file, err := perform(ctx, house, req, func(text string) { c.say("%s", text) })
	return file, errors.Join(err, house.Leave())
}

func (c *caller) deliver(file []byte) error {
	if err := os.WriteFile(c.opt.to, file, 0o600); err != nil {
		return fmt.Errorf("写不了文件 %s：%w", c.opt.to, err)
	}
	c.say("已存到 %s", c.opt.to)
	return nil
}

// perform does an operation in an open office.
func perform(ctx context.Context, house *app.House, req request, say func(string)) ([]byte, error) {
	switch req.Op {
	case "check":
		return nil, check(ctx, house, req.Fix, say)
	case "diagnostics":
		return house.Diagnostics(ctx)
	}
	office := house.Office()
	if office == nil {
		return nil, shut(house)
	}
	viewer := access.Office()
	if req.signedIn() {
		var err error
		if viewer, err = signIn(ctx, office, req); err != nil {
			return nil, err
		}
	}
	switch req.Op {
	case "reindex":
		say("正在重建检索……")
		if err := office.Find.Rebuild(ctx); err != nil {
			return nil, err
		}
		say("检索已重建。")
		return nil, nil
	case "user reset":
		return nil, reset(ctx, office, req.Args[0], say)
	case "import":
		return nil, importFile(ctx, office, viewer, req, say)
	case "export":
		return office.Sheets.Export(ctx, viewer, sheet.Request{Query: record.Query{Register: req.Args[0]}, Purpose: "命令行导出"})
	case "print":
		return printPaper(ctx, office, viewer, req.Args[0], req.Args[1])
	case "district receive":
		return nil, receiveFolder(ctx, office, req.Args[0], say)
	case "backup":
		return nil, backUp(ctx, office, req.Args[0], req.Args[1], say)
	}
	return nil, fmt.Errorf("没有命令 %s", req.Op)
}

func shut(house *app.House) error {
	condition, why := house.Condition()
	switch condition {
	case app.Absent:
		return errors.New("这个文件夹里还没有数据，请先运行 jiezhen 完成首次设置，或用 --data 指定文件夹")
	case app.Locked:
		return errors.New("数据已锁定：请在页面用恢复密钥打开一次")
	}
	return fmt.Errorf("数据打不开：%w", why)
}

func signIn(ctx context.Context, office *app.Office, req request) (access.Viewer, error) {
	s, err := office.Staff.Login(ctx, staff.Attempt{Name: req.Name, Password: req.Password, From: "命令行"})
	if err != nil {
		return access.Viewer{}, err
	}
	_, viewer, err := office.Staff.Session(ctx, s.Token)
	if err != nil {
		return viewer, err
	}
	return viewer, office.Staff.Logout(ctx, s.Token)
}

func reset(ctx context.Context, office *app.Office, login string, say func(string)) error {
	user, err := office.Staff.ByLogin(ctx, login)
	if err != nil {
		return err
	}
	password, err := office.Staff.Reset(ctx, access.Office(), user.ID)
	if err != nil {
		return err
	}
	say("临时密码：" + password)
	say("请当面交给本人；首次登录必须更换。")
	return nil
}

func importFile(ctx context.Context, office *app.Office, viewer access.Viewer, req request, say func(string)) error {
	staged, err := office.Sheets.Read(ctx, viewer, req.Args[0], req.FileName, req.File)
	if err != nil {
		return err
	}
	dry, err := office.Sheets.DryRun(ctx, viewer, staged, nil)
	if err != nil {
		return err
	}
	for _, row := range dry.Rows {
		if row.Failed() {
			say(fmt.Sprintf("第 %d 行：%s", row.Line, row.Text()))
		}
	}
	if n := dry.Wrong(); n > 0 {
		return fmt.Errorf("有 %d 行不能导入，没有写入任何内容；请改正后再导入", n)
	}
	done, err := office.Sheets.Run(ctx, viewer, staged, func(n, total int) { say(fmt.Sprintf("已导入 %d / %d", n, total)) })
	if err != nil {
		return err
	}
	say(fmt.Sprintf("已导入 %d 条。", done.Created+done.Updated))
	return nil
}

// printPaper prints a preview of the paper of a numbered record, or an issued
// paper again.
func printPaper(ctx context.Context, office *app.Office, viewer access.Viewer, paper, number string) ([]byte, error) {
	var ref record.Ref
	err := office.Book.View(ctx, viewer, func(tx *record.Tx) error {
		r, err := tx.ByNumber(number)
		if err == nil {
			ref = r.Ref
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out, err := office.Papers.Preview(ctx, viewer, ref, paper)
	return out.PDF, err
}
