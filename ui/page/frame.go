package page

// Tone says how much a thing presses. Red (ToneUrgent) is kept for what is
// overdue, refused or stamped; nothing else may use it.
type Tone string

// The tones, from calm to pressing.
const (
	TonePlain  Tone = ""
	ToneMuted  Tone = "muted"
	ToneGood   Tone = "good"
	ToneWarn   Tone = "warn"
	ToneUrgent Tone = "urgent"
)

// Link is a text that leads somewhere. Without a URL it is shown as text.
type Link struct {
	Text string
	URL  string
}

// Badge is a short mark such as 示例, 待核 or 橙级.
type Badge struct {
	Text string
	Tone Tone
}

// Fact is one label with its value, as in 证件号码: 110109********921X.
type Fact struct {
	Label string
	Value Cell
}

// User is the person signed in.
type User struct {
	Name  string
	Title string // post, for example 儿童督导员
	URL   string // own account page; empty: /account
}

// NavGroup is one domain (残疾人服务 …) or one group of desks at the left.
type NavGroup struct {
	ID    string // by which the browser remembers whether it is open
	Title string
	Mark  string // one character drawn as the tab of the ledger: 残, 儿, 治, 办
	Items []NavItem
	Open  bool // unfolded; a group that holds the current item is always unfolded
}

// NavItem is one register or desk.
type NavItem struct {
	Text    string
	URL     string
	Count   int  // open items; 0 is not shown
	Urgent  bool // the count is drawn in seal red
	Current bool
}

// Notice is a message at the head of a page: saved, refused, warned.
type Notice struct {
	Tone  Tone
	Text  string
	Links []Link
}

// StatusLine is one line at the foot of the navigation: backup, search rebuild.
type StatusLine struct {
	Text string
	URL  string
	Tone Tone
	Done int // with Total > 0 a progress bar is drawn
	Of   int
}

// Subject is the person (or party, or place) the page is about. Its name stays
// in sight while the page scrolls.
type Subject struct {
	Name   string
	URL    string
	Facts  []string // 男, 14 岁（2026-04-01）, 城子街道…
	Badges []Badge
	Sealed bool // protected: the bar is marked 保护
}

// Prefs are the reader's own settings, kept in a cookie. Empty values follow
// the system (prefers-color-scheme, prefers-contrast).
type Prefs struct {
	Theme    string // "", light, dark
	Contrast string // "", more
	Size     string // "", large, huge
}

// Frame is what every page shares. Views embed it.
type Frame struct {
	Title    string // heading and window title
	Lead     string // one sentence: what is to be done here, for whom, by when
	Crumbs   []Link
	Office   string // name of the office
	User     *User  // nil before sign-in: no navigation, no search box
	Nav      []NavGroup
	Query    string // what the search box shows
	Notices  []Notice
	Status   []StatusLine
	Subject  *Subject
	Demo     bool   // fictional data: banner 演示
	Single   bool   // single-hand mode: banner 单人经办
	ReadOnly string // why the store takes no writes at the moment; "": it does
	Token    string
	Idle     int    // seconds until the screen locks; 0: never
	Self     string // URL of this page, to come back to after a side step
	Prefs    Prefs
}
