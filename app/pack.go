package app

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"jiezhen/app/access"
	"jiezhen/app/backup"
	"jiezhen/app/bundle"
	"jiezhen/app/record"
	"jiezhen/app/staff"
	"jiezhen/embedstore"
)

// packShelf holds policy packs: "waiting" is the one that a second person has
// to approve; "applied" are those in force, the last one last.
const packShelf = "policy packs"

// Waiting is a policy pack that someone brought in.
type Waiting struct {
	Pack   bundle.Pack
	By     uint64
	ByName string
	At     int64
}

// Applied is a policy pack in force.
type Applied struct {
	Waiting
	Approver     uint64
	ApproverName string
	ApprovedAt   int64
}

// FileChange is what a pack does to one file.
type FileChange struct {
	Name          string
	New           bool
	Added, Gone   []string // lines
	AddedN, GoneN int
}

// MayBring says whether a viewer may bring a policy pack in.
func MayBring(v access.Viewer) bool {
	return v.Has(staff.RoleSystem, staff.RoleSecurity) || v.Lead() || v.Office
}

// MayApprove says whether a viewer may put one in force: someone who answers
// for parameters, and not who brought it.
func MayApprove(v access.Viewer) bool { return v.Has(staff.RoleSecurity) || v.Lead() || v.Office }

// inForce reads the files of the packs in force from the store itself, before
// there is a book.
func inForce(ctx context.Context, store *embedstore.Store) (list []Applied, err error) {
	err = store.View(ctx, func(tx *embedstore.Tx) error {
		data, ok, err := tx.Shelf(packShelf).Get("applied")
		if err != nil || !ok {
			return err
		}
		return embedstore.Decode(data, &list)
	})
	return list, err
}

func filesOf(list []Applied) map[string]string {
	files := map[string]string{}
	for _, a := range list {
		maps.Copy(files, a.Pack.Files)
	}
	return files
}

// assetsInForce are the program's assets with the packs in force over them.
// Packs that no longer fit, after a new program, are left out with a warning:
// they must not keep the office shut.
func (o *Office) assetsInForce(ctx context.Context) (fs.FS, error) {
	list, err := inForce(ctx, o.store)
	if err != nil {
		return nil, err
	}
	over, err := laid(o.cfg.Assets, filesOf(list))
	if err != nil {
		return nil, err
	}
	if len(list) > 0 {
		if _, err := Definitions(over); err != nil {
			o.cfg.Log.Warn("the policy packs do not fit this program and are left out", "error", err)
			o.packTrouble = err.Error()
			return o.cfg.Assets, nil
		}
	}
	return over, nil
}

// Packs are the packs in force, the waiting one, and what keeps packs from
// being used.
func (o *Office) Packs(ctx context.Context) (applied []Applied, waiting *Waiting, trouble string, err error) {
	if applied, err = inForce(ctx, o.store); err != nil {
		return nil, nil, "", err
	}
	var w Waiting
	found, err := o.Book.Shelf(packShelf).Get(ctx, "waiting", &w)
	if found {
		waiting = &w
	}
	return applied, waiting, o.packTrouble, err
}

