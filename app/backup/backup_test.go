package backup_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/backup"
	"jiezhen/app/bundle"
	"jiezhen/app/record"
)

// TestChains makes full and incremental bundles by the rule, and begins anew
// when readers or keys change.
func TestChains(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	ctx := context.Background()
	n.must(n.desk().Timing(ctx, access.Office(), backup.Rhythm{Every: 24, FullEvery: 2, FullWeeks: 4, Chains: 3, KeepDays: 35}))
	var kinds []string
	for range 5 {
		kinds = append(kinds, n.make().Kind)
	}
	want := []string{bundle.Full, bundle.Incremental, bundle.Incremental, bundle.Full, bundle.Incremental}
	if !slices.Equal(kinds, want) {
		t.Errorf("kinds %v, want %v", kinds, want)
	}
	if m, made, err := n.desk().Make(ctx, backup.ReasonPlain); made || err != nil || m.Sequence != 5 {
		t.Errorf("with nothing new: %v number %d %v", made, m.Sequence, err)
	}
	if m, made, err := n.desk().Make(ctx, backup.ReasonUpgrade); !made || err != nil || m.Kind != bundle.Full {
		t.Errorf("before an upgrade: %v %s %v", made, m.Kind, err)
	}
	_, public, err := bundle.Classic.NewReader()
	n.must(err)
	n.must(n.desk().AddReader(ctx, access.Office(), backup.Reader{Name: "区民政局", Key: public}))
	if m := n.make(); m.Kind != bundle.Full {
		t.Error("with a new reader the next bundle is not full: he could not read its base")
	}
	n.must(n.desk().Rotate(ctx, access.Office()))
	if m := n.make(); m.Kind != bundle.Full {
		t.Error("with new keys the next bundle is not full")
	}
	if d, err := n.desk().Drill(ctx); err != nil || d.Failed != "" || d.Records == 0 {
		t.Errorf("a trial restore: %+v %v", d, err)
	}
}

// TestCarryCatchesUp brings to each place what it lacks, once.
func TestCarryCatchesUp(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	ctx := context.Background()
	dir := t.TempDir()
	n.make()
	p := n.place(dir)
	n.make()
	for round, want := range []int{2, 0} {
		if list, err := n.desk().Carry(ctx, p); err != nil || len(list) != want {
			t.Errorf("round %d: %d receipts, %v", round, len(list), err)
		}
	}
	s, err := n.desk().Status(ctx)
	if err != nil || s.Tone != backup.Good || s.Off == nil || s.Off.Sequence != 2 {
		t.Errorf("status %+v, %v", s, err)
	}
	for days, want := range map[int]backup.Tone{6: backup.Good, 7: backup.Amber, 14: backup.Red} {
		n.now = s.Off.Time().Add(time.Duration(days) * 24 * time.Hour)
		if now, err := n.desk().Status(ctx); err != nil || now.Tone != want || now.Days != days {
			t.Errorf("after %d days: %+v %v", days, now, err)
		}
	}
	n.now = s.Off.Time().AddDate(-10, 0, 0)
	if now, err := n.desk().Status(ctx); err != nil || now.Tone != backup.Amber {
		t.Errorf("with the clock ten years back: %+v %v", now, err)
	}
}

// TestStickPulled has the medium vanish at every step of writing: what lay
// there stays good, nothing counts that was not read back, and plugging it in
// again finishes the work.
func TestStickPulled(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	ctx := context.Background()
	root := t.TempDir()
	n.stick = []backup.Drive{{Path: root, Label: "U盘", System: "vfat", Free: 1 << 40}}
	n.must(n.desk().AddStick(ctx, access.Office(), root, "一号盘"))
	p := n.lastPlace()
	n.make()
	if _, err := n.desk().Carry(ctx, p); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(root, "街镇通备份")
	before := names(t, folder)
	m := n.make()
	in := filepath.Join(folder, m.Name+".partial")
	for _, c := range []struct {
		name string
		pull func() (plug func())
	}{
		{"before it is reached", func() func() { n.stick = nil; return func() { n.stick = []backup.Drive{{Path: root}} } }},
		{"it takes no writing", func() func() {
			n.must(os.MkdirAll(filepath.Join(in, "x"), 0o700))
			return func() { n.must(os.RemoveAll(in)) }
		}},
		{"its folder is gone", func() func() {
			n.must(os.Rename(folder, folder+"x"))
			return func() { n.must(os.Rename(folder+"x", folder)) }
		}},
	} {
		plug := c.pull()
		if list, err := n.desk().Carry(ctx, p); err == nil || len(list) > 0 {
			t.Errorf("%s: %d receipts, %v", c.name, len(list), err)
		}
		plug()
		if now := names(t, folder); !slices.Equal(now, before) {
			t.Errorf("%s: the stick holds %v, want %v", c.name, now, before)
		}
	}
	if list, err := n.desk().Carry(ctx, p); err != nil || len(list) != 1 {
		t.Errorf("plugged in again: %d receipts, %v", len(list), err)
	}
}

