package trend

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"jiezhen/app/record"
)

// The registers of this package, and those whose records are classed.
const (
	Classes    = "governance.orderclass" // classes of orders
	Categories = "governance.category"   // classes of cases
	Mappings   = "governance.mapping"
	Orders     = "governance.order"
	Cases      = "governance.case"
)

// OrderTree is the tree of orders; those of cases are called as the group of
// their categories.
const OrderTree = "order"

// Behaviours are what these registers do.
func Behaviours() []record.Behaviour {
	return []record.Behaviour{
		{Register: Classes, Derive: Hang, Check: func(tx *record.Tx, r, _ *record.Record) ([]record.Problem, error) { return CheckPlace(tx, r) }},
		{Register: Mappings, Derive: deriveMapping, Check: checkMapping},
	}
}

// depths is how deep the code of so many digits lies.
var depths = map[int]int{2: 1, 4: 2, 6: 3}

// treeOf is the tree that a class belongs to.
func treeOf(r *record.Record) string {
	if r.Register == Classes {
		return OrderTree
	}
	return r.Text("group")
}

// Hang puts a class under the one that its code begins with.
func Hang(tx *record.Tx, r *record.Record) error {
	delete(r.Values, "depth")
	delete(r.Values, "parent")
	code := r.Text("code")
	depth, ok := depths[len(code)]
	if !ok {
		return nil // CheckPlace says so
	}
	r.Values["depth"] = float64(depth)
	if depth == 1 {
		return nil
	}
	up, err := Find(tx, treeOf(r), r.Text("version"), code[:len(code)-2])
	if err != nil || up == nil || up.ID == r.ID {
		return err
	}
	r.Values["parent"] = strconv.FormatUint(up.ID, 10)
	return nil
}

// Find is the class of a tree with a code in a version, or nil.
func Find(tx *record.Tx, tree, version, code string) (*record.Record, error) {
	twins, err := named(tx, tree, version, code)
	if err != nil || len(twins) == 0 {
		return nil, err
	}
	return twins[0], nil
}

// named are the classes of a tree with a code in a version: one, or while a
// second is being refused two.
func named(tx *record.Tx, tree, version, code string) ([]*record.Record, error) {
	reg := Categories
	if tree == OrderTree {
		reg = Classes
	}
	found, err := tx.AsOffice().Find(reg, "code", code)
	if err != nil {
		return nil, fmt.Errorf("looking for a class: %w", err)
	}
	return slices.DeleteFunc(found, func(c *record.Record) bool { return c.Text("version") != version || treeOf(c) != tree }), nil
}

// CheckPlace refuses a code that is not of two, four or six digits, that stands
// twice in a version, or hangs in the air.
func CheckPlace(tx *record.Tx, r *record.Record) ([]record.Problem, error) {
	code := r.Text("code")
	depth, ok := depths[len(code)]
	if !ok || strings.Trim(code, "0123456789") != "" {
		return []record.Problem{{Field: "code", Label: "代码", Text: "应为2、4或6位数字：大类2位、小类4位、再细的6位"}}, nil
	}
	same := "这个版本"
	if r.Register == Categories {
		same = "这个版本的同一性质"
	}
	twins, err := named(tx, treeOf(r), r.Text("version"), code)
	if err != nil {
		return nil, err
	}
	var out []record.Problem
	for _, twin := range twins {
		if twin.ID != r.ID {
			out = append(out, record.Problem{Field: "code", Label: "代码", Text: same + "里已有“" + twin.Text("name") + "”用这个代码", Link: "/r/" + twin.Ref.String()})
			break
		}
	}
	if depth > 1 && r.Text("parent") == "" {
		out = append(out, record.Problem{Field: "code", Label: "代码", Text: same + "里还没有上级 " + code[:len(code)-2] + "，请先登记上级（导入时上级排在前面）"})
	}
	return out, nil
}

// deriveMapping writes beside the codes what they are called.
func deriveMapping(tx *record.Tx, r *record.Record) error {
	for _, side := range []string{"from", "to"} {
		delete(r.Values, side+"_name")
		c, err := sideOf(tx, r, side)
		if err != nil {
			return err
		}
		if c != nil {
			r.Values[side+"_name"] = c.Text("name")
		}
	}
	return nil
}

