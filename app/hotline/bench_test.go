package hotline_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"jiezhen/app/access"
	"jiezhen/app/hotline"
)

// BenchmarkYear loads a year of 20,000 orders through the import desk, then
// opens what is looked at every morning.
func BenchmarkYear(b *testing.B) {
	d := openAt(b, time.Date(2026, 11, 24, 8, 0, 0, 0, time.Local))
	data := year(b, 20_000)
	sheets, v := d.house.Office().Sheets, d.officer()
	took, began := map[string]float64{}, time.Now()
	s, err := sheets.Read(b.Context(), v, hotline.Orders, "全年.xlsx", data)
	d.must(err)
	took["s/read"] = time.Since(began).Seconds()
	began = time.Now()
	done, err := sheets.Run(b.Context(), v, s, nil)
	d.must(err)
	took["s/import"] = time.Since(began).Seconds()
	if done.Created != 20_000 {
		b.Fatalf("%+v", done)
	}
	desk := d.house.Office().Hotline
	began = time.Now()
	for ok := false; !ok; _, ok = desk.Quality() {
		time.Sleep(50 * time.Millisecond)
	}
	took["s/learn"] = time.Since(began).Seconds()
	for name, work := range map[string]func() error{
		"ms/morning": func() error { _, err := desk.Morning(b.Context(), v); return err },
		"ms/rates":   func() error { _, err := desk.Rates(b.Context(), v, "2026-10"); return err },
		"ms/hot":     func() error { _, err := desk.Hot(b.Context(), v); return err },
		"ms/twins": func() error {
			_, err := desk.Twins(b.Context(), v, "虚构家园7号楼电梯异响，没人来修")
			return err
		},
	} {
		began, n := time.Now(), 0
		for ; n < 10; n++ {
			d.must(work())
		}
		took[name] = float64(time.Since(began).Milliseconds()) / float64(n)
	}
	m, err := desk.Rates(b.Context(), v, "2026-10")
	d.must(err)
	hot, err := desk.Hot(b.Context(), v)
	d.must(err)
	b.Logf("%d orders in a month, %d hot", m.Orders, len(hot))
	for b.Loop() {
		_, err := desk.Morning(b.Context(), access.Office())
		d.must(err)
	}
	for name, n := range took { // the loop forgets what was reported before it
		b.ReportMetric(n, name)
	}
}

// year is a platform's export of so many orders.
func year(b *testing.B, n int) []byte {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	things := []string{"路灯不亮", "电梯停运", "暖气不热", "垃圾没人清", "停车堵门", "井盖响", "油烟扰民", "水压太低", "路面积水", "门禁坏了"}
	classes := []string{"市政道路", "物业管理", "供暖供水", "环境卫生", "停车秩序", "市政道路", "环境卫生", "供暖供水", "市政道路", "物业管理"}
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	_ = w.SetRow("A1", []any{"工单编号", "诉求内容", "派单时间", "一级分类", "签收时间", "首次联系时间", "办结时间", "办结方式", "办理答复", "回访时间", "回访联系上", "是否解决", "是否满意", "所属社区", "联系电话"})
	start := time.Date(2025, 11, 24, 8, 0, 0, 0, time.Local)
	for i := range n {
		at := start.Add(time.Duration(i) * (365 * 24 * time.Hour / time.Duration(n)))
		k := r.IntN(len(things))
		row := []any{fmt.Sprintf("BJ%08d", i), fmt.Sprintf("来电人反映：%s%d号楼%s，已经%d天，希望尽快处理，影响老人和孩子出行", []string{"滨河", "桃园", "惠民", "龙泉", "月季"}[r.IntN(5)]+"小区", r.IntN(40), things[k], r.IntN(9)), stamp(at), classes[k]}
		if i < n*98/100 {
			row = append(row, stamp(at.Add(time.Hour)), stamp(at.Add(3*time.Hour)), stamp(at.Add(20*time.Hour)), "解决", "已到现场处理完毕", stamp(at.Add(40*time.Hour)), "是", "已解决", []string{"满意", "基本满意", "不满意"}[r.IntN(3)])
		} else {
			row = append(row, "", "", "", "", "", "", "", "", "")
		}
		_ = w.SetRow(fmt.Sprintf("A%d", i+2), append(row, []string{"虚构东社区", "虚构西社区"}[r.IntN(2)], fmt.Sprintf("010-0000%04d", r.IntN(9999))))
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

func stamp(t time.Time) string { return t.Format("2006-01-02 15:04") }
