package grid

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiezhen/app/access"
	"jiezhen/app/deadline"
	"jiezhen/app/insight"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// Pair is two sources that probably tell of one trouble, with every reason. A
// person decides: nothing is joined by itself.
type Pair struct {
	A, B    *record.Record // the earlier first
	Reasons []string
}

// joinRules are the parameters by which two sources are held for one trouble.
type joinRules struct {
	metres float64
	gap    time.Duration
}

func readJoinRules(tx *record.Tx) (joinRules, error) {
	metres, err := tx.Book().Policy().Integer("governance.join.metres", tx.Today())
	if err != nil {
		return joinRules{}, fmt.Errorf("reading how near two sources must lie: %w", err)
	}
	hours, err := tx.Book().Policy().Integer("governance.join.hours", tx.Today())
	if err != nil {
		return joinRules{}, fmt.Errorf("reading how soon two sources must follow: %w", err)
	}
	return joinRules{float64(metres), time.Duration(hours) * time.Hour}, nil
}

// told is a source ready to be compared.
type told struct {
	*record.Record
	at       time.Time
	on       value.Date // by which its register finds it
	key      string     // doorway, see doorKey
	lon, lat float64
	text     string
	category *Category
}

func (x *Rules) told(t *table, r *record.Record) told {
	lon, _ := r.Values["lon"].(float64)
	lat, _ := r.Values["lat"].(float64)
	s := told{Record: r, at: deadline.Parse(toldAt(r)), on: r.Date(sourceDays[r.Register]), key: doorKey(r.Text("address")), lon: lon, lat: lat, text: r.Text("title") + "\n" + r.Text("content"), category: t.of(r)}
	if s.key == "" {
		s.key = doorKey(s.text)
	}
	return s
}

// numbered finds numbers of buildings and doors.
var numbered = regexp.MustCompile(`(\d{1,4})(号楼|号院|栋|楼|号)(?:(\d{1,2})(?:单元|门))?`)

// doorKey is the doorway that an address names: estate or road, building, and
// door where one is said; "" when it names no building.
func doorKey(text string) string {
	for _, name := range insight.Places(text, nil) {
		_, after, ok := strings.Cut(text, name)
		if !ok {
			continue
		}
		m := numbered.FindStringSubmatchIndex(after)
		if m == nil || m[0] > 6 {
			continue
		}
		n := numbered.FindStringSubmatch(after)
		return name + n[1] + "#" + n[3]
	}
	return ""
}

// place says why two sources lie at one place, or "".
func (j joinRules) place(a, b told) string {
	if a.lon != 0 && b.lon != 0 {
		if m := metresApart(a.lon, a.lat, b.lon, b.lat); m <= j.metres {
			return fmt.Sprintf("相距约%.0f米（不超过%.0f米）", m, j.metres)
		}
		return ""
	}
	if a.key == "" || b.key == "" {
		return ""
	}
	x, doorA, _ := strings.Cut(a.key, "#")
	y, doorB, _ := strings.Cut(b.key, "#")
	if x != y || doorA != "" && doorB != "" && doorA != doorB {
		return ""
	}
	return "同一处：" + x + "号"
}

// metresApart is the distance of two points on the earth.
func metresApart(lon1, lat1, lon2, lat2 float64) float64 {
	const radius, degree = 6_371_000, math.Pi / 180
	x := (lon2 - lon1) * degree * math.Cos((lat1+lat2)/2*degree)
	y := (lat2 - lat1) * degree
	return radius * math.Hypot(x, y)
}

// class says why two sources are of one class, or "".
func class(t *table, a, b told) string {
	switch {
	case a.category != nil && b.category != nil:
		if t.latest(a.category) == t.latest(b.category) {
			return "同为“" + a.category.Name + "”"
		}
		return ""
	case a.category != nil:
		return speaksOf(a.category, b)
	case b.category != nil:
		return speaksOf(b.category, a)
	}
	for _, c := range t.list {
		if both := speaksOf(c, a); both != "" && both == speaksOf(c, b) && c.in(value.DateOf(b.at)) {
			return both
		}
	}
	return alike(a.text, b.text)
}

// speaksOf says by which word a source without a category speaks of one.
func speaksOf(c *Category, s told) string {
	for _, w := range append([]string{c.Name}, c.Words...) {
		if strings.Contains(s.text, w) || s.Text("detail") == w || s.Text("subcategory") == w {
			return "都说到“" + w + "”"
		}
	}
	return ""
}

