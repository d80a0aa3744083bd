package app

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"

	"jiezhen/app/watch"
	"jiezhen/embedstore/disk"
)

// diagnosticsNote heads the archive.
const diagnosticsNote = `街镇通诊断资料
做于 %s

这里面有：体检结果、程序和电脑的情况、数据文件夹里各部分的大小、运行日志。
没有：任何人的姓名、证件号、电话、住址，任何登记内容、附件、文书、密码、密钥。
交给维护人员之前，可以自己打开看。
`

// Diagnostics packs what is needed to find out why something does not work:
// how the program and the PC are, never whom the office works for. The doctor
// looks only at the surface: the office may be in trouble.
func (h *House) Diagnostics(ctx context.Context) ([]byte, error) {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	parts := map[string]func(io.Writer) error{
		"说明.txt": func(w io.Writer) error { return printTo(w, diagnosticsNote, h.cfg.Clock().Format("2006-01-02 15:04")) },
		"体检.txt": func(w io.Writer) error { return writeFindings(w, h.Examine(ctx, Examination{})) },
		"程序.txt": h.writeProgram,
		"文件.txt": h.writeSizes,
		"协程.txt": func(w io.Writer) error { return pprof.Lookup("goroutine").WriteTo(w, 1) },
	}
	for _, name := range []string{"说明.txt", "体检.txt", "程序.txt", "文件.txt", "协程.txt"} {
		if err := pack(z, name, parts[name]); err != nil {
			return nil, err
		}
	}
	logs, err := filepath.Glob(filepath.Join(h.cfg.Dir, "logs", "*"))
	if err != nil {
		return nil, fmt.Errorf("packing diagnostics: %w", err)
	}
	for _, path := range logs {
		if err := pack(z, "日志/"+filepath.Base(path), copyFrom(path)); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("packing diagnostics: %w", err)
	}
	return buf.Bytes(), nil
}

func pack(z *zip.Writer, name string, write func(io.Writer) error) error {
	f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Unix(0, 0)})
	if err == nil {
		err = write(f)
	}
	if err != nil {
		return fmt.Errorf("packing %s: %w", name, err)
	}
	return nil
}

func copyFrom(path string) func(io.Writer) error {
	return func(w io.Writer) error {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		_, err = io.Copy(w, f)
		return errors.Join(err, f.Close())
	}
}

func printTo(w io.Writer, format string, args ...any) error {
	_, err := fmt.Fprintf(w, format, args...)
	return err
}

func writeFindings(w io.Writer, list []Finding) error {
	var err error
	for _, f := range list {
		err = errors.Join(err, printTo(w, "%s\n", f.Line()))
	}
	return err
}

// Line is a finding as one line of text.
func (f Finding) Line() string {
	text := f.Grade.Word() + "　" + f.Area + "：" + strings.TrimSuffix(f.Found, "。")
	if f.Remedy != "" {
		text += "。处理：" + f.Remedy
	}
	if f.Fixed != "" {
		text += "。" + f.Fixed
	}
	return text
}

func (h *House) writeProgram(w io.Writer) error {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	condition, _ := h.Condition()
	err := printTo(w, "版本 %s\n制作于 %s\n系统 %s/%s，%s，处理器 %d 个\n内存 在用 %s，向系统要了 %s，协程 %d 个\n状态 %s，安全模式 %v\n",
		h.cfg.Version, h.cfg.Built.Format(time.RFC3339), runtime.GOOS, runtime.GOARCH, runtime.Version(), runtime.NumCPU(),
		watch.Amount(int64(m.HeapAlloc)), watch.Amount(int64(m.Sys)), runtime.NumGoroutine(), condition, h.Safe())
	office := h.Office()
	if office == nil {
		return err
	}
	s := office.Find.State()
	return errors.Join(err, printTo(w, "日志 %d 条\n检索 正在重建 %v（%d/%d），落后 %d，停用 %v\n", office.Book.Head(), s.Rebuilding, s.Done, s.Total, s.Behind, s.Broken != ""))
}

// writeSizes lists the parts of the data folder with their sizes.
func (h *House) writeSizes(w io.Writer) error {
	room, err := disk.Space(h.cfg.Dir)
	if err == nil {
		err = printTo(w, "磁盘 剩余 %s，共 %s\n", watch.Amount(room.Free), watch.Amount(room.Total))
	}
	entries, readErr := os.ReadDir(h.cfg.Dir)
	err = errors.Join(err, readErr)
	for _, e := range entries {
		size, files := sizeOf(filepath.Join(h.cfg.Dir, e.Name()))
		err = errors.Join(err, printTo(w, "%-24s %12d 字节　%d 个文件\n", e.Name(), size, files))
	}
	return err
}

func sizeOf(path string) (size int64, files int) {
	_ = filepath.WalkDir(path, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil // gone meanwhile
		}
		if info, err := e.Info(); err == nil {
			size, files = size+info.Size(), files+1
		}
		return nil
	})
	return size, files
}
