// Package fault puts an error into the office's words: what of it was written in
// Chinese stays, what the system says in English becomes what it means and what
// one can look at.
//
// It promises that no English reaches the reader, and nothing of a reason that
// was written for the reader is lost. It knows no record and no page.
package fault

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
)

// Words is an error as the office reads it; otherwise stands when nothing of it
// can be said in Chinese.
func Words(err error, otherwise string) string {
	if err == nil {
		return ""
	}
	said, cause := said(err.Error()), Cause(err)
	switch {
	case said == "" && cause == "":
		return otherwise
	case said == "":
		return cause
	case cause == "" || strings.HasSuffix(said, cause):
		return said
	}
	return said + "：" + cause
}

// said keeps the parts of a wrapped error that are in Chinese.
func said(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		var parts []string
		for part := range strings.SplitSeq(strings.TrimSpace(line), ": ") {
			if part = written(part); part != "" {
				parts = append(parts, part)
			}
		}
		if one := strings.Join(parts, "："); one != "" && (len(lines) == 0 || lines[len(lines)-1] != one) {
			lines = append(lines, one)
		}
	}
	return strings.Join(lines, "；")
}

// written is a part without the system's words at its end, as in "写不进去：open /media/x".
func written(part string) string {
	if !chinese(part) {
		return ""
	}
	for {
		at := strings.LastIndex(part, "：")
		if at < 0 {
			return part
		}
		tail := part[at+len("："):]
		if chinese(tail) || !strings.Contains(strings.TrimSpace(tail), " ") {
			return part
		}
		part = part[:at]
	}
}

func chinese(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= 0x2e80 })
}

// Cause is what lies at the bottom of an error, as far as it is known; else "".
func Cause(err error) string {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		if words := codes[errno]; words != "" {
			return words
		}
	}
	var name *net.DNSError
	var slow net.Error
	switch {
	case errors.As(err, &name):
		return "找不到名为 " + name.Name + " 的服务器，请核对地址和网络"
	case errors.Is(err, fs.ErrPermission):
		return "没有权限，请检查文件夹的读写权限"
	case errors.Is(err, fs.ErrNotExist):
		return "找不到这个文件或文件夹，可能已拔出、移走或改了名"
	case errors.Is(err, fs.ErrExist):
		return "已有同名的文件"
	case errors.Is(err, context.Canceled):
		return "已中断"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return "等了很久没有回应，请检查网络和对方电脑"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "内容不完整，没有传完就断了"
	case foreign(err):
		return "对方的证书不对，可能不是那台服务器"
	}
	return ""
}

func foreign(err error) bool {
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	return errors.As(err, &authority) || errors.As(err, &invalid) || errors.As(err, &host)
}

// What the codes of the systems come to.
const (
	full        = "空间不够，请清理后再试"
	readOnly    = "写保护或只读，请检查U盘开关或文件夹"
	tooLarge    = "这块盘放不下这么大的文件"
	gone        = "读写出错，设备可能已拔出或损坏"
	refused     = "对方拒绝连接，可能没有开机或没有开服务"
	unreachable = "网络不通，请检查网线和地址"
	broken      = "连接中断，请再试一次"
	inUse       = "文件正被别的程序使用，可能是杀毒软件，过一会儿再试"
)