// alike says that two texts say nearly the same, or "".
func alike(a, b string) string {
	x := insight.NewIndex()
	x.Put(1, a)
	if near := x.Near(b, 1, insight.LikelySame, nil); len(near) > 0 {
		return fmt.Sprintf("说法相像 %.0f%%", 100*near[0].Likeness)
	}
	return ""
}

// compare gives the pair that two sources are, when place, class and time all
// fit.
func (j joinRules) compare(t *table, a, b told) (Pair, bool) {
	if b.at.Before(a.at) {
		a, b = b, a
	}
	gap := b.at.Sub(a.at)
	if a.at.IsZero() || gap > j.gap {
		return Pair{}, false
	}
	where := j.place(a, b)
	if where == "" {
		return Pair{}, false
	}
	what := class(t, a, b)
	if what == "" {
		return Pair{}, false
	}
	return Pair{a.Record, b.Record, []string{where, what, fmt.Sprintf("相隔%d小时（不超过%d小时）", int(gap.Hours()), int(j.gap.Hours()))}}, true
}

// vicinity is where and when to look for what may tell of the same as one.
type vicinity struct {
	me       told
	tile     float64
	from, to value.Date
}

func (a vicinity) holds(s told) bool {
	on := s.on
	return on >= a.from && on <= a.to && neighbours(a.me, s, a.tile)
}

// around are the sources in a vicinity as far as the viewer may see them, oldest
// first.
func (x *Rules) around(tx *record.Tx, a vicinity) ([]told, error) {
	if x.recent.reaches(tx, a.from) {
		return x.recent.near(tx, x, a)
	}
	t, err := x.tables.Get(tx)
	if err != nil {
		return nil, err
	}
	var out []told
	for _, reg := range []struct{ id, day string }{{Orders, "dispatched_on"}, {Reports, "found_on"}, {Findings, "found_on"}} {
		def, ok := tx.Book().Registers().Get(reg.id)
		if !ok || !record.MayUse(tx.Viewer(), def, access.ActRead) {
			continue
		}
		for day := a.from; day <= a.to; day = day.AddDays(1) {
			err := each(tx, on(reg.id, reg.day, day), func(r *record.Record) error {
				if r.Step != "void" && r.Step != "returned" {
					out = append(out, x.told(t, r))
				}
				return nil
			})
			if err != nil {
				return nil, fmt.Errorf("reading what was told of on a day: %w", err)
			}
		}
	}
	sortTold(out)
	return out, nil
}

// PairsOf are the sources that probably tell of the same as one.
func (d *Desk) PairsOf(tx *record.Tx, r *record.Record) ([]Pair, error) {
	rules, err := readJoinRules(tx)
	if err != nil {
		return nil, err
	}
	t, err := d.rules.tables.Get(tx)
	if err != nil {
		return nil, err
	}
	me := d.rules.told(t, r)
	if me.at.IsZero() {
		return nil, nil
	}
	from, to := value.DateOf(me.at.Add(-rules.gap)), value.DateOf(me.at.Add(rules.gap))
	others, err := d.rules.around(tx, vicinity{me, rules.tile(), from, min(to, tx.Today())})
	if err != nil {
		return nil, err
	}
	var out []Pair
	for _, o := range others {
		if o.Ref == r.Ref || inCase(r) != 0 && inCase(o.Record) == inCase(r) {
			continue
		}
		if p, ok := rules.compare(t, me, o); ok {
			out = append(out, p)
		}
	}
	return d.willing(tx, out)
}

// inCase is the case that a record is, or is tied to; 0 for none.
func inCase(r *record.Record) uint64 {
	if r.Register == Cases {
		return r.ID
	}
	return r.RefID("case")
}

// recentDays is how far back the page of pairs looks.
const recentDays = 7

// Pairs are the pairs among what was told of in the last days that are not yet
// in one case, newest first. Sources are compared only with those at the same
// door or in the same stretch of ground, so that a busy week costs little.
func (d *Desk) Pairs(ctx context.Context, v access.Viewer) ([]Pair, error) {
	var out []Pair
	err := d.book.View(ctx, v, func(tx *record.Tx) error {
		rules, err := readJoinRules(tx)
		if err != nil {
			return err
		}
		list, err := d.rules.recent.pairsOf(tx, d.rules, rules, tx.Today().AddDays(-recentDays), tx.Today())
		if err != nil {
			return err
		}
		out, err = d.willing(tx, list)
		return err
	})
	return out, err
}

