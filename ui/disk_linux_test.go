package ui

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiezhen/embedstore/disk"
)

// smallDisk is a file system of its own under a besieged office's data.
type smallDisk struct {
	*siege
	at, image string
	ballast   string // an unrelated large file
	saved     []string
	files     map[string][]byte
}

// run runs a tool of the system.
func (d *smallDisk) run(args ...string) error {
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w %s", args, err, out)
	}
	return nil
}

// newSmallDisk moves an office onto a disk of 96 MB; the test is skipped where
// none can be mounted.
func newSmallDisk(t *testing.T) *smallDisk {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("a real disk is not filled: mounting needs root")
	}
	if testing.Short() {
		t.Skip("-short: no real disk is filled")
	}
	s := besiege(t, buildProgram(t), rand.New(rand.NewPCG(9, 10)))
	d := &smallDisk{siege: s, at: filepath.Join(s.o.dir, "data"), image: filepath.Join(s.o.dir, "disk.img"), files: map[string][]byte{}}
	d.ballast = filepath.Join(d.at, "无关的大文件")
	aside := filepath.Join(s.o.dir, "aside")
	s.o.must(os.Rename(d.at, aside))
	s.o.must(os.Mkdir(d.at, 0o700))
	for _, step := range [][]string{{"truncate", "-s", "96M", d.image}, {"mkfs.ext4", "-q", "-m", "0", d.image}} {
		if err := d.run(step...); err != nil {
			t.Skip("a real disk is not filled: ", err)
		}
	}
	if err := d.mount(); err != nil {
		t.Skip("a real disk is not filled, none can be mounted: ", err)
	}
	t.Cleanup(func() { _ = d.run("umount", d.at) })
	s.o.must(os.RemoveAll(filepath.Join(d.at, "lost+found")))
	s.o.must(d.run("cp", "-a", aside+"/.", d.at))
	return d
}

func (d *smallDisk) mount() error {
	return d.run("mount", "-o", "loop,errors=remount-ro", d.image, d.at)
}

// leave fills the disk until so much is left.
func (d *smallDisk) leave(free int64) {
	d.t.Helper()
	room, err := disk.Space(d.at)
	d.o.must(err)
	f, err := os.OpenFile(d.ballast, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	d.o.must(err)
	defer f.Close()
	_, err = f.Write(make([]byte, max(0, room.Free-free)))
	if err != nil && free > 0 {
		d.t.Fatal(err)
	}
	d.o.must(f.Sync())
}

func (d *smallDisk) clear() { d.o.must(os.Remove(d.ballast)) }

// save writes a note, and keeps it when it was acknowledged. What is refused
// must be refused in words.
func (d *smallDisk) save(words string) bool {
	d.t.Helper()
	text := fmt.Sprintf("%s第%d条", words, len(d.saved))
	return d.taken(d.b.send(d.hands[0].page+"/note", url.Values{"kind": {"工作记录"}, "text": {text}}), text, func() { d.saved = append(d.saved, text) })
}

func (d *smallDisk) attach(size int) bool {
	d.t.Helper()
	name := fmt.Sprintf("附件%d.pdf", len(d.files))
	data := []byte("%PDF-1.4\n")
	for len(data) < size { // nothing that can be made smaller
		data = binary.LittleEndian.AppendUint64(data, d.dice.Uint64())
	}
	a := d.b.file(d.t, d.hands[0].page+"/file", name, data, "title", name)
	return d.taken(a, name, func() { d.files[name] = data })
}

func (d *smallDisk) taken(a answer, words string, keep func()) bool {
	d.t.Helper()
	if a.status == http.StatusSeeOther {
		keep()
		return true
	}
	if a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "磁盘") || !strings.Contains(a.body, "没有保存") && !strings.Contains(a.body, "不能保存") || !strings.Contains(a.body, words) {
		d.t.Errorf("refused without a word: %d %s\n%s", a.status, a.text(), d.log())
	}
	return false
}

// log is the end of what the program wrote down.
func (d *smallDisk) log() string {
	text, _ := os.ReadFile(filepath.Join(d.at, "logs", "jiezhen.log")) // for reading a failure by
	return string(text[max(0, len(text)-1500):])
}

// whole looks for all that was acknowledged.
func (d *smallDisk) whole() {
	d.t.Helper()
	shown := d.b.get(d.hands[0].page).body
	for _, text := range d.saved {
		if !strings.Contains(shown, text) {
			d.t.Errorf("an acknowledged note is gone: %s", text)
		}
	}
	if out, err := d.command("check").CombinedOutput(); err != nil && !strings.Contains(string(out), "磁盘") || !strings.Contains(string(out), "数据完好") {
		d.t.Errorf("the self-check: %v\n%s", err, out)
	}
}

// TestRealDisk has the running program meet a disk that fills up, is filled by
// others to the last byte, is full when the program starts, and is locked by
// the system because it fails.
func TestRealDisk(t *testing.T) {
	t.Parallel()
	d := newSmallDisk(t)
	r := d.again()
	defer func() { r.kill() }()
	d.enter(r)
	d.save("开始时写的")
	t.Run("fills up", func(t *testing.T) { d.fillsUp(t) })
	t.Run("filled to the last byte", func(t *testing.T) { d.lastByte(t) })
	t.Run("full at the start", func(t *testing.T) {
		d.leave(0)
		r.kill()
		r = d.again()
		d.enter(r)
		d.whole()
		if d.save("满的时候") {
			t.Error("a note went onto a full disk")
		}
		d.clear()
		if !d.save("清理以后") {
			t.Error("not taken after the clearing")
		}
	})
	t.Run("locked by the system", func(t *testing.T) { r = d.locks(t, r) })
	d.whole()
}

