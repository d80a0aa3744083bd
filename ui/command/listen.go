package command

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// firstAddress is where the office is found unless another was asked for.
const firstAddress = "127.0.0.1:8650"

// ports is how many ports are tried when the first is taken.
const ports = 5

// onThisPC refuses an address that other PCs reach: pages go over it in clear.
// The way onto the network is the page that turns on TLS, and lets devices in
// one by one.
func onThisPC(address string) error {
	if address == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil || port == "" {
		return errUsage{"--listen 要写成 地址:端口，如 127.0.0.1:8650"}
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return errUsage{"--listen 只能用本机地址（127.0.0.1），不能用 " + address + "：这样开出去的页面不加密，同一网络里谁都能看到、冒用。" +
		"要让其他电脑用，请系统管理员在页面“局域网”里开放：那里会加密，并一台台登记"}
}

// listenTCP takes the address asked for, else the remembered one, else the
// first free of five ports, else any that is free, and remembers it.
func (c *caller) listenTCP() (net.Listener, error) {
	if c.opt.listen != "" {
		l, err := net.Listen("tcp", c.opt.listen)
		if err != nil {
			return nil, fmt.Errorf("地址 %s 用不了：%w", c.opt.listen, err)
		}
		return l, nil
	}
	memory := filepath.Join(c.opt.data, "address")
	tries := addresses(memory)
	var last error
	for _, address := range tries {
		l, err := net.Listen("tcp", address)
		if err != nil {
			last = err
			continue
		}
		remember(memory, l.Addr().String())
		return l, nil
	}
	return nil, fmt.Errorf("这台电脑上没有可用的端口，请关闭占用的程序，或用 --listen 指定地址：%w", last)
}

// addresses are those to try. The last takes whatever port is free: an office
// must open on a PC where other programs have taken all of the usual ones.
func addresses(memory string) []string {
	var out []string
	if text, err := os.ReadFile(memory); err == nil {
		if host, _, err := net.SplitHostPort(strings.TrimSpace(string(text))); err == nil && net.ParseIP(host).IsLoopback() {
			out = append(out, strings.TrimSpace(string(text)))
		}
	}
	host, port, _ := net.SplitHostPort(firstAddress)
	first, _ := strconv.Atoi(port)
	for i := range ports {
		out = append(out, net.JoinHostPort(host, strconv.Itoa(first+i)))
	}
	return append(out, net.JoinHostPort(host, "0"))
}

// remember keeps the address for the next start; failing to is no harm.
func remember(path, address string) {
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		_ = os.WriteFile(path, []byte(address+"\n"), 0o600)
	}
}
