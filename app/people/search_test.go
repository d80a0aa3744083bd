package people

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.settle(t)
	zeng := o.person(t, register.Values{fieldName: "曾小贤", fieldBirth: "1980-01-02", "phone": "010-00000001"})
	for _, row := range []struct {
		name   string
		q      Query
		want   uint64
		reason string
	}{
		{"name", Query{Name: "禹宁川"}, o.id["P06"], "姓名相同"},
		{"another character with the same sound", Query{Name: "雨宁川"}, o.id["P06"], "姓名读音相同"},
		{"surname of two readings, as a surname", Query{Pinyin: "zengxiaoxian"}, zeng, "姓名读音相同"},
		{"surname of two readings, as a word", Query{Pinyin: "ceng xiao xian"}, zeng, "姓名读音相同"},
		{"double surname", Query{Pinyin: "chanyuxiaoman"}, o.id["P22"], "姓名读音相同"},
		{"initials", Query{Text: "cyxm"}, o.id["P22"], "姓名拼音首字母相同"},
		{"rare surname", Query{Pinyin: "zhensiqi"}, o.id["P23"], "姓名读音相同"},
		{"rare given name", Query{Text: "龙䶮"}, o.id["P24"], "姓名相同"},
		{"rare given name by sound", Query{Pinyin: "longyan"}, o.id["P24"], "姓名读音相同"},
		{"first syllables", Query{Pinyin: "zengxiao"}, zeng, "姓名读音开头相同"},
		{"identity number, full-width and with blanks", Query{IDNumber: "１１０１０９ 20160815 936x"}, o.id["P11"], "证件号码相同"},
		{"last four", Query{IDTail: "9214"}, o.id["P06"], "证件后四位相同"},
		{"last six in the one box", Query{Text: "069214"}, o.id["P06"], "证件后六位相同"},
		{"phone", Query{Phone: "01000000001"}, zeng, "电话相同"},
		{"phone in the one box", Query{Text: "010-00000001"}, zeng, "电话相同"},
		{"guardian", Query{Guardian: "禹德顺"}, o.id["P06"], "监护人姓名相同"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := o.desk.Search(t.Context(), o.officer(t), row.q)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) == 0 || got[0].Person != row.want || !slices.Contains(got[0].Reasons, row.reason) {
				t.Errorf("got %+v, want %d because %s", got, row.want, row.reason)
			}
		})
	}
}

func TestSearchFindsNobodyWithoutCause(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.settle(t)
	for _, q := range []Query{{}, {Name: " "}, {Text: "x"}, {Phone: "12"}, {IDTail: "1"}, {Name: "查无此人"}, {Guardian: "邢望春"}} {
		got, err := o.desk.Search(t.Context(), o.officer(t), q)
		if err != nil || len(got) != 0 {
			t.Errorf("%+v found %v, %v", q, got, err)
		}
	}
	if _, err := o.desk.Search(t.Context(), o.viewer(t, 9, "admin.system"), Query{Name: "禹宁川"}); err == nil {
		t.Error("an administrator searched persons")
	}
}

func TestSearchRanks(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	near := o.person(t, register.Values{fieldName: "王芳", "phone": "010-00000002"})
	o.person(t, register.Values{fieldName: "王芳"})
	o.person(t, register.Values{fieldName: "王方"})
	got, err := o.desk.Search(t.Context(), o.officer(t), Query{Name: "王芳", Phone: "010-00000002"})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || got[0].Person != near || got[0].Score <= got[1].Score || got[1].Score <= got[2].Score {
		t.Errorf("ranked %+v", got)
	}
}

