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
	"time"

	"golang.org/x/term"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/backup"
	"jiezhen/app/bundle"
	"jiezhen/app/demo"
	"jiezhen/app/district"
)

// backup makes a bundle and writes it, with what it builds on, to a folder or
// to a place on the network that the office knows; before an upgrade it may
// stay on this PC.
func (c *caller) backup(ctx context.Context) error {
	reason, known := map[string]string{"": backup.ReasonPlain, "upgrade": backup.ReasonUpgrade}[c.opt.reason]
	if c.opt.to == "" && reason == backup.ReasonPlain || len(c.args) > 0 || !known {
		return errUsage{"写法：jiezhen backup --to 文件夹或地址；升级前：jiezhen backup --reason upgrade [--to 文件夹或地址]"}
	}
	to := c.opt.to
	if to != "" && !strings.Contains(to, "://") {
		var err error
		if to, err = filepath.Abs(to); err != nil {
			return fmt.Errorf("finding the folder: %w", err)
		}
		if err := os.MkdirAll(to, 0o700); err != nil {
			return fmt.Errorf("建不了文件夹 %s：%w", to, err)
		}
	}
	req := request{Op: "backup", Args: []string{to, reason}}
	_, asked, err := ask(ctx, c.opt.data, req, c.env.Out)
	if !asked && err == nil {
		_, err = c.alone(ctx, req)
	}
	return err
}

func backUp(ctx context.Context, office *app.Office, to, reason string, say func(string)) error {
	say("正在备份……")
	m, _, err := office.Backup.Make(ctx, reason)
	if err != nil {
		return err
	}
	say(fmt.Sprintf("已做好并核对：第 %d 号（%s），在 %s", m.Sequence, backup.Amount(m.Size), office.Backup.Folder()))
	if to == "" {
		return nil
	}
	receipts, err := office.Backup.CarryFolder(ctx, access.Office(), to)
	for _, r := range receipts {
		say(fmt.Sprintf("已写入并回读核对：%s（%s）", r.Bundle, backup.Amount(r.Size)))
	}
	if err != nil {
		return err
	}
	say(fmt.Sprintf("备份完成：第 %d 号，到日志第 %d 条。", m.Sequence, m.To))
	return nil
}

// bundleFiles are the bundles named: files, or all those in a folder.
func (c *caller) bundleFiles() ([]string, error) {
	var out []string
	for _, name := range c.args {
		info, err := os.Stat(name)
		if err != nil {
			return nil, fmt.Errorf("找不到 %s：%w", name, err)
		}
		if !info.IsDir() {
			out = append(out, name)
			continue
		}
		list, err := backup.Folder(name, "")
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			out = append(out, filepath.Join(name, e.Name))
		}
	}
	if len(out) == 0 {
		return nil, errUsage{"请写明备份包文件，或放备份包的文件夹"}
	}
	return out, nil
}

// verify reads bundles to their end and says what they are.
func (c *caller) verify(ctx context.Context) error {
	files, err := c.bundleFiles()
	if err != nil {
		return err
	}
	var links []bundle.Link
	bad := 0
	for _, f := range files {
		l, err := bundle.VerifyVolume(ctx, bundle.FileVolume(f))
		if err != nil {
			bad++
			c.say("不能用　%v", err)
			continue
		}
		c.describe(l)
		links = append(links, l)
	}
	if bad > 0 {
		return fmt.Errorf("%d 个备份包不能用", bad)
	}
	chain, err := bundle.Order(links)
	if err != nil {
		if len(files) == 1 && links[0].Manifest.Kind == bundle.Incremental {
			c.say("这是增量备份，恢复时还要用第 %d 号完整备份和中间各号。", links[0].Manifest.Base)
			return nil
		}
		return err
	}
	c.say("完好，可以恢复：第 %d 号至第 %d 号。", chain[0].Manifest.Sequence, chain[len(chain)-1].Manifest.Sequence)
	return nil
}

func (c *caller) describe(l bundle.Link) {
	m := l.Manifest
	kind := map[string]string{bundle.Full: "完整", bundle.Incremental: "增量"}[m.Kind]
	c.say("完好　%s", filepath.Base(l.Name))
	c.say("　　　单位 %s（%s）　第 %d 号 %s　%s　日志 %d 至 %d 条　%s", m.Name, m.Office[:8], m.Sequence, kind,
		m.Time().Format("2006-01-02 15:04"), m.From, m.To, backup.Amount(l.Size))
	c.say("　　　%s　签名指纹 %s", l.Suite.Title(), bundle.Fingerprint(m.Signer))
}

