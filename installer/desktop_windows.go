package installer

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

func sizeOf(sa windows.SecurityAttributes) uint32 { return uint32(unsafe.Sizeof(sa)) }

// uninstallKey is where Windows lists programs that can be removed.
const uninstallKey = `SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\jiezhen`

// shortcuts are the entries on everybody's desktop and in the menu.
func shortcuts(p Places) []string {
	return []string{p.Menu, filepath.Join(or(os.Getenv("PUBLIC"), `C:\Users\Public`), "Desktop", Title+".lnk")}
}

// offer puts the program where people find it: menu, desktop, the list of
// programs. The shortcut opens the office wherever it answers.
func offer(p Places) error {
	state, err := ReadState(p)
	if err != nil {
		return err
	}
	exe := state.Exe
	for _, path := range shortcuts(p) {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("建不了 %s：%w", filepath.Dir(path), err)
		}
		if err := shortcut(path, exe, "open", "打开"+Title); err != nil && !underWine() {
			return fmt.Errorf("建不了快捷方式 %s：%w", path, err)
		}
	}
	k, _, err := registry.CreateKey(registry.LOCAL_MACHINE, uninstallKey, registry.SET_VALUE)
	if err != nil {
		return fmt.Errorf("登记到“应用”列表：%w", err)
	}
	for name, value := range map[string]string{"DisplayName": Title, "DisplayIcon": exe, "UninstallString": command(exe, "uninstall"), "InstallLocation": p.Programs, "Publisher": Title, "DisplayVersion": state.Version} {
		err = errors.Join(err, k.SetStringValue(name, value))
	}
	return errors.Join(err, k.SetDWordValue("NoModify", 1), k.SetDWordValue("NoRepair", 1), k.Close())
}

// withdraw takes away what offer put.
func withdraw(p Places) error {
	err := remove(p.Command)
	for _, path := range shortcuts(p) {
		err = errors.Join(err, remove(path))
	}
	if e := registry.DeleteKey(registry.LOCAL_MACHINE, uninstallKey); !errors.Is(e, registry.ErrNotExist) {
		err = errors.Join(err, e)
	}
	return err
}

var (
	ole32            = windows.NewLazySystemDLL("ole32.dll")
	coCreateInstance = ole32.NewProc("CoCreateInstance")
	kernel32         = windows.NewLazySystemDLL("kernel32.dll")
	consoleProcesses = kernel32.NewProc("GetConsoleProcessList")

	shellLink   = windows.GUID{Data1: 0x00021401, Data4: [8]byte{0xc0, 0, 0, 0, 0, 0, 0, 0x46}}
	iShellLink  = windows.GUID{Data1: 0x000214f9, Data4: [8]byte{0xc0, 0, 0, 0, 0, 0, 0, 0x46}}
	persistFile = windows.GUID{Data1: 0x0000010b, Data4: [8]byte{0xc0, 0, 0, 0, 0, 0, 0, 0x46}}
)

// object is a COM object: a pointer to a pointer to its methods.
type object struct{ methods *[32]uintptr }

// call calls a method by its place in the interface.
func (o *object) call(method int, args ...uintptr) error {
	r, _, _ := syscall.SyscallN(o.methods[method], append([]uintptr{uintptr(unsafe.Pointer(o))}, args...)...)
	if int32(r) < 0 {
		return syscall.Errno(r)
	}
	return nil
}

// Places of methods in IUnknown, IShellLinkW and IPersistFile.
const (
	queryInterface = 0
	releaseObject  = 2
	setDescription = 7
	setDirectory   = 9
	setArguments   = 11
	setPath        = 20
	saveFile       = 6
)

// shortcut has Windows write a shortcut to a program.
func shortcut(path, exe, argument, description string) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := windows.CoInitializeEx(0, windows.COINIT_APARTMENTTHREADED); err != nil {
		return fmt.Errorf("starting COM: %w", err)
	}
	defer windows.CoUninitialize()
	var link, file *object
	const inProcess = 1
	r, _, _ := coCreateInstance.Call(uintptr(unsafe.Pointer(&shellLink)), 0, inProcess, uintptr(unsafe.Pointer(&iShellLink)), uintptr(unsafe.Pointer(&link)))
	if int32(r) < 0 {
		return fmt.Errorf("making a shortcut: %w", syscall.Errno(r))
	}
	defer func() { _ = link.call(releaseObject) }()
	for _, set := range []struct {
		method int
		value  string
	}{{setPath, exe}, {setArguments, argument}, {setDescription, description}, {setDirectory, filepath.Dir(exe)}} {
		text, err := windows.UTF16PtrFromString(set.value)
		if err != nil {
			return fmt.Errorf("making a shortcut: %w", err)
		}
		if err := link.call(set.method, uintptr(unsafe.Pointer(text))); err != nil {
			return fmt.Errorf("making a shortcut: %w", err)
		}
	}
	if err := link.call(queryInterface, uintptr(unsafe.Pointer(&persistFile)), uintptr(unsafe.Pointer(&file))); err != nil {
		return fmt.Errorf("making a shortcut: %w", err)
	}
	defer func() { _ = file.call(releaseObject) }()
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return fmt.Errorf("making a shortcut: %w", err)
	}
	return file.call(saveFile, uintptr(unsafe.Pointer(name)), 1)
}

// DoubleClicked says whether the program was started from the desktop: its
// window is then its own.
func DoubleClicked() bool {
	var ids [2]uint32
	n, _, _ := consoleProcesses.Call(uintptr(unsafe.Pointer(&ids[0])), uintptr(len(ids)))
	return n == 1
}

// CanElevate says whether the system can ask for an administrator's rights.
func CanElevate() bool { return true }

// Elevate calls the program anew with an administrator's rights; Windows asks
// whoever sits at the PC.
func Elevate(words string) error {
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding the program's file: %w", err)
	}
	verb, err1 := windows.UTF16PtrFromString("runas")
	file, err2 := windows.UTF16PtrFromString(exe)
	args, err3 := windows.UTF16PtrFromString(words)
	if err := errors.Join(err1, err2, err3); err != nil {
		return fmt.Errorf("naming the program: %w", err)
	}
	err = windows.ShellExecute(0, verb, file, args, nil, windows.SW_SHOWNORMAL)
	if errors.Is(err, windows.ERROR_CANCELLED) || errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return errors.New("没有得到管理员的许可，什么都没有改动。请再双击一次，在系统询问时选“是”；没有管理员密码请找管电脑的同事")
	}
	if err != nil {
		return fmt.Errorf("%w（%w）", ErrNotAdmin, err)
	}
	return nil
}

// Hold keeps a window open that would close at once.
func Hold(out io.Writer, in io.Reader) error {
	if !DoubleClicked() {
		return nil
	}
	fmt.Fprintln(out, "\n按回车键关闭这个窗口。")
	_, _ = bufio.NewReader(in).ReadString('\n') // any end of waiting will do
	return nil
}