// sideOf is the class that one side of a mapping names, or nil.
func sideOf(tx *record.Tx, r *record.Record, side string) (*record.Record, error) {
	return Find(tx, r.Text("tree"), r.Text(side+"_version"), r.Text(side+"_code"))
}

// checkMapping refuses codes that no class has, what is said twice, and what
// would lead back to where it began.
func checkMapping(tx *record.Tx, r, _ *record.Record) ([]record.Problem, error) {
	var out []record.Problem
	for _, side := range []struct{ id, label string }{{"from", "旧版"}, {"to", "新版"}} {
		c, err := sideOf(tx, r, side.id)
		if err != nil {
			return nil, err
		}
		if c == nil && r.Text(side.id+"_code") != "" {
			out = append(out, record.Problem{Field: side.id + "_code", Label: side.label + "代码", Text: fmt.Sprintf("%s的“%s”里没有代码 %s，请核对，或先导入这一版分类",
				tx.Book().CodeLabel("mapping.tree", r.Text("tree")), r.Text(side.id+"_version"), r.Text(side.id+"_code"))})
		}
	}
	if r.Text("from_version") == r.Text("to_version") {
		out = append(out, record.Problem{Field: "to_version", Label: "新版名称", Text: "新旧两版不能是同一版"})
	}
	if len(out) > 0 {
		return out, nil
	}
	twin, err := twinOf(tx, r)
	if err != nil {
		return nil, err
	}
	if twin != nil {
		return []record.Problem{{Field: "to_code", Label: "新版代码", Text: "这一条对照已经有了", Link: "/r/" + twin.Ref.String()}}, nil
	}
	way, err := back(tx, r)
	if err != nil || way == nil {
		return nil, err
	}
	return []record.Problem{{Field: "to_code", Label: "新版代码", Text: "这样会绕回来：" + strings.Join(way, " → ") + "。请改其中一条"}}, nil
}

// twinOf is another mapping that says the same.
func twinOf(tx *record.Tx, r *record.Record) (*record.Record, error) {
	onward, err := mappingsFrom(tx, r.Text("tree"), r.Text("from_version"), r.Text("from_code"), r.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range onward {
		if m.Text("to_version") == r.Text("to_version") && m.Text("to_code") == r.Text("to_code") {
			return m, nil
		}
	}
	return nil, nil
}

// mappingsFrom are the mappings that lead on from a class, but one.
func mappingsFrom(tx *record.Tx, tree, version, code string, but uint64) ([]*record.Record, error) {
	found, err := tx.AsOffice().Find(Mappings, "from_code", code)
	if err != nil {
		return nil, fmt.Errorf("looking for mappings: %w", err)
	}
	return slices.DeleteFunc(found, func(m *record.Record) bool {
		return m.ID == but || m.Text("tree") != tree || m.Text("from_version") != version
	}), nil
}

// back is the way by which a mapping would lead to where it began, or nil.
func back(tx *record.Tx, r *record.Record) ([]string, error) {
	type spot struct{ version, code string }
	start := spot{r.Text("from_version"), r.Text("from_code")}
	words := func(s spot) string { return "“" + s.version + "”" + s.code }
	seen := map[spot]bool{}
	var walk func(spot) ([]string, error)
	walk = func(at spot) ([]string, error) {
		if at == start {
			return []string{words(at)}, nil
		}
		if seen[at] {
			return nil, nil
		}
		seen[at] = true
		onward, err := mappingsFrom(tx, r.Text("tree"), at.version, at.code, r.ID)
		if err != nil {
			return nil, err
		}
		for _, m := range onward {
			way, err := walk(spot{m.Text("to_version"), m.Text("to_code")})
			if err != nil || way != nil {
				return append([]string{words(at)}, way...), err
			}
		}
		return nil, nil
	}
	way, err := walk(spot{r.Text("to_version"), r.Text("to_code")})
	if err != nil || way == nil {
		return nil, err
	}
	return append([]string{words(start)}, way...), nil
}