// TestPulledAtEveryStep pulls a stick before every single step of writing,
// with a bundle in several parts: nothing counts that was not read back, what
// lay there stays whole, and the next time finishes, going on where it broke.
func TestPulledAtEveryStep(t *testing.T) {
	t.Parallel()
	n := newLimited(t, 1500)
	ctx := context.Background()
	root := t.TempDir()
	n.stick = []backup.Drive{{Path: root, Label: "U盘", System: "vfat"}}
	n.must(n.desk().AddStick(ctx, access.Office(), root, "一号盘"))
	p, folder := n.lastPlace(), filepath.Join(root, "街镇通备份")
	first := n.make()
	if _, err := n.desk().Carry(ctx, p); err != nil {
		t.Fatal(err)
	}
	if list := names(t, folder); !slices.Contains(list, first.Name+".002") {
		t.Fatalf("not in parts: %v", list)
	}
	for range 30 {
		n.work()
	}
	m := n.make()
	steps := 0
	for pull := 1; ; pull++ {
		n.must(n.desk().Forget(ctx, m.Sequence, p.ID))
		for _, name := range names(t, folder) {
			if strings.HasPrefix(name, m.Name) {
				n.must(os.Remove(filepath.Join(folder, name)))
			}
		}
		steps = 0
		n.step = func(string) error {
			if steps++; steps == pull {
				n.must(os.Rename(root, root+"x"))
			}
			if steps >= pull {
				return errors.New("拔出了")
			}
			return nil
		}
		list, err := n.desk().Carry(ctx, p)
		n.step = nil
		if steps < pull {
			break // it was not pulled: all steps have been
		}
		n.must(os.Rename(root+"x", root))
		if err == nil || len(list) > 0 {
			t.Errorf("pulled at step %d: %d receipts, %v", pull, len(list), err)
		}
		n.whole(folder, first.Name)
		if has := slices.Contains(names(t, folder), m.Name); has {
			n.whole(folder, m.Name) // the name came before the pull: it must be good
		} else if list, err := n.desk().Carry(ctx, p); err != nil || len(list) != 1 {
			t.Errorf("pulled at step %d, then plugged in: %d receipts, %v", pull, len(list), err)
		}
		n.whole(folder, m.Name)
	}
	if steps < 9 {
		t.Errorf("only %d steps", steps)
	}
}

// whole sees that a bundle in a folder can be used.
func (n *town) whole(dir, name string) {
	n.t.Helper()
	if _, err := bundle.VerifyVolume(context.Background(), bundle.FileVolume(filepath.Join(dir, name))); err != nil {
		n.t.Errorf("%s: %v", name, err)
	}
}

// TestGoesOn stops a carry half-way: it goes on where it was stopped, and what
// was half written of a bundle that is not to come any more is removed.
func TestGoesOn(t *testing.T) {
	t.Parallel()
	n := newLimited(t, 1000)
	dir := t.TempDir()
	p := n.place(dir)
	for range 30 {
		n.work()
	}
	m := n.make()
	ctx, stop := context.WithCancel(context.Background())
	writes := 0
	n.step = func(what string) error {
		if what == "open" {
			if writes++; writes == 3 {
				stop()
			}
		}
		return nil
	}
	if list, err := n.desk().Carry(ctx, p); !errors.Is(err, context.Canceled) || len(list) > 0 {
		t.Fatalf("stopped: %d receipts, %v", len(list), err)
	}
	if list := names(t, dir); !slices.Contains(list, m.Name+".002.partial") {
		t.Fatalf("what was written is gone: %v", list)
	}
	other := "街镇通备份-旧-" + n.desk().Identity()[:8] + "-000001-完整.jzb.partial"
	n.must(os.WriteFile(filepath.Join(dir, other), []byte("x"), 0o600))
	n.must(os.WriteFile(filepath.Join(dir, "街镇通备份-别处-00000000-000001-完整.jzb.partial"), []byte("x"), 0o600))
	wrote := int64(0)
	n.step = func(what string) error {
		if what == "write" {
			wrote++
		}
		return nil
	}
	if list, err := n.desk().Carry(context.Background(), p); err != nil || len(list) != 1 {
		t.Fatalf("gone on: %d receipts, %v", len(list), err)
	}
	n.whole(dir, m.Name)
	parts := int64(0)
	for _, name := range names(t, dir) {
		if strings.HasPrefix(name, m.Name) {
			parts++
		}
		if name == other {
			t.Error("an old half-written bundle stayed")
		}
	}
	if wrote != parts-2 {
		t.Errorf("%d writes for %d parts, two of which were there", wrote, parts)
	}
	if _, err := os.Stat(filepath.Join(dir, "街镇通备份-别处-00000000-000001-完整.jzb.partial")); err != nil {
		t.Error("another office's file was removed")
	}
}

