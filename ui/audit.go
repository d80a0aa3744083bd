package ui

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiezhen/app/record"
	"jiezhen/app/value"
	"jiezhen/ui/page"
)

// auditLines is how many lines of the journal a page shows.
const auditLines = 100

// changeWords and eventWords are what the journal knows, in the office's words.
var changeWords = map[string]string{"create": "登记", "update": "修改", "delete": "撤销"}

var eventWords = map[string]string{
	"view": "查看", "identity": "查看诉求人身份", "print": "出具文书", "printed": "打印", "reprint": "补打", "void": "作废文书", "export": "导出", "doctor": "体检",
	"login": "登录", "login.failed": "登录失败", "login.locked": "登录锁定", "logout": "退出", "unlock": "解开锁屏", "password": "修改密码", "reset": "重置密码",
	"terminal.opened": "解除终端锁定", "single": "单人办理", "handover": "工作交接", "version": "换版", "safe.leave": "离开安全模式",
	"lan.on": "开放局域网", "lan.off": "关闭局域网", "lan.code": "生成设备登记码", "lan.enrol": "登记设备", "lan.revoke": "撤销设备", "lan.renew": "换新局域网证书",
	"backup.download": "下载备份包", "backup.keys": "更换备份钥匙", "backup.paper": "换新恢复密钥", "backup.prune": "清理旧备份包", "backup.settings": "修改备份设置",
	"district.enrol": "登记街镇", "district.match": "跨街镇比对", "district.receive": "收到街镇备份包", "district.sealed": "启用封存资料钥匙",
	"policy.bring": "导入政策包", "policy.approve": "批准政策包", "policy.drop": "不用政策包", "policy.undo": "撤回政策包", "policy.make": "制作政策包",
}

// auditKinds are the questions an auditor asks, with the kinds that answer them.
var auditKinds = []struct {
	id, title string
	kinds     []string
}{
	{"change", "登记、修改、撤销", slices.Sorted(maps.Keys(changeWords))},
	{"view", "查看受保护内容", []string{"view", "identity"}},
	{"paper", "出具、打印、补打、作废文书", []string{"print", "printed", "reprint", "void"}},
	{"export", "导出", []string{"export"}},
	{"login", "登录、退出", []string{"login", "logout", "unlock"}},
	{"failed", "登录失败和锁定", []string{"login.failed", "login.locked"}},
	{"account", "密码、交接和单人办理", []string{"password", "reset", "terminal.opened", "single", "handover"}},
	{"machine", "备份、换版、局域网和政策包", machineKinds()},
}

func machineKinds() []string {
	out := []string{"version", "doctor", "safe.leave"}
	for kind := range eventWords {
		if slices.Contains([]string{"lan", "backup", "district", "policy"}, strings.SplitN(kind, ".", 2)[0]) {
			out = append(out, kind)
		}
	}
	return out
}

// auditQuery is what the reader asks for; what makes no sense is left out.
func (v *visit) auditQuery() record.JournalQuery {
	q := record.JournalQuery{Limit: auditLines}
	q.Before, _ = strconv.ParseUint(v.query("before"), 10, 64) // none: from the newest on
	q.By, _ = strconv.ParseUint(v.query("by"), 10, 64)         // none: everybody's
	day := func(name string, more int) (t time.Time) {
		if d, err := value.ParseDate(v.query(name), v.office.Book.Today()); err == nil && d != "" {
			at := d.AddDays(more).Time()
			t = time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.Local)
		}
		return t
	}
	q.From, q.To = day("from", 0), day("to", 1)
	for _, k := range auditKinds {
		if k.id == v.query("kind") {
			q.Kinds = k.kinds
		}
	}
	return q
}

