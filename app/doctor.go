package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"jiezhen/app/backup"
	"jiezhen/app/fault"
	"jiezhen/app/policy"
	"jiezhen/app/watch"
)

// Grade is how a finding of the doctor stands.
type Grade int

// The grades.
const (
	Fine    Grade = iota
	Remark        // someone should see to it
	Trouble       // something is wrong
)

// Word is the grade in the office's words.
func (g Grade) Word() string { return [...]string{"正常", "提醒", "问题"}[g] }

// Finding is what the doctor found in one place, and what to do.
type Finding struct {
	Area   string
	Grade  Grade
	Found  string
	Remedy string
	Fixed  string // what was repaired; "" when nothing was
}

// Examination says how thorough the doctor is to be.
type Examination struct {
	Deep bool // read every record, the whole journal and the whole index
	Fix  bool // repair what can be repaired without losing anything
	Tell func(done, total int)
}

// Examine looks at everything that keeps an office going. It changes nothing
// unless told to repair, and repairs nothing that holds an office's words.
func (h *House) Examine(ctx context.Context, e Examination) []Finding {
	if e.Tell == nil {
		e.Tell = func(int, int) {}
	}
	d := doctor{house: h, office: h.Office(), do: e, ctx: ctx}
	steps := []func(){d.condition, d.room, d.rights}
	if d.office != nil {
		steps = append(steps, d.clock, d.store, d.index, d.papers, d.bundle, d.drill, d.holidays, d.standards, d.settings)
	}
	for _, step := range steps {
		if ctx.Err() == nil {
			step()
		}
	}
	return d.out
}

// Sick says whether any finding is a trouble that was not repaired.
func Sick(list []Finding) bool {
	return slices.ContainsFunc(list, func(f Finding) bool { return f.Grade == Trouble && f.Fixed == "" })
}

type doctor struct {
	house  *House
	office *Office
	do     Examination
	ctx    context.Context
	out    []Finding
}

func (d *doctor) say(area string, g Grade, found, remedy string) {
	d.out = append(d.out, Finding{Area: area, Grade: g, Found: found, Remedy: remedy})
}

// repair runs a repair if it was asked for, and notes on the last finding what
// came of it.
func (d *doctor) repair(what string, fn func() error) {
	if !d.do.Fix {
		return
	}
	f := &d.out[len(d.out)-1]
	if err := fn(); err != nil {
		f.Remedy += "（试着修复，没有成功：" + fault.Words(err, "原因不明") + "）"
		return
	}
	f.Fixed = what
}

// condition says whether the office is open, and held by this process alone.
func (d *doctor) condition() {
	switch c, why := d.house.Condition(); c {
	case Ready:
		if d.house.Safe() {
			d.say("启动", Trouble, "现在是安全模式：连续几次启动后不久就意外停止", "照其余各项的处理办完后，到“能不能保存”页离开安全模式")
			return
		}
		d.say("启动", Fine, "已打开，数据文件夹由本程序独占", "")
	case Locked:
		d.say("启动", Remark, "数据已锁定，本机没有钥匙；数据完好", "在页面抄入恢复密钥")
	case Absent:
		d.say("启动", Remark, "这个文件夹里还没有数据", "运行街镇通完成首次设置，或用 --data 指定文件夹")
	default:
		d.say("启动", Trouble, fmt.Sprintf("数据打不开：%v", why), "不要删除文件夹；用备份恢复到新的文件夹")
	}
}

// lockedRemedy is what helps when the system has locked the disk.
const lockedRemedy = "先把最近的备份包留好；请维护人员检查这块磁盘（Linux 用 fsck），修好或换盘后重新启动电脑"

func (d *doctor) room() {
	if d.office != nil {
		level, room, words := d.office.Room()
		if level == watch.Enough {
			d.say("磁盘", Fine, "剩余 "+watch.Amount(room.Free)+"，共 "+watch.Amount(room.Total), "")
			return
		}
		if room.Locked {
			d.say("磁盘", Trouble, words, lockedRemedy)
			return
		}
		d.say("磁盘", map[watch.Level]Grade{watch.Low: Remark, watch.Full: Trouble}[level], words, "清理这块磁盘，或把数据文件夹搬到更大的磁盘")
		return
	}
	disk := watch.NewDisk(d.house.cfg.Dir, d.house.cfg.Space)
	if _, room := disk.Look(watch.Floors{}); room.Total > 0 {
		d.say("磁盘", Fine, "剩余 "+watch.Amount(room.Free)+"，共 "+watch.Amount(room.Total), "")
	}
}

