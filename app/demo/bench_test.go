package demo

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"jiezhen/app"
	"jiezhen/app/access"
	"jiezhen/app/find"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// big is the office that benchmarks run on: JIEZHEN_BIG=150000 makes it that
// of design §8 (2,000,000 records over ten years); without, a small one of the
// same make. JIEZHEN_BIG_DIR keeps it for the next run.
type big struct {
	dir  string
	opt  Options
	keep bool
}

func bigOptions() big {
	b := big{opt: Options{People: 1500, Years: 2, Seed: 1}}
	if n, _ := strconv.Atoi(os.Getenv("JIEZHEN_BIG")); n > 0 {
		b.opt = Options{People: n, Years: 10, Seed: 1, Records: n * 40 / 3}
	}
	b.dir, b.keep = os.Getenv("JIEZHEN_BIG_DIR"), os.Getenv("JIEZHEN_BIG_DIR") != ""
	return b
}

// rows is how many rows an import has: design §8 asks for 50,000.
func (g *big) rows() int {
	if g.opt.Years == 10 {
		return min(50000, g.opt.People/3)
	}
	return 300
}

// office opens the big office, filling it first when it is not there.
func (g *big) office(b *testing.B) *app.House {
	b.Helper()
	if !g.keep {
		g.dir = b.TempDir()
	}
	house := openHouse(b, g.dir, time.Now)
	if Marked(house.Dir()) {
		if _, err := Accounts(house.Dir()); err != nil {
			b.Fatal(err)
		}
		return house
	}
	g.opt.Dir = house.Dir()
	if _, err := Fill(b.Context(), house.Office(), g.opt); err != nil {
		b.Fatal(err)
	}
	return house
}

// officer is somebody at work in the office.
func officer(b *testing.B, o *app.Office) access.Viewer {
	b.Helper()
	role, _ := o.Roles.Get("child.officer")
	users, err := o.Staff.Users(b.Context(), access.Office())
	if err != nil {
		b.Fatal(err)
	}
	for _, u := range users {
		if slices.Contains(u.Roles, role.ID) {
			return access.Viewer{User: u.ID, Name: u.Name, Roles: []access.Role{role}, Now: time.Now()}
		}
	}
	b.Fatal("nobody holds the post")
	return access.Viewer{}
}

// times measures each turn and reports the middle and the 95th of a hundred.
func times(b *testing.B, turn func(i int)) {
	b.Helper()
	var all []time.Duration
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		turn(i)
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	at := func(q float64) float64 { return float64(all[int(q*float64(len(all)-1))].Microseconds()) / 1000 }
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.95), "p95-ms")
}

