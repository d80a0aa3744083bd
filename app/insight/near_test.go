package insight

import (
	"fmt"
	"slices"
	"testing"
)

func TestNearFindsWhatSaysTheSame(t *testing.T) {
	t.Parallel()
	x := NewIndex()
	for i, e := range orders(400, 2) {
		x.Put(uint64(i+1), e.Text)
	}
	x.Put(1000, "滨河小区7号楼2单元电梯夜里异响，已经三天，没人来修")
	x.Put(1001, "滨河小区的电梯有问题")
	got := x.Near("来电：滨河小区７号楼２单元电梯夜里异响，三天没人来修！", 5, LikelySame, nil)
	if len(got) != 1 || got[0].ID != 1000 {
		t.Errorf("said again: %+v", got)
	}
	if got := x.Near("滨河小区7号楼2单元电梯夜里异响，已经三天，没人来修", 1, LikelySame, nil); len(got) != 1 || got[0].Likeness < 0.999 {
		t.Errorf("the same: %+v", got)
	}
	skip := func(id uint64) bool { return id == 1000 }
	if got := x.Near("滨河小区7号楼2单元电梯夜里异响", 5, LikelySame, skip); len(got) != 0 {
		t.Errorf("skipped: %+v", got)
	}
	x.Put(1000, "改成了别的事：养老金认证")
	if got := x.Near("电梯夜里异响没人来修", 5, LikelySame, nil); len(got) != 0 {
		t.Errorf("an old text is still found: %+v", got)
	}
	x.Drop(1000)
	if got := x.Near("养老金认证", 500, 0.01, nil); slices.ContainsFunc(got, func(n Near) bool { return n.ID == 1000 }) || x.Len() != 401 {
		t.Errorf("dropped: %+v, %d texts", got, x.Len())
	}
	for _, nothing := range []string{"", "！", "一"} {
		if got := x.Near(nothing, 5, 0, nil); len(got) != 0 {
			t.Errorf("%q is like %+v", nothing, got)
		}
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"我住在滨河小区3号楼，新桥大街路灯不亮": {"滨河小区", "新桥大街"},
		"葡萄嘴环岛东侧，葡萄嘴没有路灯":     {"葡萄嘴环岛"},
		"这个小区没人管，马路上都是车":      {},
		"桃园小区和滨河小区之间，桃园小区南门外": {"桃园小区", "滨河小区"},
	} {
		if got := Places(text, []string{"葡萄嘴环岛"}); !slices.Equal(got, want) {
			t.Errorf("%s: %q", text, got)
		}
	}
}

func BenchmarkNear(b *testing.B) {
	x := NewIndex()
	for i, e := range orders(20_000, 2) {
		x.Put(uint64(i+1), e.Text)
	}
	x.Near("电梯", 1, 0, nil)
	for i := 0; b.Loop(); i++ {
		x.Near(fmt.Sprintf("滨河小区%d号楼电梯夜里异响，已经三天，没人来修，老人下不了楼", i), 5, Similar, nil)
	}
}

// TestIndexClosesUp changes texts far oftener than there are any and finds them
// still, in no more room than they need.
func TestIndexClosesUp(t *testing.T) {
	x := NewIndex()
	x.Put(7, "路灯坏了晚上一片黑")
	for i := range uint64(3 * holesLeast) {
		x.Put(1+i%3, fmt.Sprintf("电梯停运%d天没人修", i))
	}
	x.Drop(2)
	near := x.Near("路灯坏了一片黑", 1, Similar, nil)
	if len(near) != 1 || near[0].ID != 7 {
		t.Errorf("near are %v", near)
	}
	if near := x.Near("电梯停运没人修", 5, Similar, nil); len(near) != 2 {
		t.Errorf("near are %v", near)
	}
	if n := len(x.ids); n > 10 {
		t.Errorf("%d places for 3 texts", n)
	}
}

// TestIndexKeepsTheLast forgets what came first, but not what has changed since.
func TestIndexKeepsTheLast(t *testing.T) {
	x := NewIndex()
	x.Most = 3
	for i, text := range []string{"路灯坏了", "电梯停运", "垃圾没清", "井盖松动"} {
		if i == 3 {
			x.Put(1, "路灯又坏了")
		}
		x.Put(uint64(i+1), text)
	}
	var kept []uint64
	for _, text := range []string{"路灯又坏了", "电梯停运", "垃圾没清", "井盖松动"} {
		for _, n := range x.Near(text, 1, LikelySame, nil) {
			kept = append(kept, n.ID)
		}
	}
	if !slices.Equal(kept, []uint64{1, 3, 4}) {
		t.Errorf("kept: %v", kept)
	}
}