func (d *doctor) clock() {
	if words := d.office.ClockWarning(); words != "" {
		d.say("时钟", Remark, words, "照手机上的时间校准；关机一夜又不对，请换主板电池")
		return
	}
	d.say("时钟", Fine, d.office.cfg.Clock().Format("2006-01-02 15:04"), "")
}

// rights finds what other accounts of the PC could read. On Windows the
// installer's access list says it, not the file's mode.
func (d *doctor) rights() {
	if runtime.GOOS == "windows" {
		return
	}
	open := openToOthers(d.house.cfg.Dir)
	if len(open) == 0 {
		d.say("权限", Fine, "数据只有本账户能读写", "")
		return
	}
	d.say("权限", Trouble, fmt.Sprintf("其他账户也能读到 %d 个文件，如 %s", len(open), filepath.Base(open[0])), "把文件夹改为只有本账户能读写（jiezhen check --fix）")
	d.repair("已改为只有本账户能读写", func() error {
		var err error
		for _, path := range open {
			err = errors.Join(err, closeToOthers(path))
		}
		return err
	})
}

// openToOthers lists files that others may read or write. Folders that nobody
// else can enter hide what lies in them.
func openToOthers(dir string) (out []string) {
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil // gone meanwhile, or not ours
		}
		info, err := e.Info()
		if err != nil || info.Mode()&(fs.ModeSymlink|fs.ModeSocket) != 0 {
			return nil
		}
		if info.Mode().Perm()&0o077 != 0 {
			out = append(out, path)
			return nil
		}
		if e.IsDir() {
			return fs.SkipDir
		}
		return nil
	})
	return out
}

func closeToOthers(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	return os.Chmod(path, info.Mode().Perm()&0o700)
}

// store reads the whole store when asked to be thorough.
func (d *doctor) store() {
	if !d.do.Deep {
		return
	}
	r, err := d.office.Check(d.ctx, d.do.Tell)
	if err != nil {
		d.say("数据", Trouble, fmt.Sprintf("自检没有做完：%v", err), "请稍后再做一次；仍不行请保存诊断资料")
		return
	}
	if r.Sound() {
		d.say("数据", Fine, fmt.Sprintf("数据完好。记录 %d 条，日志 %d 条（前后相扣），索引 %d 条，附件 %d 个", r.Records, r.Entries, r.Indexes, r.Files), "")
		return
	}
	for _, f := range r.Findings {
		d.say("数据", Trouble, f.What, f.Remedy)
	}
}

// index compares the search index with the store.
func (d *doctor) index() {
	if d.house.Safe() {
		d.say("检索", Remark, "安全模式下检索已关闭", "离开安全模式时选“重建检索”")
		return
	}
	s := d.office.Find.State()
	switch {
	case s.Rebuilding:
		d.say("检索", Remark, "正在重建", "可照常办公，稍后再看")
		return
	case s.Broken != "":
		d.say("检索", Trouble, s.Broken, "重建检索（jiezhen reindex），不影响数据")
		d.repair("已重建检索", func() error { return d.office.Find.Rebuild(d.ctx) })
		return
	case !d.do.Deep:
		d.say("检索", Fine, "可用", "")
		return
	}
	d.compareIndex()
}

func (d *doctor) compareIndex() {
	have, want, err := d.office.Find.Compare(d.ctx)
	switch {
	case err != nil:
		d.say("检索", Trouble, "检索损坏，和数据对不上", "重建检索（jiezhen reindex），不影响数据")
	case have != want:
		d.say("检索", Trouble, fmt.Sprintf("检索里有 %d 条，数据里应有 %d 条", have, want), "重建检索（jiezhen reindex），不影响数据")
	default:
		d.say("检索", Fine, fmt.Sprintf("与数据一致，%d 条", have), "")
		return
	}
	d.repair("已重建检索", func() error { return d.office.Find.Rebuild(d.ctx) })
}