// TestLookThrough bends a bundle at a place: looking through finds it, it
// counts no more, and the next round writes a good one.
func TestLookThrough(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	ctx, dir := context.Background(), t.TempDir()
	p := n.place(dir)
	m := n.make()
	if _, err := n.desk().Carry(ctx, p); err != nil {
		t.Fatal(err)
	}
	if look, err := n.desk().LookThrough(ctx, access.Office(), p.ID); err != nil || look.Good != 1 || len(look.Faults) > 0 {
		t.Errorf("a good place: %+v %v", look, err)
	}
	data, err := os.ReadFile(filepath.Join(dir, m.Name))
	n.must(err)
	data[len(data)/2] ^= 4
	n.must(os.WriteFile(filepath.Join(dir, m.Name), data, 0o600))
	if look, err := n.desk().LookThrough(ctx, access.Office(), p.ID); err != nil || look.Good != 0 || len(look.Faults) != 1 {
		t.Errorf("a bent bundle: %+v %v", look, err)
	}
	if s, err := n.desk().Status(ctx); err != nil || s.Off != nil || s.Tone != backup.Red {
		t.Errorf("a bundle that is known to be bad counts: %+v %v", s, err)
	}
	if list, err := n.desk().Carry(ctx, p); err != nil || len(list) != 1 {
		t.Errorf("afterwards: %d receipts, %v", len(list), err)
	}
	n.whole(dir, m.Name)
	if look, err := n.desk().LookThrough(ctx, access.Office(), backup.LocalPlace); err != nil || look.Good != 1 {
		t.Errorf("the office's own folder: %+v %v", look, err)
	}
}

// TestFullAfterWeeks begins a new chain when its full bundle is too old, or
// the clock ran back behind it.
func TestFullAfterWeeks(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	n.make()
	if m := n.make(); m.Kind != bundle.Incremental {
		t.Fatalf("the second is %s", m.Kind)
	}
	n.now = n.now.AddDate(0, 0, 28)
	if m := n.make(); m.Kind != bundle.Full {
		t.Error("after four weeks the next bundle is not full")
	}
	n.now = n.now.AddDate(-10, 0, 0)
	if m := n.make(); m.Kind != bundle.Full {
		t.Error("with the clock ten years back the next bundle builds on one from the future")
	}
	if d, err := n.desk().Drill(context.Background()); err != nil || d.Failed != "" {
		t.Errorf("a trial restore with a clock that ran back: %+v %v", d, err)
	}
}

// TestDamagedLocalCopyIsNotCarried bends the office's own copy: it must not
// reach a place, and the next bundle is a full one if the copy is gone.
func TestDamagedLocalCopyIsNotCarried(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	dir := t.TempDir()
	p := n.place(dir)
	m := n.make()
	path := filepath.Join(n.desk().Folder(), m.Name)
	data, err := os.ReadFile(path)
	n.must(err)
	data[len(data)-20] ^= 1
	n.must(os.WriteFile(path, data, 0o600))
	if _, err := n.desk().Carry(context.Background(), p); err == nil {
		t.Error("a damaged bundle was carried")
	}
	if left := names(t, dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if d, err := n.desk().Drill(context.Background()); err == nil || d.Failed == "" {
		t.Error("the trial restore of a damaged bundle passed")
	}
	if s, err := n.desk().Status(context.Background()); err != nil || s.Tone != backup.Red || !strings.Contains(s.Text, "试恢复没有通过") {
		t.Errorf("status %+v %v", s, err)
	}
	n.must(os.Remove(path))
	if m := n.make(); m.Kind != bundle.Full {
		t.Error("the next bundle builds on one that is gone")
	}
}

// TestPlan says what of a place stays.
func TestPlan(t *testing.T) {
	t.Parallel()
	at := func(year, month int) int64 { return time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC).Unix() }
	full := func(seq uint64, made int64, reason string) backup.Entry {
		return backup.Entry{Name: fmt.Sprint(seq), Manifest: bundle.Manifest{Sequence: seq, Base: seq, Kind: bundle.Full, Made: made, Reason: reason}}
	}
	step := func(seq, base uint64, made int64) backup.Entry {
		return backup.Entry{Name: fmt.Sprint(seq), Manifest: bundle.Manifest{Sequence: seq, Base: base, Kind: bundle.Incremental, Made: made}}
	}
	for _, c := range []struct {
		name string
		list []backup.Entry
		want string
	}{
		{"fewer than are kept", []backup.Entry{full(1, at(2026, 1), ""), step(2, 1, at(2026, 1)), full(3, at(2026, 2), "")}, ""},
		{"the first of a year stays", []backup.Entry{full(1, at(2025, 5), ""), full(2, at(2025, 6), ""), step(3, 2, at(2025, 6)), full(4, at(2026, 1), ""), full(5, at(2026, 2), "")}, "2 3"},
		{"before an upgrade stays", []backup.Entry{full(1, at(2026, 1), ""), full(2, at(2026, 2), backup.ReasonUpgrade), full(3, at(2026, 3), ""), full(4, at(2026, 4), "")}, ""},
		{"a clock ten years ahead removes nothing new", []backup.Entry{full(1, at(2026, 1), ""), full(2, at(2036, 1), ""), full(3, at(2026, 2), ""), full(4, at(2026, 3), "")}, ""},
		{"what builds on nothing is left to people", []backup.Entry{step(2, 1, at(2026, 1)), full(3, at(2026, 1), ""), full(4, at(2026, 2), ""), full(5, at(2026, 3), "")}, ""},
		{"the steps of a chain go with it", []backup.Entry{full(1, at(2026, 1), ""), step(2, 1, at(2026, 1)), full(3, at(2026, 2), ""), full(4, at(2026, 3), "")}, "2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var doomed []string
			for _, r := range backup.Plan(c.list, 2, 20) {
				if !r.Keep {
					doomed = append(doomed, r.Name)
				}
			}
			if got := strings.Join(doomed, " "); got != c.want {
				t.Errorf("removes %q, want %q", got, c.want)
			}
		})
	}
}