// restore puts a data folder together from bundles.
func (c *caller) restore(ctx context.Context) error {
	if c.opt.into == "" {
		return errUsage{"写法：jiezhen restore 备份包… --into 文件夹 [--until 时刻]"}
	}
	files, err := c.bundleFiles()
	if err != nil {
		return err
	}
	until, err := moment(c.opt.until)
	if err != nil {
		return err
	}
	into, err := filepath.Abs(c.opt.into)
	if err != nil {
		return fmt.Errorf("finding the folder: %w", err)
	}
	if err := c.announce(ctx, files, until); err != nil {
		return err
	}
	cfg := c.config(demo.Marked(c.opt.data))
	o := app.Recovery{Bundles: files, Keys: c.opt.data, Until: until, Paper: c.env.Getenv("JIEZHEN_PAPER_KEY"), Tell: func(text string) { c.say("%s", text) }}
	cfg.Dir = into
	if c.opt.key != "" {
		if o.Sealed, err = sealedKeys(c.opt.key); err != nil {
			return err
		}
		o.Paper = ""
	}
	out, err := app.Restore(ctx, cfg, o)
	if errors.Is(err, app.ErrPaperNeeded) {
		if o.Paper, err = c.paperKey(); err != nil {
			return err
		}
		out, err = app.Restore(ctx, cfg, o)
	}
	if err != nil {
		return err
	}
	if out.Last.Demo {
		if err := demo.Mark(into); err != nil {
			return err
		}
	}
	c.say("已恢复到 %s", into)
	c.say("单位 %s　记录 %d 条　日志 %d 条　附件 %d 个　最新内容 %s", out.Last.Name, out.Records, out.Entries, out.Files, out.Newest.Format("2006-01-02 15:04"))
	if out.Paper != nil {
		c.say("新的恢复密钥，请马上抄两份，锁进保险柜；只显示这一次：")
		for i, g := range out.Paper.Groups() {
			c.say("　　第 %d 组　%s", i+1, g)
		}
	}
	c.say("打开它：jiezhen --data %q", into)
	return nil
}

func sealedKeys(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("读不到钥匙文件：%w", err)
	}
	return district.SealedKeys(string(text))
}

// announce says what will be restored before anything is.
func (c *caller) announce(ctx context.Context, files []string, until time.Time) error {
	var volumes []bundle.Volume
	for _, f := range files {
		volumes = append(volumes, bundle.FileVolume(f))
	}
	chain, err := bundle.Chain(ctx, volumes)
	if err != nil {
		return err
	}
	last := chain[len(chain)-1].Manifest
	c.say("将恢复：%s（%s），第 %d 号至第 %d 号，共 %d 份，做于 %s，日志 %d 条", last.Name, last.Office[:8], chain[0].Manifest.Sequence, last.Sequence, len(chain),
		last.Time().Format("2006-01-02 15:04"), last.To)
	if !until.IsZero() {
		c.say("退回到：%s", until.Format("2006-01-02 15:04:05"))
	}
	return nil
}

// moment reads a time as people write it; a day means its end.
func moment(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			if strings.Count(layout, ":") == 1 {
				t = t.Add(time.Minute - time.Millisecond)
			}
			return t, nil
		}
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	if t, err := time.ParseInLocation("2006-01-02", text, time.Local); err == nil {
		return t.AddDate(0, 0, 1).Add(-time.Millisecond), nil
	}
	return time.Time{}, errUsage{"看不懂时刻 " + text + "，请写成 2026-11-24 或 \"2026-11-24 15:30\""}
}

// paperKey asks for the paper key.
func (c *caller) paperKey() (string, error) {
	fmt.Fprint(c.env.Err, "恢复密钥（纸上的八组字符，可连着写）：")
	if f, ok := c.env.In.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		secret, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(c.env.Err)
		return string(secret), err
	}
	text, err := bufio.NewReader(c.env.In).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading the paper key: %w", err)
	}
	if strings.TrimSpace(text) == "" {
		return "", app.ErrPaperNeeded
	}
	return text, nil
}