// BringPack takes a policy pack in to be looked at. Nothing changes yet; a pack
// that would not work is refused.
func (o *Office) BringPack(ctx context.Context, v access.Viewer, data []byte) error {
	if !MayBring(v) {
		return record.Refused(record.CodeDenied, "政策包由系统管理员、安全管理员或领导导入")
	}
	p, err := bundle.ReadPack(data)
	if err != nil {
		return record.Refused(record.CodeInvalid, "%v", err)
	}
	s, err := o.Backup.Settings(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(s.Readers, func(r backup.Reader) bool { return r.Signer != "" && r.Signer == p.Signer }) {
		return record.Refused(record.CodeInvalid, "政策包的签名（指纹 %s）不是登记的区里的；请在“备份 → 设置与密钥”里给接收方填上回执公钥", bundle.Fingerprint(p.Signer))
	}
	if err := o.fits(ctx, p); err != nil {
		return err
	}
	w := Waiting{p, v.User, v.Name, o.cfg.Clock().Unix()}
	return o.Book.Change(ctx, v, "导入政策包 "+p.Title, func(tx *record.Tx) error {
		if err := tx.ShelfPut(packShelf, "waiting", w); err != nil {
			return err
		}
		return tx.Event("policy.bring", record.Ref{Register: record.Users, ID: v.User}, map[string]any{"pack": p.Title})
	})
}

// fits tries the pack over what is in force.
func (o *Office) fits(ctx context.Context, p bundle.Pack) error {
	if err := checkPack(p.Files); err != nil {
		return err
	}
	list, err := inForce(ctx, o.store)
	if err != nil {
		return err
	}
	files := filesOf(list)
	maps.Copy(files, p.Files)
	over, err := laid(o.cfg.Assets, files)
	if err != nil {
		return err
	}
	if _, err := Definitions(over); err != nil {
		return record.Refused(record.CodeInvalid, "政策包用不了，没有做任何改动：%v", err)
	}
	return nil
}

func checkPack(files map[string]string) error {
	for name, text := range files {
		if !packable(name) || !utf8.ValidString(text) {
			return record.Refused(record.CodeInvalid, "政策包里有不能改的文件：%s", name)
		}
	}
	return nil
}

// PackChanges says what a pack would change, file by file.
func (o *Office) PackChanges(p bundle.Pack) []FileChange {
	var out []FileChange
	for _, name := range slices.Sorted(maps.Keys(p.Files)) {
		old, err := fs.ReadFile(o.assets, name)
		c := FileChange{Name: name, New: errors.Is(err, fs.ErrNotExist)}
		c.Added, c.AddedN = without(p.Files[name], string(old))
		c.Gone, c.GoneN = without(string(old), p.Files[name])
		out = append(out, c)
	}
	return out
}

// linesShown is how many lines of a change a page shows.
const linesShown = 40

// without are the lines of a that b lacks, as many times as it lacks them.
func without(a, b string) (out []string, n int) {
	have := map[string]int{}
	for line := range strings.Lines(b) {
		have[strings.TrimRight(line, "\r\n")]++
	}
	for line := range strings.Lines(a) {
		line = strings.TrimRight(line, "\r\n")
		if have[line] > 0 {
			have[line]--
			continue
		}
		if n++; n <= linesShown {
			out = append(out, line)
		}
	}
	return out, n
}

// ApprovePack puts the waiting pack in force: one transaction, by someone else
// than who brought it. The office must then be reopened.
func (o *Office) ApprovePack(ctx context.Context, v access.Viewer) error {
	if !MayApprove(v) {
		return record.Refused(record.CodeDenied, "政策包由安全管理员或领导批准")
	}
	_, w, _, err := o.Packs(ctx)
	if err != nil {
		return err
	}
	if w == nil {
		return record.Refused(record.CodeInvalid, "没有待批准的政策包")
	}
	if w.By == v.User && !v.Office && !o.Book.Profile().Single {
		return record.Refused(record.CodeDenied, "导入和批准不能是同一个人")
	}
	if err := o.fits(ctx, w.Pack); err != nil {
		return err
	}
	return o.Book.Change(ctx, v, "批准政策包 "+w.Pack.Title, func(tx *record.Tx) error {
		var list []Applied
		if _, err := tx.ShelfGet(packShelf, "applied", &list); err != nil {
			return err
		}
		list = append(list, Applied{*w, v.User, v.Name, o.cfg.Clock().Unix()})
		if err := errors.Join(tx.ShelfPut(packShelf, "applied", list), tx.ShelfDelete(packShelf, "waiting")); err != nil {
			return err
		}
		return tx.Event("policy.approve", record.Ref{Register: record.Users, ID: v.User}, map[string]any{"pack": w.Pack.Title})
	})
}

// DropWaiting gives the waiting pack up.
func (o *Office) DropWaiting(ctx context.Context, v access.Viewer) error {
	if !MayBring(v) && !MayApprove(v) {
		return record.Refused(record.CodeDenied, "您的岗位不能办理政策包")
	}
	return o.Book.Change(ctx, v, "不用待批准的政策包", func(tx *record.Tx) error {
		if err := tx.ShelfDelete(packShelf, "waiting"); err != nil {
			return err
		}
		return tx.Event("policy.drop", record.Ref{Register: record.Users, ID: v.User}, nil)
	})
}

// UndoPack takes the last pack out of force. The office must then be reopened.
func (o *Office) UndoPack(ctx context.Context, v access.Viewer, reason string) error {
	if !MayApprove(v) {
		return record.Refused(record.CodeDenied, "政策包由安全管理员或领导撤销")
	}
	if len([]rune(reason)) < 4 {
		return record.Refused(record.CodeInvalid, "请写明撤销的理由（至少4个字）")
	}
	return o.Book.Change(ctx, v, "撤销政策包："+reason, func(tx *record.Tx) error {
		var list []Applied
		if _, err := tx.ShelfGet(packShelf, "applied", &list); err != nil {
			return err
		}
		if len(list) == 0 {
			return record.Refused(record.CodeInvalid, "没有可撤销的政策包")
		}
		if err := tx.ShelfPut(packShelf, "applied", list[:len(list)-1]); err != nil {
			return err
		}
		return tx.Event("policy.undo", record.Ref{Register: record.Users, ID: v.User}, map[string]any{"pack": list[len(list)-1].Pack.Title, "reason": reason})
	})
}

// Reopen closes the office and opens it again, with the definitions in force.
func (h *House) Reopen(ctx context.Context) error {
	if c, _ := h.Condition(); c != Ready {
		return fmt.Errorf("reopening the office: it is %s", c)
	}
	if err := h.Leave(); err != nil {
		return err
	}
	return h.come(ctx)
}

// largestPackFile bounds one file of an uploaded archive.
const largestPackFile = 1 << 20

// MakePack makes a signed policy pack of a zip archive of asset files: a
// district's side.
func (o *Office) MakePack(ctx context.Context, v access.Viewer, title, note string, archive []byte) ([]byte, error) {
	if o.District == nil || !MayApprove(v) {
		return nil, record.Refused(record.CodeDenied, "政策包由区里的安全管理员或领导制作")
	}
	if len([]rune(strings.TrimSpace(title))) < 2 {
		return nil, record.Refused(record.CodeInvalid, "请写明政策包的名称，如“2027年节假日安排”")
	}
	files, err := unpack(archive)
	if err != nil {
		return nil, err
	}
	p := bundle.Pack{Title: strings.TrimSpace(title), Note: note, District: o.Book.Profile().TownName, Made: o.cfg.Clock().Unix(), Files: files}
	if err := o.fits(ctx, p); err != nil {
		return nil, err
	}
	keys, err := o.District.Keys(ctx)
	if err != nil {
		return nil, err
	}
	p.Signer = keys.Signer.Public
	out, err := p.Seal(keys.Signer.Secret)
	if err != nil {
		return nil, err
	}
	return out, o.Book.Log(ctx, v, "policy.make", record.Ref{Register: record.Users, ID: v.User}, map[string]any{"pack": p.Title})
}

// unpack reads the files of an archive; names begin at the assets' folders.
func unpack(archive []byte) (map[string]string, error) {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, record.Refused(record.CodeInvalid, "请上传 zip 压缩包")
	}
	files := map[string]string{}
	for _, f := range z.File {
		if f.FileInfo().IsDir() {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, record.Refused(record.CodeInvalid, "压缩包里的 %s 打不开", f.Name)
		}
		text, err := io.ReadAll(io.LimitReader(r, largestPackFile+1))
		if err := errors.Join(err, r.Close()); err != nil || len(text) > largestPackFile {
			return nil, record.Refused(record.CodeInvalid, "压缩包里的 %s 打不开或太大", f.Name)
		}
		files[path.Clean(strings.ReplaceAll(f.Name, `\`, "/"))] = string(text)
	}
	if len(files) == 0 {
		return nil, record.Refused(record.CodeInvalid, "压缩包是空的")
	}
	return files, checkPack(files)
}