// TestPruneOnlyWhatWasSeen refuses a plan that has changed meanwhile.
func TestPruneOnlyWhatWasSeen(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	ctx := context.Background()
	dir := t.TempDir()
	n.must(n.desk().Timing(ctx, access.Office(), backup.Rhythm{Every: 24, FullEvery: 1, FullWeeks: 26, Chains: 2, KeepDays: 7}))
	p := n.place(dir)
	for range 7 {
		n.now = n.now.AddDate(0, 0, 10)
		n.make()
		if _, err := n.desk().Carry(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	_, plan, err := n.desk().PlanAt(ctx, access.Office(), p.ID)
	n.must(err)
	var doomed []string
	for _, r := range plan {
		if !r.Keep {
			doomed = append(doomed, r.Name)
		}
	}
	if len(doomed) == 0 {
		t.Fatalf("nothing to remove of %v", names(t, dir))
	}
	if _, err := n.desk().Prune(ctx, access.Office(), p.ID, doomed[1:]); err == nil {
		t.Error("another plan than the one seen was carried out")
	}
	before := len(names(t, dir))
	if k, err := n.desk().Prune(ctx, access.Office(), p.ID, doomed); err != nil || k != len(doomed) || len(names(t, dir)) != before-k {
		t.Errorf("removed %d of %d, %v", k, len(doomed), err)
	}
}

// TestOnlyTheKeeper tries everything as someone else.
func TestOnlyTheKeeper(t *testing.T) {
	t.Parallel()
	n := newTown(t)
	ctx, d := context.Background(), n.desk()
	other := access.Viewer{User: 5, Name: "经办", Roles: []access.Role{{ID: "child.officer"}}}
	for name, try := range map[string]func() error{
		"timing": func() error { return d.Timing(ctx, other, backup.Rhythm{}) },
		"reader": func() error { return d.AddReader(ctx, other, backup.Reader{Name: "x"}) },
		"drop":   func() error { return d.DropReader(ctx, other, "x") },
		"suite":  func() error { return d.UseSuite(ctx, other, bundle.National) },
		"rotate": func() error { return d.Rotate(ctx, other) },
		"place":  func() error { return d.AddPlace(ctx, other, backup.Place{}) },
		"stick":  func() error { return d.AddStick(ctx, other, "/", "") },
		"forget": func() error { return d.DropPlace(ctx, other, "") },
		"now":    func() error { _, _, err := d.Now(ctx, other); return err },
		"carry":  func() error { _, err := d.CarryTo(ctx, other, ""); return err },
		"folder": func() error { _, err := d.CarryFolder(ctx, other, "/tmp"); return err },
		"plan":   func() error { _, _, err := d.PlanAt(ctx, other, ""); return err },
		"prune":  func() error { _, err := d.Prune(ctx, other, "", nil); return err },
		"fetch":  func() error { _, _, err := d.Download(other, 1); return err },
		"look":   func() error { _, err := d.LookThrough(ctx, other, backup.LocalPlace); return err },
		"hand":   func() error { _, err := d.HandBack(ctx, other, "", strings.NewReader("")); return err },
	} {
		var r *record.Refusal
		if err := try(); !errors.As(err, &r) || r.Code != record.CodeDenied {
			t.Errorf("%s: %v", name, err)
		}
	}
}