// papers sees that fonts are there and papers come out.
func (d *doctor) papers() {
	if err := d.office.prints(d.ctx, d.do.Deep); err != nil {
		d.say("字体", Trouble, fmt.Sprintf("文书印不出来：%v", err), "请重新安装程序；自己放进“fonts”文件夹的字体有问题的，先移走")
		return
	}
	d.say("字体", Fine, "试印一张文书正常", "")
}

func (d *doctor) bundle() {
	s, err := d.office.Backup.Status(d.ctx)
	if err != nil {
		d.say("备份", Trouble, fmt.Sprintf("看不到备份的情况：%v", err), "请到“备份与恢复”查看")
		return
	}
	const late = 3 * 24 * time.Hour // a weekend with the PC off is no neglect
	if s.Last == nil || d.office.cfg.Clock().Sub(s.Last.Time()) > late {
		d.say("备份", Remark, "最近三天没有做过备份包", "开着街镇通，它每天自动做；也可以到“备份与恢复”马上备份")
		d.repair("已做一个备份包", func() error { _, _, err := d.office.Backup.Make(d.ctx, backup.ReasonPlain); return err })
	}
	d.say("离机备份", map[backup.Tone]Grade{backup.Amber: Remark, backup.Red: Remark}[s.Tone], s.Text, "")
	if s.Tone != backup.Good {
		d.out[len(d.out)-1].Remedy = "插上备份用的U盘，或到“备份与恢复”检查备份位置"
	}
}

func (d *doctor) drill() {
	last, found, err := d.office.Backup.LastDrill(d.ctx)
	switch {
	case err == nil && found && last.Failed == "" && d.office.cfg.Clock().Sub(last.Time()) < 62*24*time.Hour:
		d.say("试恢复", Fine, last.Time().Format("2006-01-02")+" 通过", "")
		return
	case found && last.Failed != "":
		d.say("试恢复", Trouble, "上一次试恢复没有通过："+last.Failed, "马上再备份一次，再试恢复；仍不行请保存诊断资料")
	default:
		d.say("试恢复", Remark, "两个月内没有试恢复过", "开着街镇通，它每月自动做一次；也可以到“备份与恢复”试恢复一次")
	}
	d.repair("已试恢复一次，通过", func() error { _, err := d.office.Backup.Drill(d.ctx); return err })
}

// noticeMonth is when next year's holidays are as a rule known.
const noticeMonth = 11

func (d *doctor) holidays() {
	today, days := d.office.Today(), d.office.Holidays()
	switch {
	case !days.Has(today.Year()):
		d.say("节假日", Trouble, fmt.Sprintf("没有 %d 年的放假安排，法定期限算不出来", today.Year()), "到“设置 → 节假日”录入国务院办公厅的通知")
	case today.Month() >= noticeMonth && !days.Has(today.Year()+1):
		d.say("节假日", Remark, fmt.Sprintf("还没有 %d 年的放假安排，跨年的法定期限算不出来", today.Year()+1), "通知发布后到“设置 → 节假日”录入，或导入区里的政策包")
	default:
		d.say("节假日", Fine, "放假安排齐全", "")
	}
}

// standards counts what the office still goes by without a document.
func (d *doctor) standards() {
	unsure := map[policy.State]int{}
	for _, s := range d.office.policyNow().Standards() {
		unsure[s.State]++
	}
	params := 0
	for _, p := range d.office.policyNow().Params() {
		if !p.State.Firm() {
			params++
		}
	}
	if n := unsure[policy.Sample] + unsure[policy.Unverified]; n > 0 || params > 0 {
		d.say("标准", Remark, fmt.Sprintf("待遇标准有 %d 条、参数有 %d 条还是“示例”或“待核”", n, params), "向区里要文件核实，到“设置”里调整，写明依据")
		return
	}
	d.say("标准", Fine, "都有依据", "")
}

func (d *doctor) settings() {
	if done, err := d.office.SetUp(d.ctx); err == nil && !done {
		d.say("设置", Remark, "恢复密钥还没有抄回确认", "到首次设置的最后一步抄回一组")
	}
	if d.office.packTrouble != "" {
		d.say("政策包", Trouble, "已批准的政策包与现在的程序不合，没有使用", "与区里联系，换新的政策包")
	}
	if why := strings.TrimSpace(d.office.ReadOnly()); why != "" && !d.house.Safe() {
		d.say("保存", Trouble, "现在只能查看，不能保存", "照“磁盘”一项处理")
	}
}