// fillsUp: warned, then read-only while there is still room, then all right by
// itself.
func (d *smallDisk) fillsUp(t *testing.T) {
	d.leave(7 << 20)
	if a := d.b.get("/"); !strings.Contains(a.body, "磁盘快满了") {
		t.Errorf("not warned: %s", a.text())
	}
	n := 0
	for n < 60 && d.attach(300<<10) {
		n++
	}
	room, err := disk.Space(d.at)
	d.o.must(err)
	if n == 0 || n == 60 || room.Free < 1<<20 || !readiness(t, d.b).ReadOnly {
		t.Errorf("%d files taken, then %d bytes free", n, room.Free)
	}
	d.whole()
	d.clear()
	if !d.save("清理以后") {
		t.Error("not taken after the clearing")
	}
}

// lastByte: what does not fit any more is refused whole, and so is what is
// saved while another program takes the last of the disk.
func (d *smallDisk) lastByte(t *testing.T) {
	d.leave(4 << 20)
	if d.attach(6 << 20) {
		t.Error("a file went where there was no room")
	}
	d.clear()
	for range 5 {
		filled := make(chan struct{})
		go func() {
			defer close(filled)
			f, err := os.OpenFile(d.ballast, os.O_CREATE|os.O_WRONLY, 0o600)
			if err != nil {
				return
			}
			defer f.Close()
			for block := make([]byte, 1<<20); err == nil; {
				_, err = f.Write(block)
			}
		}()
		for going := true; going; {
			d.save("旁边正在写满时")
			select {
			case <-filled:
				going = d.save("刚写满时")
			default:
			}
		}
		d.clear()
	}
	d.whole()
	if !d.save("让出来以后") {
		t.Error("not taken after the clearing")
	}
}

// locks has the system lock the disk, as it does on a fault, and the program
// go on from what is there after the repair.
func (d *smallDisk) locks(t *testing.T, r *running) *running {
	device, err := exec.Command("findmnt", "-no", "SOURCE", d.at).Output()
	d.o.must(err)
	trigger := filepath.Join("/sys/fs/ext4", filepath.Base(strings.TrimSpace(string(device))), "trigger_fs_error")
	if err := os.WriteFile(trigger, []byte("a test\n"), 0); err != nil {
		t.Skip("the system is not made to lock a disk: ", err)
	}
	for range 3 {
		if d.save("锁住以后") {
			t.Error("a note went onto a locked disk")
		}
	}
	if a := d.b.get(d.hands[0].page); a.status != http.StatusOK || !strings.Contains(a.body, "开始时写的") {
		t.Errorf("reading from a locked disk: %d %s", a.status, a.text())
	}
	if a := d.b.get("/safe"); !strings.Contains(a.body, "磁盘变成了只读") || !strings.Contains(a.body, "维护人员") {
		t.Errorf("what to do: %s", a.text())
	}
	r.kill()
	d.still()
	d.o.must(d.repair())
	next := d.again()
	d.enter(next)
	if !d.save("修好以后") {
		t.Error("not taken after the repair")
	}
	return next
}

// still starts the program on the locked disk: it says so on a page of its
// own, and touches nothing.
func (d *smallDisk) still() {
	d.t.Helper()
	r := d.again()
	defer r.kill()
	d.await(r)
	if a := d.o.browser().get("/broken"); a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "只读") {
		d.t.Errorf("started on a locked disk: %d %s", a.status, a.text())
	}
}

func (d *smallDisk) repair() error {
	var err error
	for range 100 {
		if err = d.run("umount", d.at); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond) // until the killed program is gone
	}
	if err != nil {
		return err
	}
	_ = d.run("e2fsck", "-p", d.image) // its exit code says what it mended
	return d.mount()
}

// TestIndexDamagedInUse writes nonsense over the index while the program
// searches in it: no page breaks, search says that it is being rebuilt or finds
// what it should, and finds everything again by itself.
func TestIndexDamagedInUse(t *testing.T) {
	t.Parallel()
	s := besiege(t, buildProgram(t), rand.New(rand.NewPCG(11, 12)))
	r := s.again()
	defer func() { r.kill() }()
	s.enter(r)
	const words = "寻常不见的词语"
	if a := s.b.send(s.hands[0].page+"/note", url.Values{"kind": {"工作记录"}, "text": {words}}); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.text())
	}
	s.finds(s.b, words)
	segments, err := filepath.Glob(filepath.Join(s.o.dir, "data", "index", "search", "*.zap"))
	s.o.must(err)
	damaged := 0
	for _, path := range segments {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			continue // merged away meanwhile
		}
		info, err := f.Stat()
		s.o.must(err)
		_, err = f.WriteAt(bytes.Repeat([]byte{0xa5}, int(info.Size())), 0) // in place: it stays mapped
		s.o.must(err)
		s.o.must(f.Close())
		damaged++
	}
	if damaged == 0 {
		t.Fatalf("no segment to damage: %v", segments)
	}
	said := false
	for range 2000 {
		a := s.b.get("/search?q=" + url.QueryEscape(words))
		if a.status != http.StatusOK {
			t.Fatalf("searching in a damaged index: %d %s", a.status, a.text())
		}
		said = said || strings.Contains(a.body, "重建")
		if now := readiness(t, s.b).Search; said && !now.Broken && !now.Rebuilding && now.Behind == 0 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if !said {
		t.Error("nobody is told that search is being rebuilt")
	}
	s.finds(s.b, words)
	if out, err := s.command("check").CombinedOutput(); err != nil || !strings.Contains(string(out), "正常　检索") {
		log, _ := os.ReadFile(filepath.Join(s.o.dir, "data", "logs", "jiezhen.log")) // for reading a failure by
		t.Errorf("the self-check: %v\n%s\n%s", err, out, log)
	}
}
