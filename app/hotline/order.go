package hotline

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"jiezhen/app/deadline"
	"jiezhen/app/insight"
	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// The registers of this package.
const (
	Orders      = "governance.order"
	Cases       = "governance.case"
	Assignments = "governance.assignment"
	Whistles    = "governance.whistle"
)

// Behaviours are what these registers do; the gate reads replies.
func Behaviours(gate *insight.Gate) []record.Behaviour {
	o := orders{gate}
	return append(requestBehaviours(), []record.Behaviour{
		{Register: Orders, Derive: o.derive, Check: o.check, Guard: o.guard, After: o.after, Keys: orderKeys},
		{Register: Cases, After: afterCase},
		{Register: Proactive, Derive: deriveProactive},
		{Register: Deliveries, Check: checkDelivery, After: afterDelivery},
		{Register: Whistles, Derive: deriveWhistle, Check: checkWhistle, Guard: guardWhistle, After: afterWhistle},
	}...)
}

type orders struct{ gate *insight.Gate }

// titleSize is how much of the content makes a title.
const titleSize = 30

func (orders) derive(tx *record.Tx, r *record.Record) error {
	if r.Text("title") == "" {
		r.Values["title"] = beginning(r.Text("content"))
	}
	stand(tx, r)
	if r.Text("signed_at") == "" && r.Entered["hand"] != "" {
		r.Values["signed_at"] = tx.Book().Now().Local().Format(deadline.Minute)
	}
	flag(r, "minor", minorWords)
	flag(r, "disability", disabilityWords)
	hideIdentity(r)
	if err := markRepeat(tx, r); err != nil {
		return err
	}
	return deriveDue(tx, r)
}

// openers is how call takers begin, which says nothing: 来电人反映：
var openers = regexp.MustCompile(`^(来电人|市民|诉求人|居民|网友)?(来电|反映|来电反映|诉求|称)+[：:，,]`)

// Plain is a text without the words with which call takers begin.
func Plain(text string) string { return openers.ReplaceAllString(text, "") }

// firstItem and laterItems are how call takers number what they write down.
var (
	firstItem  = regexp.MustCompile(`^\s*(?:[1１一][.．、:：)）]|[(（][1１一][)）]|①)\s*`)
	decimal    = regexp.MustCompile(`^\s*[1１][.．]\d`)
	laterItems = regexp.MustCompile(`[；;。，,]?\s+(?:[2２二][.．、:：)）]|[(（][2２二][)）]).*$|[；;。，,]?\s*②.*$`)
)

// beginning is the first words of a text; of numbered items the first.
func beginning(text string) string {
	plain := openers.ReplaceAllString(strings.Join(strings.Fields(text), " "), "")
	if at := firstItem.FindStringIndex(plain); at != nil && !decimal.MatchString(plain) {
		plain = laterItems.ReplaceAllString(plain[at[1]:], "")
	}
	line := []rune(plain)
	if len(line) > titleSize {
		return string(line[:titleSize]) + "…"
	}
	return string(line)
}

// Words by which an order is marked as about a child or about disability. The
// mark is set once; a person may change it.
var (
	minorWords      = []string{"未成年", "儿童", "孩子", "小孩", "婴儿", "幼儿", "学生", "留守", "孤儿", "辍学", "校园"}
	disabilityWords = []string{"残疾", "轮椅", "盲道", "盲人", "聋哑", "听障", "视障", "智障", "无障碍", "残联"}
)

func flag(r *record.Record, field string, words []string) {
	if r.Values[field] != nil {
		return
	}
	r.Values[field] = len(found(r, words)) > 0
}

func (orders) check(tx *record.Tx, r, before *record.Record) ([]record.Problem, error) {
	if before == nil || len(r.Log) > len(before.Log) || tx.Viewer().Office {
		return nil, nil
	}
	var out []record.Problem
	if before.Text("case") != r.Text("case") {
		out = append(out, record.Problem{Field: "case", Label: "并入案件", Text: "请用页面上的“并入案件”“撤销并入”来改，要写理由"})
	}
	for _, f := range decided {
		if before.Text(f.field) != r.Text(f.field) {
			label, _ := r.Def.Field(f.field)
			out = append(out, record.Problem{Field: f.field, Label: label.Label, Text: "已登记的工单，这一项随" + f.paper + "的批复登记，不能直接改"})
		}
	}
	return out, nil
}

// decided are fields that only a paper's decision writes, once an order is on
// record.
var decided = []struct{ field, paper string }{{"extended_until", "《延期申请》"}, {"exclusion", "《剔除申请》"}, {"exclusion_state", "《剔除申请》"}}

// Settled reports whether a field of an order on record is written by other
// actions alone, so that the form does not ask for it.
func Settled(field string) bool {
	return field == "case" || slices.ContainsFunc(decided, func(d struct{ field, paper string }) bool { return d.field == field })
}