func TestProtectedPersonIsAPlaceholder(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.settle(t)
	o.protect(t, o.id["P06"])
	find := func(v access.Viewer, q Query) []Match {
		got, err := o.desk.Search(t.Context(), v, q)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	got := find(o.officer(t), Query{Name: "禹宁川"})
	if len(got) != 1 || !got[0].Guarded || got[0].Record != nil || !strings.Contains(got[0].Hidden, "系统已有一名受保护对象与此相符，请联系") {
		t.Errorf("a handler sees %+v", got)
	}
	if got := find(o.officer(t), Query{IDTail: "9214"}); len(got) != 0 {
		t.Errorf("four digits alone showed a protected person: %+v", got)
	}
	if got := find(o.leader(t), Query{Name: "禹宁川"}); len(got) != 1 || got[0].Record == nil {
		t.Errorf("the leader sees %+v", got)
	}
	_, err := o.desk.Create(t.Context(), o.officer(t), register.Values{fieldName: "禹宁川", fieldBirth: "2014-09-06"}, "")
	var matches *MatchesError
	if !errors.As(err, &matches) || len(matches.Matches) != 1 || matches.Matches[0].Record != nil {
		t.Errorf("creating a second file: %v", err)
	}
}

func TestOutsideAreaIsAPlaceholder(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	here := o.create(t, record.Draft{Register: record.Places, Values: register.Values{"name": "甲社区", "level": "community"}}).ID
	there := o.create(t, record.Draft{Register: record.Places, Values: register.Values{"name": "乙社区", "level": "community"}}).ID
	o.person(t, register.Values{fieldName: "简默", "community": idText(there)})
	got, err := o.desk.Search(t.Context(), o.viewer(t, 5, "child.director", here), Query{Name: "简默"})
	if err != nil || len(got) != 1 || got[0].Record != nil || got[0].Guarded || !strings.Contains(got[0].Hidden, "其他社区") {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestCreate(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.settle(t)
	v := o.officer(t)
	twin := register.Values{fieldName: "禹宁川", fieldBirth: "2014-09-06"}
	var matches *MatchesError
	if _, err := o.desk.Create(t.Context(), v, twin, ""); !errors.As(err, &matches) || len(matches.Matches) != 1 {
		t.Fatalf("without a reason: %v", err)
	}
	_, err := o.desk.Create(t.Context(), v, twin, "不是")
	refused(t, err, record.CodeInvalid)
	made, err := o.desk.Create(t.Context(), v, twin, "同名同日生，住址不同")
	if err != nil {
		t.Fatal(err)
	}
	if got := made.Text(fieldTemporary); got != "L-002-2026-00001" {
		t.Errorf("temporary number %q", got)
	}
	pairs, _, err := o.allPairs(t, v)
	if err != nil || len(pairs) != 1 || pairs[0].Why != "同名同日生，住址不同" {
		t.Errorf("duplicates desk shows %+v, %v", pairs, err)
	}
	_, err = o.desk.Create(t.Context(), v, register.Values{fieldName: "另一人", fieldNumber: "110109201409069214"}, "证件号码录错了吗")
	if r := refused(t, err, record.CodeTaken); !strings.Contains(r.Text, "禹宁川") {
		t.Errorf("the refusal says %s", r.Text)
	}
	o.protect(t, o.id["P06"])
	_, err = o.desk.Create(t.Context(), v, register.Values{fieldName: "另一人", fieldNumber: "110109201409069214"}, "")
	if r := refused(t, err, record.CodeTaken); strings.Contains(r.Text, "禹宁川") || !strings.Contains(r.Text, "受保护对象") {
		t.Errorf("of a protected person the refusal says %s", r.Text)
	}
}

// allPairs catches up to the end and gives the pairs.
func (o *office) allPairs(t testing.TB, v access.Viewer) ([]Pair, bool, error) {
	t.Helper()
	for {
		pairs, more, err := o.desk.Duplicates(t.Context(), v, 50)
		if err != nil || !more {
			return pairs, more, err
		}
	}
}

func TestTemporaryNumberIsReplaced(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.person(t, register.Values{fieldName: "简星野", fieldBirth: "2025-03-18"})
	v := o.officer(t)
	var order *record.Record
	err := o.book.Change(t.Context(), v, "落户", func(tx *record.Tx) error {
		var err error
		order, err = tx.Create(record.Draft{Register: changeRegister, Subject: id,
			Values: register.Values{changeField: fieldNumber, changeNew: "110109202503189399", "proof": "户口簿", "reason": "已落户"}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	approve := func(v access.Viewer) error {
		return o.book.Change(t.Context(), v, "批准", func(tx *record.Tx) error {
			_, err := tx.Do(order.Ref, 0, changeApprove, record.Input{})
			return err
		})
	}
	refused(t, approve(v), record.CodeDenied) // four eyes
	if err := approve(o.officer2(t)); err != nil {
		t.Fatal(err)
	}
	if got := o.file(t, id).Text(fieldNumber); got != "110109202503189399" {
		t.Errorf("number is %q", got)
	}
	for _, number := range []string{"110109202503189399", "L-002-2026-00001"} {
		got, err := o.desk.Search(t.Context(), v, Query{Text: number})
		if err != nil || len(got) != 1 || got[0].Person != id {
			t.Errorf("searching %s: %+v, %v", number, got, err)
		}
	}
}

func TestChangeOrderConflict(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.person(t, register.Values{fieldName: "石盼安", "bank_account": "6222000000000000012"})
	order := func(account string) record.Ref {
		r := o.create(t, record.Draft{Register: changeRegister, Subject: id,
			Values: register.Values{changeField: "bank_account", changeNew: account, "proof": "新卡", "reason": "换卡"}})
		if got := r.Text(changeOld); got != "6222000000000000012" {
			t.Fatalf("old value is %q", got)
		}
		return r.Ref
	}
	first, second := order("6217000000000000020"), order("6222000000000000020")
	do := func(ref record.Ref) error {
		return o.book.Change(t.Context(), o.officer2(t), "批准", func(tx *record.Tx) error {
			_, err := tx.Do(ref, 0, changeApprove, record.Input{})
			return err
		})
	}
	if err := do(first); err != nil {
		t.Fatal(err)
	}
	refused(t, do(second), record.CodeInvalid)
	if got := o.file(t, id).Text("bank_account"); got != "6217000000000000020" {
		t.Errorf("account is %q", got)
	}
}

func BenchmarkSearch(b *testing.B) {
	o := newOffice(b)
	const people, batch = 10000, 500
	surnames, given := []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"), []rune("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉")
	for from := 0; from < people; from += batch {
		o.change(b, func(tx *record.Tx) error {
			for i := from; i < from+batch; i++ {
				name := string([]rune{surnames[i%len(surnames)], given[i/20%len(given)], given[i/500%len(given)]})
				birth := fmt.Sprintf("%d-%02d-%02d", 1940+i%80, 1+i%12, 1+i%28)
				if _, err := tx.Create(record.Draft{Register: record.Persons, Values: register.Values{fieldName: name, fieldBirth: birth,
					"phone": fmt.Sprintf("010-%08d", i)}}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for _, q := range []Query{{Name: "王伟伟"}, {Pinyin: "wangwei"}, {Text: "zll"}, {Phone: "010-00000007"}, {Name: "李娜娜", Phone: "010-00000021"}} {
		b.Run(fmt.Sprintf("%s%s%s%s", q.Name, q.Pinyin, q.Text, q.Phone), func(b *testing.B) {
			for b.Loop() {
				if _, err := o.desk.Search(b.Context(), o.officer(b), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
