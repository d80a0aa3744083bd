package insight

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/width"
)

// Gate reads a reply before it leaves and says what in it should be mended.
// Its rules are data.
type Gate struct{ rules []rule }

type rule struct {
	ID     string   `yaml:"id"`
	Title  string   `yaml:"title"`
	Level  string   `yaml:"level"`
	Words  []string `yaml:"words"`
	Unless []string `yaml:"unless"`
	Need   string   `yaml:"need"`
	Find   string   `yaml:"find"`
	Say    string   `yaml:"say"`
}

// Levels of a finding.
const (
	Stop = "stop" // should be mended before the reply leaves
	Warn = "warn" // look once more
)

// Reply is what is to be read, and what it answers.
type Reply struct {
	Text  string
	Order string   // what was asked for
	Names []string // names that must not stand in it
}

// Finding is one thing that a rule found.
type Finding struct {
	Rule, Title string
	Level       string
	Quote       string // the place in the reply or, of a question, in the order; "" when something is missing
	Say         string // what to do
}

// LoadGate reads the rules; an unknown key, level or kind of search stops it.
func LoadGate(data []byte) (*Gate, error) {
	var file struct {
		Basis string `yaml:"basis"`
		State string `yaml:"state"`
		Rules []rule `yaml:"rules"`
	}
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("reading the rules for replies: %w", err)
	}
	for _, r := range file.Rules {
		if err := r.check(); err != nil {
			return nil, fmt.Errorf("reading the rules for replies: rule %q: %w", r.ID, err)
		}
	}
	return &Gate{file.Rules}, nil
}

func (r rule) check() error {
	switch {
	case r.ID == "" || r.Title == "" || r.Say == "":
		return fmt.Errorf("id, title and say must be filled")
	case r.Level != Stop && r.Level != Warn:
		return fmt.Errorf("level %q is neither stop nor warn", r.Level)
	case r.Need == "" && r.Find == "" && len(r.Words) == 0:
		return fmt.Errorf("it looks for nothing")
	case r.Need != "" && needs[r.Need] == nil && r.Need != "done":
		return fmt.Errorf("no such need: %q", r.Need)
	case r.Find != "" && searches[r.Find] == nil:
		return fmt.Errorf("no such search: %q", r.Find)
	}
	return nil
}

// needs are what a reply must have.
var needs = map[string]*regexp.Regexp{
	"date":    regexp.MustCompile(`\d{1,2}\s*月\s*\d{1,2}\s*[日号]|\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|[今明后当]日|[今明后昨]天|本周|下周|月底前|[一二三四五六七八九十\d]+\s*个?(工作日|日|天|小时)[内后]`),
	"contact": regexp.MustCompile(`(0\d{2,3}\s*-?\s*)?[2-8]\d{6,7}|12345|9\d{4}|电话|联系人`),
}

// searches find what must not stand in a reply, or what it leaves unanswered.
var searches = map[string]func(Reply) []string{
	"idcard":    func(r Reply) []string { return digits(r.Text, idLike) },
	"bankcard":  func(r Reply) []string { return digits(r.Text, cardLike) },
	"mobile":    func(r Reply) []string { return digits(r.Text, mobileLike) },
	"door":      func(r Reply) []string { return doorLike.FindAllString(r.Text, 3) },
	"names":     findNames,
	"questions": unanswered,
}

var (
	idLike     = regexp.MustCompile(`^\d{17}[\dXx]$|^\d{15}$`)
	cardLike   = regexp.MustCompile(`^\d{16}$|^\d{19}$`)
	mobileLike = regexp.MustCompile(`^1[3-9]\d{9}$`)
	runOfDigit = regexp.MustCompile(`\d[\d\s-]*[\dXx]`)
	doorLike   = regexp.MustCompile(`\d+\s*号?楼\s*\d+\s*单元\s*\d{3,4}\s*[室号]?`)
)

// digits are the runs of digits of a text that have a form, spaces and hyphens
// between them set aside.
func digits(text string, form *regexp.Regexp) []string {
	var out []string
	for _, run := range runOfDigit.FindAllString(text, -1) {
		if form.MatchString(strings.NewReplacer(" ", "", "-", "").Replace(run)) {
			out = append(out, run)
		}
	}
	return out
}

func findNames(r Reply) []string {
	var out []string
	for _, n := range r.Names {
		if len([]rune(n)) >= 2 && strings.Contains(r.Text, n) {
			out = append(out, n)
		}
	}
	return out
}

// Check reads a reply by every rule, in their order.
func (g *Gate) Check(r Reply) []Finding {
	r.Text, r.Order = width.Fold.String(r.Text), width.Fold.String(r.Order)
	var out []Finding
	for _, rule := range g.rules {
		add := func(quote string) {
			out = append(out, Finding{rule.ID, rule.Title, rule.Level, quote, rule.Say})
		}
		switch {
		case rule.Find != "":
			for _, q := range searches[rule.Find](r) {
				add(q)
			}
		case rule.missing(r.Text):
			add("")
		case rule.Need == "":
			for _, q := range rule.quotes(r.Text) {
				add(q)
			}
		}
	}
	return out
}

func (r rule) missing(text string) bool {
	switch r.Need {
	case "":
		return false
	case "done":
		return !slices.ContainsFunc(r.Words, func(w string) bool { return strings.Contains(text, w) })
	}
	return !needs[r.Need].MatchString(text)
}

// quotes are the sentences in which a word of the rule stands, each once.
func (r rule) quotes(text string) []string {
	for _, u := range r.Unless {
		text = strings.ReplaceAll(text, u, "")
	}
	var out []string
	for _, s := range sentences(text) {
		if slices.ContainsFunc(r.Words, func(w string) bool { return strings.Contains(s, w) }) {
			out = append(out, s)
		}
	}
	return out
}

// sentences cuts a text at its stops.
func sentences(text string) []string {
	var out []string
	for _, s := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("。!?;\n\r!？；！", r) }) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// asking are words of a question, with what a reply to it must hold; nil: at
// least words of the question.
var asking = []struct {
	words  []string
	answer *regexp.Regexp
}{
	{[]string{"什么时候", "何时", "几时", "哪天", "多久", "多长时间", "几点"}, regexp.MustCompile(needs["date"].String() + `|\d+\s*[:点时]|尽快|预计|期间`)},
	{[]string{"多少钱", "多少", "几元", "标准是"}, regexp.MustCompile(`\d|免费|不收`)},
	{[]string{"哪里", "在哪", "什么地方", "哪个部门", "找谁"}, nil},
	{[]string{"怎么", "如何", "为什么", "为何", "是否", "能不能", "可不可以", "吗", "什么", "咨询"}, nil},
}

// unanswered are the questions of the order to which the reply says nothing.
func unanswered(r Reply) []string {
	var out []string
	for _, s := range sentences(strings.NewReplacer("?", "?\n", "？", "？\n", ",", "\n", "，", "\n").Replace(r.Order)) {
		for _, a := range asking {
			if !slices.ContainsFunc(a.words, func(w string) bool { return strings.Contains(s, w) }) {
				continue
			}
			if a.answer == nil && shares(s, r.Text) < 2 || a.answer != nil && !a.answer.MatchString(r.Text) {
				out = append(out, s)
			}
			break
		}
	}
	return out
}

// shares counts the pairs of characters of a question that stand in the reply.
func shares(question, reply string) int {
	in := map[gram]bool{}
	for _, t := range pairs(reply) {
		in[t.gram] = true
	}
	n := 0
	for _, t := range pairs(question) {
		n += count(in[t.gram])
	}
	return n
}
