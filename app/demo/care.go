package demo

import (
	"slices"

	"jiezhen/app/register"
	"jiezhen/app/value"
)

// scene is where the work with a child stands today, so that the office has
// work in every state.
type scene int

const (
	serving      scene = iota // a case in which everything is in time
	servingLate               // the visit is overdue
	servingToday              // the visit is due today
	paused                    // the clocks stand still
	handing                   // a transfer waits for its answer
	closing                   // the closure waits for approval
	closed
	refused
	intake
	assessing
	planning
	approving // the plan waits for approval
	following // a file without a case
	followingLate
	left // the child has left the file
	found
	foundLate
	verified
	filed
	assessed // the measures wait for approval
)

// opening are the scenes of the first children, in turn: a small office, too,
// has all of them.
var opening = [...]scene{serving, found, foundLate, intake, verified, approving, servingLate, assessed, assessing, servingToday, closing,
	handing, paused, planning, closed, following, followingLate, filed, left, serving, closed, refused, serving, following}

// usual are the scenes of further children, and how often each occurs.
var usual = [...]int{serving: 46, servingLate: 3, servingToday: 2, closed: 24, following: 20, followingLate: 1, left: 4}

// ward is a child in difficulty, with the plan of the work on it.
type ward struct {
	index    int
	kid      int    // index of the child
	word     string // what it calls who looks after it
	scene    scene
	category string
	grade    string

	found, verified, filed, assessed, served, out value.Date // of the file
	intake, assess, plan, approve, serve, closed  value.Date // of the case

	visits     []visit
	lastReview value.Date
	next       value.Date // when the next visit is due

	file, cas uint64 // ids, once written
}

// visit is one planned or made.
type visit struct {
	day    value.Date
	unseen bool
}

// share is how many of a hundred minors are children in difficulty; a small
// office has at least as many as there are scenes.
const share = 2.5

// protectedEvery is among how many children one is under protection.
const protectedEvery = 12

// planCare plans the work with the natural share of children, and with more of
// them until there are as many records as Options.Records asks for.
func (f *filler) planCare() {
	minors := f.minors()
	want := max(len(opening), int(float64(len(minors))*share/100))
	written := len(f.people.all) + len(f.people.ties)
	for i, kid := range minors {
		if i >= want && written >= f.opt.Records {
			break
		}
		w := &ward{index: len(f.wards), kid: kid, word: f.guardian(kid), scene: f.sceneOf(i)}
		f.plan(w)
		if i%protectedEvery == protectedEvery-1 {
			f.extra[kid] = register.Values{"protected": true, "protected_reason": "曾受侵害，身份信息须保密"}
		}
		f.wards = append(f.wards, w)
		written += 2 + len(w.visits) + len(f.eventsOf(w))
	}
}

// minors are those whom a ward may be made of, in an order drawn for the
// office.
func (f *filler) minors() []int {
	var out []int
	cast := map[int]bool{}
	for _, i := range f.cast {
		cast[i] = true
	}
	for i, p := range f.people.all {
		if !cast[i] && minor(p.birth, f.today) && p.birth < f.today.AddMonths(-9) {
			out = append(out, i)
		}
	}
	d := throw(f.opt.Seed, streamCare, -1)
	d.Shuffle(len(out), func(i, k int) { out[i], out[k] = out[k], out[i] })
	return out
}

func (f *filler) sceneOf(i int) scene {
	if i < len(opening) {
		return opening[i]
	}
	return scene(weighted(throw(f.opt.Seed, streamCare, -2-i), usual[:]))
}

// plan decides what happened with a child and when.
func (f *filler) plan(w *ward) {
	d := throw(f.opt.Seed, streamCare, w.index)
	w.category = pick(d, []string{"01", "02", "02", "03", "03", "03", "04", "04", "05", "08", "09", "10"})
	w.grade = pick(d, []string{"blue", "blue", "yellow", "yellow", "yellow", "orange", "orange", "red"})
	if w.scene == left && w.grade == "red" {
		w.grade = "yellow"
	}
	f.planFile(d, w)
	f.planCase(d, w)
	f.planVisits(d, w)
}

// fresh are how many days ago the files that are still being made were begun.
func fresh(s scene, d dice) int {
	switch s {
	case found:
		return d.from(0, 2)
	case foundLate:
		return d.from(9, 14)
	case verified:
		return d.from(3, 6)
	case filed:
		return d.from(6, 9)
	}
	return d.from(10, 14)
}

// settled is how many days ago a file must have been begun at the latest for
// work on it to have a past.
const settled = 150

