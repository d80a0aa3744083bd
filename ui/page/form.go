package page

// Form is one HTML form. It is sent by POST with the hidden fields _csrf,
// _rev and _draft; the pressed button is in _do. Three values of _do ask for
// the same form again with nothing saved, because the reader has no script:
// row-add.FIELD and row-del.FIELD.INDEX change the rows of a table field, and
// find.FIELD searches what was typed into FIELD.text and comes back with
// Candidates.
type Form struct {
	Action   string
	Get      bool   // a filter form: GET, no hidden fields
	Rev      string // revision of the record that was opened
	Draft    string // key of the server-side draft; empty: no drafts
	DraftAt  string // when the draft was last kept, as shown: 16:20
	Files    bool   // multipart
	Near     string // asked, while the content is typed, for records that say the same
	Hidden   []Pair
	Errors   []FormError
	Refusal  string // heading above Errors; empty: 有 n 处要改，尚未保存
	Sections []Section
	Buttons  []Button // empty: one primary button 保存
	Cancel   Link
}

// Pair is a hidden field.
type Pair struct{ Name, Value string }

// FormError is one line of the error summary. Field names the form field it
// links to; Text says what is wrong and what to do.
type FormError struct {
	Field string
	Of    string // of the field
	Label string
	Text  string
	URL   string // instead of Field: a place on another page
}

// Section is a group of fields under a heading.
type Section struct {
	ID     string
	Title  string
	Note   string
	Show   []Condition
	Fields []Field
}

// Condition shows a section or field only while it holds. All conditions of a
// list must hold. Op is one of in, not-in, filled, empty. The server decides
// again; without script everything is shown.
type Condition struct {
	Field  string   `json:"field"`
	Op     string   `json:"op"`
	Values []string `json:"values,omitempty"`
}

// Kind is the type of a field: the register's own types and a few that only
// desks need.
type Kind string

// Field kinds. All but the last two are the register's.
const (
	KindText           Kind = "text"
	KindNote           Kind = "note"
	KindCode           Kind = "code"
	KindCodes          Kind = "codes"
	KindDate           Kind = "date"
	KindDatetime       Kind = "datetime"
	KindMonth          Kind = "month"
	KindMoney          Kind = "money"
	KindNumber         Kind = "number"
	KindYesNo          Kind = "yesno"
	KindIDCard         Kind = "idcard"
	KindDisabilityCard Kind = "disabilitycard"
	KindCreditCode     Kind = "creditcode"
	KindPhone          Kind = "phone"
	KindBankCard       Kind = "bankcard"
	KindPerson         Kind = "person"
	KindParty          Kind = "party"
	KindPlace          Kind = "place"
	KindRecord         Kind = "record"
	KindFile           Kind = "file"
	KindTable          Kind = "table"
	KindPassword       Kind = "password"
	KindSearch         Kind = "search"
)

// Field is one question. Values are as typed, so that a refused form comes
// back with nothing lost.
type Field struct {
	Name     string // form name; html id is "f-" + Name
	Of       string // told apart from the same question of another form on the page: the end of its html id
	Label    string
	Kind     Kind
	Required bool
	Locked   bool   // shown, not editable here
	Hint     string // how to fill it in
	Basis    string // the rule behind it, shown small
	Error    string
	Value    string
	Values   []string // chosen codes (codes)
	Options  []Option // code, codes
	Offer    []string // text: what is offered while it is typed; anything else may be typed too
	Show     []Condition
	Unit     string // 元, 分, 次 …
	Limit    int    // longest text in characters; 0: none stated
	Rows     int    // height of a note; 0: four lines
	Wide     bool   // takes the whole width; notes and tables always do
	Auto     string // autocomplete token, for example current-password
	Focus    bool   // takes the focus when the page opens
	Tight    bool   // stands in a grid: codes as a select box

	Chosen     *Choice  // person, party, place, record: what Value refers to
	Candidates []Choice // found without script, offered as radio buttons
	Lookup     string   // where the picker searches (answers {found: [{id, text, note}]}); empty: /people.json

	Kept    []File // files already kept
	Accept  string // file: for example .pdf,.jpg
	Columns []Field
	Lines   []Line // table rows
}

// Line is one row of a table field: Fields are the columns with their values,
// named field.index.sub.
type Line struct{ Fields []Field }

// Option is one code.
type Option struct {
	Value string
	Text  string
	Note  string
	Off   bool // no longer offered; shown because the record holds it
}

// Choice is a person, party or place that a picker can hold.
type Choice struct {
	ID   string
	Text string
	Note string // what tells namesakes apart: birth year, community, guardian
}

// File is an attachment.
type File struct {
	Name string
	Note string // 3 页, 原件, 1.2 MB
	URL  string
	ID   string // value for keeping or removing it in a form
	Drop string // URL of the page that takes it off the record
}

// Button sends a form, or, with a URL, leads on.
type Button struct {
	Text    string
	Do      string // value of _do
	URL     string
	Primary bool
	Danger  bool
	Why     string // set: the button is off and this says why
}
