package fault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestWords(t *testing.T) {
	t.Parallel()
	_, missing := os.Open(filepath.Join(t.TempDir(), "missing"))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	shut := l.Addr().String()
	l.Close()
	_, nobody := net.DialTimeout("tcp", shut, time.Second)
	if nobody == nil {
		t.Fatal("a shut port answered")
	}
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"nothing":                {nil, ""},
		"written for the reader": {errors.New("还没有备份包，请先备份一次"), "还没有备份包，请先备份一次"},
		"wrapped in English":     {fmt.Errorf("making a bundle: %w", errors.New("签名不对")), "签名不对"},
		"wrapped in Chinese":     {fmt.Errorf("写不进去：%w", missing), "写不进去：找不到这个文件或文件夹，可能已拔出、移走或改了名"},
		"wrapped in both":        {fmt.Errorf("做备份包：%w", fmt.Errorf("writing the part: %w", fs.ErrPermission)), "做备份包：没有权限，请检查文件夹的读写权限"},
		"the system alone":       {missing, "找不到这个文件或文件夹，可能已拔出、移走或改了名"},
		"nobody answers":         {fmt.Errorf("连不上服务器：%w", nobody), "连不上服务器：对方拒绝连接，可能没有开机或没有开服务"},
		"too slow":               {fmt.Errorf("waiting: %w", context.DeadlineExceeded), "等了很久没有回应，请检查网络和对方电脑"},
		"a path stays":           {errors.New("这里没有备份包：/media/stick"), "这里没有备份包：/media/stick"},
		"not known":              {errors.New("unexpected token"), "出错了"},
		"Chinese, then unknown":  {fmt.Errorf("读不懂：%w", errors.New("unexpected end of JSON input")), "读不懂"},
		"two at once":            {errors.Join(errors.New("写不进去"), fmt.Errorf("closing: %w", errors.New("关不上"))), "写不进去；关不上"},
		"the same twice":         {errors.Join(errors.New("写不进去"), errors.New("写不进去")), "写不进去"},
		"nobody of that name":    {&net.DNSError{Err: "no such host", Name: "qu.example"}, "找不到名为 qu.example 的服务器，请核对地址和网络"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Words(c.err, "出错了"); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestEveryCodeHasChineseWords(t *testing.T) {
	t.Parallel()
	for code, words := range codes {
		if !chinese(words) {
			t.Errorf("%d: %q", code, words)
		}
		got := Words(fmt.Errorf("写不进去：%w", &fs.PathError{Op: "write", Path: "/media/stick/part", Err: code}), "")
		if want := "写不进去：" + words; got != want {
			t.Errorf("%d: %q, want %q", code, got, want)
		}
		if strings.Contains(got, "write") {
			t.Errorf("%d: English in %q", code, got)
		}
	}
}
