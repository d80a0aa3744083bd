package ui

import (
	"strconv"

	"jiezhen/app/hotline"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// topics is the register of what residents deliberate.
const topics = "governance.topic"

// topicSources say which source of a case makes which source of a topic.
var topicSources = map[string]string{"hotline": "hotline", "people": "resident"}

// carryTopic puts into the form of a topic what the order or case that it
// follows from says; whoever registers it may change all of it.
func (v *visit) carryTopic(def *register.Definition, typed record.Typed) error {
	from, err := record.ParseRef(typed.First("link"))
	if def.ID != topics || err != nil || from.Register != hotline.Orders && from.Register != hotline.Cases {
		return nil
	}
	return v.office.Book.View(v.ctx, v.viewer, func(tx *record.Tx) error {
		r, err := tx.Open(from)
		if err != nil {
			return err
		}
		put := func(field, text string) {
			if text != "" && len(typed[field]) == 0 {
				typed[field] = []string{text}
			}
		}
		put("title", hotline.Plain(r.Text("title")))
		put("reason", r.Text("content"))
		if r.Community != 0 {
			put("community", strconv.FormatUint(r.Community, 10))
		}
		if from.Register == hotline.Orders {
			put("source", "hotline")
			return nil
		}
		put("source", or(topicSources[r.Text("source")], "grid"))
		return nil
	})
}