// settle waits until the index has seen everything.
func settle(b *testing.B, o *app.Office) {
	b.Helper()
	if err := o.Find.CatchUp(b.Context()); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkFill(b *testing.B) {
	for b.Loop() {
		g := bigOptions()
		g.keep = false
		house := openHouse(b, b.TempDir(), time.Now)
		g.opt.Dir = house.Dir()
		began := time.Now()
		if _, err := Fill(b.Context(), house.Office(), g.opt); err != nil {
			b.Fatal(err)
		}
		n := rows(b, house.Office())
		b.ReportMetric(float64(n), "records")
		b.ReportMetric(float64(n)/time.Since(began).Seconds(), "records/s")
		b.ReportMetric(memory(), "heap-MB")
		if err := house.Leave(); err != nil {
			b.Fatal(err)
		}
	}
}

// rows counts everything: records and notes.
func rows(b *testing.B, o *app.Office) int {
	b.Helper()
	total := 0
	err := o.Book.View(b.Context(), access.Office(), func(tx *record.Tx) error {
		for _, d := range o.Book.Registers().All() {
			n, err := tx.Size(d.ID)
			if err != nil {
				return err
			}
			total += n
		}
		n, err := tx.Size(record.Notes)
		total += n
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return total
}

// memory is the live heap in MB.
func memory() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// BenchmarkOffice measures the numbers of design §8 on one office.
func BenchmarkOffice(b *testing.B) {
	g := bigOptions()
	house := g.office(b)
	o := house.Office()
	who := officer(b, o)
	b.Run("save", func(b *testing.B) { benchSave(b, o, who) })
	b.Run("list", func(b *testing.B) { benchList(b, o, who) })
	b.Run("list20", func(b *testing.B) { benchCrowd(b, o, who) })
	b.Run("paper", func(b *testing.B) { benchPaper(b, o, who) })
	settle(b, o)
	for _, word := range []string{"禹宁川", "低保", "家访", "燃气报警器", "到校率保持在九成以上", "李"} {
		b.Run("search/"+word, func(b *testing.B) { benchSearch(b, o, who, word) })
	}
	b.Run("import", func(b *testing.B) { benchImport(b, o, who, g.rows()) })
	b.Run("start", func(b *testing.B) { benchStart(b, house) })
}

func benchSave(b *testing.B, o *app.Office, who access.Viewer) {
	ids := refs(b, o, who, "child.file", 200)
	times(b, func(i int) {
		err := o.Book.Change(b.Context(), who, "改", func(tx *record.Tx) error {
			_, err := tx.Save(ids[i%len(ids)], 0, register.Values{"education_item": fmt.Sprintf("资助第%d次核对", i)})
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	})
}

// refs are some open records of a register.
func refs(b *testing.B, o *app.Office, who access.Viewer, reg string, n int) []record.Ref {
	b.Helper()
	var out []record.Ref
	err := o.Book.View(b.Context(), who, func(tx *record.Tx) error {
		page, err := tx.List(record.Query{Register: reg, Open: true, Limit: n})
		for _, r := range page.Rows {
			if !r.Placeholder {
				out = append(out, r.Ref)
			}
		}
		return err
	})
	if err != nil || len(out) == 0 {
		b.Fatalf("nothing open in %s: %v", reg, err)
	}
	return out
}

// queries are the pages that are opened all day.
func queries() []record.Query {
	return []record.Query{{Register: "child.visit", Limit: 50}, {Register: "child.visit", Filters: map[string][]string{"step": {"planned"}}, Limit: 50},
		{Register: "child.case", Open: true, Limit: 50}, {Register: "child.file", Filters: map[string][]string{"category": {"02"}}, Limit: 50},
		{Register: "person.file", Limit: 50}, {Register: "child.visit", Filters: map[string][]string{"child_seen": {"false"}}, Limit: 50}}
}

func list(ctx context.Context, o *app.Office, who access.Viewer, q record.Query) error {
	return o.Book.View(ctx, who, func(tx *record.Tx) error { _, err := tx.List(q); return err })
}

func benchList(b *testing.B, o *app.Office, who access.Viewer) {
	all := queries()
	times(b, func(i int) {
		if err := list(b.Context(), o, who, all[i%len(all)]); err != nil {
			b.Fatal(err)
		}
	})
}

// benchCrowd is twenty users turning pages at once.
func benchCrowd(b *testing.B, o *app.Office, who access.Viewer) {
	const users = 20
	all := queries()
	var mu sync.Mutex
	var took []time.Duration
	for b.Loop() {
		var crowd sync.WaitGroup
		for u := range users {
			crowd.Go(func() {
				began := time.Now()
				if err := list(b.Context(), o, who, all[u%len(all)]); err != nil {
					b.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				took = append(took, time.Since(began))
			})
		}
		crowd.Wait()
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
}

func benchPaper(b *testing.B, o *app.Office, who access.Viewer) {
	def, _ := o.Book.Registers().Get("child.file")
	if len(def.Papers) == 0 {
		b.Skip("the register has no papers")
	}
	ids := refs(b, o, who, def.ID, 50)
	times(b, func(i int) {
		if _, err := o.Papers.Preview(b.Context(), who, ids[i%len(ids)], def.Papers[0]); err != nil {
			b.Fatal(err)
		}
	})
}

func benchSearch(b *testing.B, o *app.Office, who access.Viewer, word string) {
	found, partial := 0, 0
	times(b, func(int) {
		r, err := o.Find.Search(b.Context(), who, find.Query{Text: word, Limit: 20})
		if err != nil {
			b.Fatal(err)
		}
		found = r.Total
		if r.Partial {
			partial++
		}
	})
	b.ReportMetric(float64(found), "hits")
	b.ReportMetric(float64(partial), "partial")
}

// benchStart closes the office and opens it again, as a start does, up to the
// first list.
func benchStart(b *testing.B, house *app.House) {
	dir := house.Dir()
	if err := house.Leave(); err != nil {
		b.Fatal(err)
	}
	times(b, func(int) {
		again := openHouse(b, dir[:len(dir)-len("/data")], time.Now)
		if err := list(b.Context(), again.Office(), access.Office(), queries()[0]); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(memory(), "heap-MB")
		if err := again.Leave(); err != nil {
			b.Fatal(err)
		}
	})
}

// benchImport brings in a list of new persons: staging, dry run and writing.
// Every turn brings others.
func benchImport(b *testing.B, o *app.Office, who access.Viewer, n int) {
	ids, made, turn := newRegistry(), 0, 0
	for b.Loop() {
		turn++
		var sheet strings.Builder
		sheet.WriteString("姓名,证件类型,证件号码,居住地址\n")
		d := throw(uint64(time.Now().UnixNano()), streamPeople, turn)
		for range n {
			number, _ := ids.give(d, value.Date("1926-01-01").AddDays(-d.IntN(7000)), male)
			fmt.Fprintf(&sheet, "%s,居民身份证,%s,虚构路%d号\n", newNaming().surname(d)+newNaming().given(d, male), number, d.IntN(900))
		}
		staged, err := o.Sheets.Read(b.Context(), who, record.Persons, fmt.Sprintf("名单%d.csv", turn), []byte(sheet.String()))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := o.Sheets.DryRun(b.Context(), who, staged, nil); err != nil {
			b.Fatal(err)
		}
		done, err := o.Sheets.Run(b.Context(), who, staged, nil)
		if err != nil {
			b.Fatal(err)
		}
		made += done.Created
	}
	b.ReportMetric(float64(made)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(made)/float64(turn), "rows")
}