// guard keeps a reply with something that should be mended from leaving, until
// a person says why it may, and an order from being joined to what is void.
func (o orders) guard(tx *record.Tx, r *record.Record, a *register.Action) ([]record.Problem, error) {
	switch a.ID {
	case "approve":
		if r.Text("gate_note") != "" {
			return nil, nil
		}
		var out []record.Problem
		for _, f := range o.gate.Check(replyOf(r)) {
			if f.Level == insight.Stop {
				out = append(out, record.Problem{Field: "reply", Label: "办理答复", Text: f.Title + "“" + f.Quote + "”：" + f.Say + "。确需这样写的，请填“保留说明”",
					Link: "/r/" + r.Ref.String() + "/edit#gate_note"})
			}
		}
		return out, nil
	case "join":
		id := r.RefID("case")
		if id == 0 {
			return nil, nil
		}
		c, err := tx.AsOffice().Open(record.Ref{Register: Cases, ID: id})
		if _, refused := record.AsRefusal(err); refused || err == nil && (c.Step == "void" || c.Step == "returned") {
			return []record.Problem{{Field: "case", Label: "并入案件", Text: "这个案件不在办，请另选"}}, nil
		}
		return nil, err
	}
	return nil, nil
}

// replyOf is what the gate reads of an order.
func replyOf(r *record.Record) insight.Reply {
	names := []string{r.Text("complainant"), r.Secrets["complainant"]}
	return insight.Reply{Text: r.Text("reply"), Order: r.Text("content"), Names: slices.DeleteFunc(names, func(n string) bool { return n == "" || n == Hidden })}
}

// after writes what follows from an action on an order.
func (orders) after(tx *record.Tx, r, before *record.Record, action string) error {
	implied := register.Values{}
	switch action {
	case "leave":
		implied["case"] = nil
	case "chase":
		n, _ := r.Values["chased"].(float64)
		implied["chased"] = n + 1
	case "deliver":
		if r.Text("delivery") == "failed" {
			n, _ := r.Values["delivery_failures"].(float64)
			implied["delivery_failures"] = n + 1
		}
		if err := enterDelivery(tx, r); err != nil {
			return err
		}
	}
	if len(implied) > 0 {
		if err := tx.AsOffice().Imply(r.Ref, implied); err != nil {
			return fmt.Errorf("writing what follows from %s: %w", action, err)
		}
	}
	if action == "" {
		if err := catchUp(tx, r, before); err != nil {
			return err
		}
		return copyOrder(tx, r)
	}
	return nil
}

// stand puts a new order at the step at which it stands on the upper platform:
// what was signed, answered or called back before it came here is not asked for
// again.
func stand(tx *record.Tx, r *record.Record) {
	if r.ID != 0 || r.Step != "new" || len(r.Log) > 0 {
		return
	}
	signed := r.Text("signed_at")
	if signed == "" {
		signed = r.Text("contacted_at")
	}
	if signed == "" {
		return
	}
	r.Values["signed_at"], r.Step, r.Entered["hand"] = signed, "hand", dateOf(signed)
	if filled(r, "contacted_at", "finished_at", "result", "reply") {
		r.Step, r.Entered["replied"] = "replied", dateOf(r.Text("finished_at"))
		if r.Text("delivery") == "" {
			r.Values["delivery"] = "taken" // it is from there that the answer is known
		}
		if calledBack(r) {
			r.Step, r.Entered["closed"] = "closed", dateOf(r.Text("called_at"))
		}
	}
	v := tx.Viewer()
	r.Log = append(r.Log, record.Move{Action: "stand", Label: "随上级平台的数据登记", From: "new", To: r.Step, By: v.User, ByName: v.Name, At: tx.Book().Now()})
}

func filled(r *record.Record, fields ...string) bool {
	return !slices.ContainsFunc(fields, func(f string) bool { return r.Text(f) == "" })
}

// calledBack reports whether everything that a call-back asks for is known.
func calledBack(r *record.Record) bool {
	reached, _ := r.Values["reached"].(bool)
	return filled(r, "called_at") && (!reached || filled(r, "solved", "satisfied"))
}

// catchUp closes an answered order whose call-back the platform has made in the
// meantime; an order at work here moves by nothing else from there.
func catchUp(tx *record.Tx, r, before *record.Record) error {
	if before == nil || r.Step != "replied" || !calledBack(r) {
		return nil
	}
	moved, err := tx.AsOffice().Do(r.Ref, 0, "callback", record.Input{Note: "随上级平台的数据登记"})
	if err != nil {
		return fmt.Errorf("catching up with the platform: %w", err)
	}
	*r = *moved
	return nil
}

// afterCase counts rework, and gives the orders of a case that was handled the
// words to answer with: each is answered and called back by itself.
func afterCase(tx *record.Tx, r, _ *record.Record, action string) error {
	switch action {
	case "fail":
		n, _ := r.Values["reworked"].(float64)
		return tx.AsOffice().Imply(r.Ref, register.Values{"reworked": n + 1})
	case "pass":
	default:
		return nil
	}
	if r.Text("verdict") == "" {
		if err := tx.AsOffice().Imply(r.Ref, register.Values{"verdict": "pass", "verified_at": tx.Book().Now().Local().Format(deadline.Minute)}); err != nil {
			return err
		}
	}
	joined, err := tx.AsOffice().Children(Orders, r.Ref)
	if err != nil {
		return fmt.Errorf("reading the orders of a case: %w", err)
	}
	for _, o := range joined {
		if o.Text("reply") != "" || !o.Open() {
			continue
		}
		if err := tx.AsOffice().Imply(o.Ref, register.Values{"reply": r.Text("outcome"), "finished_at": r.Text("handled_at")}); err != nil {
			return fmt.Errorf("answering %s: %w", o.Ref, err)
		}
	}
	return nil
}

func dateOf(at string) value.Date {
	if len(at) < 10 {
		return ""
	}
	return value.Date(at[:10])
}
