package paper

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"strings"
	"testing"
)

func photo(t testing.TB, w, h int) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.NRGBA{uint8(x * 255 / w), uint8(y * 255 / h), 120, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLook(t *testing.T) {
	e := testEngine(t)
	v := sampleValues()
	v.Images = map[string][]byte{"subject.photo": photo(t, 500, 700)}
	st := sampleStamp()
	st.Preview, st.Purpose = true, "仅供街道民政科核对使用"
	st.Copy = 1
	v.Texts["opinion.town"] = strings.Repeat("同意接案，风险等级定为橙色，按月走访。", 300)
	v.Texts["subject.name"] = "阿卜杜热西提·麦麦提图尔荪·阿卜杜热西提·麦麦提图尔荪"
	save := func(name string, j Job) {
		r, err := e.Print(context.Background(), j.Layout, j.Source, j.Stamp)
		if err != nil {
			t.Fatal(err)
		}
		os.WriteFile("/tmp/pf/"+name+".pdf", r.PDF, 0o644)
	}
	save("long", Job{sample(t, "sample/form"), v, st})
	save("notice", Job{sample(t, "sample/notice"), sampleValues(), sampleStamp()})
	ls := Listing{Title: "大峪街道在册困境儿童名单", Subtitle: "截至2026年11月23日", Sensitive: "内部资料", Notes: []string{"注：本名单由系统生成，仅供核对。"},
		Columns: []ListColumn{{Label: "序号", Width: 0.5}, {Label: "姓名"}, {Label: "住址", Width: 4, Align: "left"}, {Label: "类别", Width: 2}, {Label: "每月金额（元）", Align: "right"}}, Foot: []string{"合计", "", "", "", "12,345.00"}}
	for i := range 45 {
		ls.Rows = append(ls.Rows, []string{string(rune('0' + i%10)), "李𬭎" + string(rune(0x4E00+i*7)), "北京市门头沟区大峪街道月季园东里社区" + strings.Repeat("某小区12号楼", i%4), "事实无人抚养儿童", "1,409.50"})
	}
	save("listing", ls.Job(Stamp{Demo: true, By: "张三", At: sampleStamp().At}))
	save("key", KeySheet{Title: "恢复密钥", Intro: []string{"请将本页封存于保险柜，由两人分别保管。更换电脑或者重装系统后，须凭本密钥打开数据。", "本密钥只打印一次。"}, Rows: []string{"ABCD1234EFGH5678JKMN", "ABCD1234EFGH5678JKMN", "9KCD1234EFGH56780OIl"}, QR: "JZ1:ABCD1234EFGH5678JKMNABCD1234EFGH5678JKMN9KCD1234EFGH56780OIl", Signers: []string{"保管人", "监交人"}, Notes: []string{"校验：每行最后四位为校验码，输错会立即提示。"}}.Job(sampleStamp()))
	r := printText(t, "姓名㛃䶮𠅤𫖯𬍛𬭎㐱𠮷鿍﨑先生，甲😀乙。")
	os.WriteFile("/tmp/pf/rare.pdf", r.PDF, 0o644)
}