func (f *filler) planFile(d dice, w *ward) {
	if w.scene >= found {
		w.found = f.today.AddDays(-fresh(w.scene, d))
	} else {
		first := max(f.start, f.people.all[w.kid].birth.AddDays(60))
		w.found = first.AddDays(d.from(0, value.DaysBetween(first, f.today)-settled))
	}
	at := func(day value.Date, least, most int) value.Date {
		return min(day.AddDays(d.from(least, most)), f.today)
	}
	steps := []*value.Date{&w.verified, &w.filed, &w.assessed, &w.served}
	reach := len(steps)
	if n := slices.Index([]scene{found, verified, filed, assessed}, w.scene); n >= 0 {
		reach = n
	}
	if w.scene == foundLate {
		reach = 0
	}
	day := w.found
	for _, s := range steps[:reach] {
		day = at(day, 1, 5)
		*s = day
	}
	if w.scene == left {
		w.out = f.today.AddDays(-d.from(5, 60))
	}
}

// hasCase reports whether a case was opened.
func (w *ward) hasCase() bool { return w.scene < following }

func (f *filler) planCase(d dice, w *ward) {
	if !w.hasCase() {
		return
	}
	switch w.scene {
	case intake, refused:
		w.intake = f.today.AddDays(-d.from(0, 2))
	case assessing, planning, approving:
		w.intake = f.today.AddDays(-d.from(8, 12))
	default:
		w.intake = w.served.AddDays(d.from(2, max(3, min(200, value.DaysBetween(w.served, f.today)-120))))
	}
	day := w.intake
	steps := []*value.Date{&w.assess, &w.plan, &w.approve, &w.serve}
	reach := map[scene]int{intake: 0, refused: 0, assessing: 1, planning: 2, approving: 3}
	n, early := reach[w.scene]
	if !early {
		n = len(steps)
	}
	for _, s := range steps[:n] {
		day = min(day.AddDays(d.from(1, 4)), f.today)
		*s = day
	}
	if w.scene == closed || w.scene == closing {
		w.closed = f.ended(d, w)
	}
}

// ended is when the closure of a case was asked for or approved.
func (f *filler) ended(d dice, w *ward) value.Date {
	if w.scene == closing {
		return f.today.AddDays(-d.from(1, 3))
	}
	return w.serve.AddDays(d.from(min(90, value.DaysBetween(w.serve, f.today)-10), max(91, min(300, value.DaysBetween(w.serve, f.today)-6))))
}

// frequency is how often a child is to be visited, in months or days; it
// follows the parameters child.visit.category and child.case.visit.
func frequency(code string) (months, days int) {
	switch code {
	case "01", "02", "yellow":
		return 1, 0
	case "05", "red":
		return 0, 7
	case "orange":
		return 0, 15
	case "08", "09":
		return 2, 0
	}
	return 3, 0
}

// after is when the next visit is due after one.
func (w *ward) after(day value.Date) value.Date {
	step := func(code string) value.Date {
		months, days := frequency(code)
		return day.AddMonths(months).AddDays(days)
	}
	next := step(w.category)
	if w.hasCase() && w.plan != "" && (w.closed == "" || day < w.closed) {
		next = min(next, step(w.grade))
	}
	return next
}

func (f *filler) planVisits(d dice, w *ward) {
	if w.served == "" {
		return
	}
	until := f.today.AddDays(-1)
	switch {
	case w.out != "":
		until = w.out
	case w.scene == servingLate || w.scene == followingLate:
		until = f.lateSince(w)
	case w.scene == servingToday:
		until = f.dueToday(w)
	}
	wasUnseen := false
	for day := w.served.AddDays(d.from(1, 6)); day <= until; day = w.after(day).AddDays(-d.from(0, 2)) {
		v := visit{day: day, unseen: !wasUnseen && d.chance(5)}
		wasUnseen = v.unseen
		w.visits = append(w.visits, v)
	}
	if w.scene == servingToday {
		w.visits = append(w.visits, visit{day: until})
	}
	if w.out == "" {
		w.next = w.after(w.lastVisit())
	}
	w.lastReview = lastOf(w.served, until, 3)
}

// lateSince is a day after which no visit was made, so that one is overdue.
func (f *filler) lateSince(w *ward) value.Date {
	gap := value.DaysBetween(f.today, w.after(f.today))
	return f.today.AddDays(-gap - 5)
}

// dueToday is the day of a visit whose next falls due today.
func (f *filler) dueToday(w *ward) value.Date {
	day := f.today.AddDays(-1)
	for w.after(day) > f.today {
		day = day.AddDays(-1)
	}
	return day
}

// lastVisit is when the child was last seen; the day the file began when it
// never was.
func (w *ward) lastVisit() value.Date {
	for i := len(w.visits) - 1; i >= 0; i-- {
		if !w.visits[i].unseen {
			return w.visits[i].day
		}
	}
	return w.served
}

// lastOf is the last of what happens every so many months from a day on.
func lastOf(from, until value.Date, months int) value.Date {
	last := value.Date("")
	for n := 1; from.AddMonths(n*months) <= until; n++ {
		last = from.AddMonths(n * months)
	}
	return last
}