// pairs are those among sources, newest first.
func (j joinRules) pairs(t *table, all []told) []Pair {
	var out []Pair
	met := map[[2]record.Ref]bool{}
	for _, group := range grouped(all, j.tile()) {
		for i, a := range group {
			for _, b := range group[i+1:] {
				if c := a.RefID("case"); c != 0 && c == b.RefID("case") {
					continue
				}
				if met[[2]record.Ref{a.Ref, b.Ref}] {
					continue // they share a building and a square of ground
				}
				met[[2]record.Ref{a.Ref, b.Ref}] = true
				if p, ok := j.compare(t, a, b); ok {
					out = append(out, p)
				}
			}
		}
	}
	slices.SortFunc(out, newestPair)
	return out
}

// tile is how large the squares are, in degrees, by which neighbours are found: a
// little over a hundred metres, and never smaller than how near sources must lie
// (a degree is 60 km or more wherever the country lies).
func (j joinRules) tile() float64 { return max(0.001, j.metres/60_000) }

// grouped puts sources together that may lie at one place: by building, and by
// squares of ground with their neighbours.
func grouped(all []told, tile float64) map[string][]told {
	out := map[string][]told{}
	for _, s := range all {
		if s.key != "" {
			building, _, _ := strings.Cut(s.key, "#")
			out[building] = append(out[building], s)
		}
		if s.lon == 0 {
			continue
		}
		x, y := int(math.Floor(s.lon/tile)), int(math.Floor(s.lat/tile))
		for dx := -1; dx <= 1; dx++ {
			for dy := -1; dy <= 1; dy++ {
				key := fmt.Sprintf("@%d,%d", x+dx, y+dy)
				out[key] = append(out[key], s)
			}
		}
	}
	return out
}

// Join ties sources to one case, for a reason: the case that some of them are
// in, else one made of the earliest. Sources of two different cases are
// refused: that is for a person to untie first.
func (d *Desk) Join(ctx context.Context, v access.Viewer, refs []record.Ref, reason string) (record.Ref, error) {
	var at record.Ref
	if len(refs) < 2 || reason == "" {
		return at, record.Refused(record.CodeInvalid, "请选至少两件，并写明为什么是一件事")
	}
	err := d.book.Change(ctx, v, "合单", func(tx *record.Tx) error {
		var list []*record.Record
		for _, ref := range refs {
			if ref.Register != Orders && ref.Register != Reports && ref.Register != Findings {
				return record.Refused(record.CodeInvalid, "只有工单、网格上报和巡查发现可以合单")
			}
			r, err := tx.Open(ref)
			if err != nil {
				return err
			}
			list = append(list, r)
		}
		var err error
		at, err = d.caseFor(tx, list)
		if err != nil {
			return err
		}
		for _, r := range list {
			if r.RefID("case") == 0 && r.RefID("case") != at.ID {
				if _, err := tx.Do(r.Ref, 0, "join", record.Input{Values: register.Values{"case": strconv.FormatUint(at.ID, 10)}, Note: reason}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return at, err
}

// caseFor is the one case that sources are in, or a new one of the earliest.
func (d *Desk) caseFor(tx *record.Tx, list []*record.Record) (record.Ref, error) {
	id := uint64(0)
	for _, r := range list {
		c := r.RefID("case")
		if c != 0 && id != 0 && c != id {
			return record.Ref{}, record.Refused(record.CodeInvalid, "这几件已分属两个案件，请先在其中一件上“撤销并入”，再合单")
		}
		id = cmp.Or(c, id)
	}
	if id != 0 {
		return record.Ref{Register: Cases, ID: id}, nil
	}
	first := slices.MinFunc(list, func(a, b *record.Record) int { return strings.Compare(toldAt(a), toldAt(b)) })
	v := register.Values{"found_at": toldAt(first), "title": record.LabelOf(first), "content": first.Text("content"), "address": first.Text("address"), "source": caseSource(first)}
	for _, r := range append([]*record.Record{first}, list...) {
		for _, f := range []string{"category", "kind", "cell", "community", "lon", "lat"} {
			if _, ok := r.Def.Field(f); ok && v[f] == nil && r.Values[f] != nil && (r.Register == Reports || f != "category" && f != "kind") {
				v[f] = r.Values[f]
			}
		}
	}
	made, err := tx.Create(record.Draft{Register: Cases, Values: v})
	if err != nil {
		return record.Ref{}, err
	}
	return made.Ref, nil
}

func caseSource(r *record.Record) string {
	switch r.Register {
	case Orders:
		return "hotline"
	case Findings:
		return "patrol"
	}
	return or(r.Text("source"), "grid")
}