// audit shows who did what when, and narrows it to a person, a time or a kind.
func (v *visit) audit() error {
	view := page.DeskView{Frame: v.frame("审计日志", "每次登记、修改、查看、打印、导出、登录都在这里，前后相扣，改动会被发现。")}
	t := page.Table{Caption: "日志", Columns: []page.Column{{Title: "序号", Num: true}, {Title: "时间"}, {Title: "谁"}, {Title: "做了什么"}, {Title: "理由"}},
		Empty: page.Empty{Text: "读到的这一段里没有符合条件的记录。"}}
	var next uint64
	err := v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		lines, more, err := tx.Journal(v.auditQuery())
		next = more
		for _, l := range lines {
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: strconv.FormatUint(l.Seq, 10), Num: true}, {Text: moment(l.At)}, {Text: v.actor(tx, l.By)},
				{Text: v.journalWords(tx, l)}, {Text: l.Reason}}})
		}
		return err
	})
	if err != nil {
		return err
	}
	choose, err := v.auditBlock()
	if err != nil {
		return err
	}
	view.Blocks = []page.Block{choose, {Title: "日志", Table: &t, Pager: &page.Pager{Next: v.olderLines(next)}}}
	return v.desk(view)
}

func (v *visit) olderLines(before uint64) string {
	if before == 0 {
		return ""
	}
	q := url.Values{"before": {strconv.FormatUint(before, 10)}}
	for _, name := range []string{"by", "kind", "from", "to"} {
		if x := v.query(name); x != "" {
			q.Set(name, x)
		}
	}
	return "/audit?" + q.Encode()
}

func (v *visit) actor(tx *record.Tx, user uint64) string {
	return or(tx.Label(record.Ref{Register: record.Users, ID: user}, false), "系统")
}

func (v *visit) auditBlock() (page.Block, error) {
	people, err := v.office.Staff.Users(v.ctx, v.viewer)
	if err != nil {
		return page.Block{}, err
	}
	who, what := []page.Option{{Text: "全部"}}, []page.Option{{Text: "全部"}}
	for _, u := range people {
		who = append(who, page.Option{Value: strconv.FormatUint(u.ID, 10), Text: u.Name + "（" + u.Login + "）"})
	}
	for _, k := range auditKinds {
		what = append(what, page.Option{Value: k.id, Text: k.title})
	}
	return page.Block{Title: "查什么", Form: &page.Form{Action: "/audit", Get: true, Sections: []page.Section{{Fields: []page.Field{
		{Name: "by", Label: "谁", Kind: page.KindCode, Value: v.query("by"), Options: who},
		{Name: "kind", Label: "做了什么", Kind: page.KindCode, Value: v.query("kind"), Options: what},
		{Name: "from", Label: "自", Kind: page.KindDate, Value: v.query("from")}, {Name: "to", Label: "至", Kind: page.KindDate, Value: v.query("to")}}}},
		Buttons: []page.Button{{Text: "查找", Primary: true}, {Text: "清除条件", URL: "/audit"}}}}, nil
}

// mostItems is how many records of one line are named.
const mostItems = 5

func (v *visit) journalWords(tx *record.Tx, l record.JournalLine) string {
	var words []string
	for i, item := range l.What {
		if i == mostItems {
			words = append(words, fmt.Sprintf("等 %d 项", len(l.What)))
			break
		}
		words = append(words, or(changeWords[item.Kind], eventWords[item.Kind])+v.thing(tx, item.Ref))
	}
	return strings.Join(words, "；")
}

// thing names a record: an account by its holder, everything else by its
// register and number in it.
func (v *visit) thing(tx *record.Tx, ref record.Ref) string {
	switch {
	case ref.Register == "":
		return ""
	case ref.Register == record.Users && ref.ID != 0:
		return "账号 " + or(tx.Label(ref, false), idOrEmpty(ref.ID))
	}
	return strings.TrimSpace(or(v.title(ref.Register), map[string]string{record.Notes: "工作记录", record.Frozen: "文书底稿"}[ref.Register]) + " " + idOrEmpty(ref.ID))
}
