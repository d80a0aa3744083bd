package page

import "fmt"

// A page may hold several forms that ask the same question, such as a reason
// for each of many pairs. Each control needs an id of its own, or a label would
// name another form's.

// apart gives the fields of every form that asks what an earlier one asked an
// ending to their ids. The first keeps its own.
func apart(forms ...*Form) {
	asked := map[string]bool{}
	for i, f := range forms {
		if f == nil {
			continue
		}
		again := false
		f.each(func(q *Field) { again = again || asked[q.Name] })
		if again {
			of := fmt.Sprintf("--%d", i+1)
			f.each(func(q *Field) { q.Of = of })
			for j := range f.Errors {
				f.Errors[j].Of = of
			}
		}
		f.each(func(q *Field) { asked[q.Name] = true })
	}
}

// each visits the fields of a form, those of its tables too.
func (f *Form) each(fn func(*Field)) {
	var visit func([]Field)
	visit = func(list []Field) {
		for i := range list {
			fn(&list[i])
			visit(list[i].Columns)
			for j := range list[i].Lines {
				visit(list[i].Lines[j].Fields)
			}
		}
	}
	for i := range f.Sections {
		visit(f.Sections[i].Fields)
	}
}

// formsOf are the forms of blocks, in their order.
func formsOf(blocks []Block) []*Form {
	var out []*Form
	for i := range blocks {
		out = append(out, blocks[i].Form)
	}
	return out
}
