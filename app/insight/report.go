package insight

import (
	"fmt"
	"io"
	"strings"
)

// Write writes an evaluation as the command prints it. The first line is
// "macro-F1 0.xxx" and nothing else, for whoever reads it by program.
func (e Evaluation) Write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "macro-F1 %.3f\n\n", e.MacroF1)
	fmt.Fprintf(&b, "%d 行，%d 个分类，五折交叉验证：每一行都由没有见过它的模型来判。\n", e.Rows, len(e.Classes))
	fmt.Fprintf(&b, "首选正确 %.1f%%　前三含正确 %.1f%%（top-3 %.3f）\n", 100*e.Accuracy, 100*e.Top3, e.Top3)
	for _, l := range e.Left {
		fmt.Fprintf(&b, "未参加评测：“%s”只有 %d 行，少于 %d 行\n", l.Class, l.Rows, folds)
	}
	if e.Same > 0 {
		fmt.Fprintf(&b, "有 %d 行与别的行一字不差，放在同一折里；其中 %d 行的分类前后不一\n", e.Same, e.Contrary)
	}
	b.WriteString("\n各分类（F1　精确率　召回率　行数）\n")
	for i, c := range e.Classes {
		fmt.Fprintf(&b, "%3d　%.3f　%.3f　%.3f　%6d　%s\n", i+1, c.F1, c.Precision, c.Recall, c.Rows, c.Class)
	}
	e.writeConfusion(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// tableAtMost is how many classes the confusion is written out for as a
// table; of more, only the commonest mistakes are.
const (
	tableAtMost = 15
	mistakesMax = 20
)

func (e Evaluation) writeConfusion(b *strings.Builder) {
	if len(e.Classes) > tableAtMost {
		e.writeMistakes(b)
		return
	}
	b.WriteString("\n混淆表（行：应为；列：判为；序号同上）\n     ")
	for i := range e.Classes {
		fmt.Fprintf(b, "%6d", i+1)
	}
	b.WriteString("\n")
	for i, row := range e.Confusion {
		fmt.Fprintf(b, "%5d", i+1)
		for _, n := range row {
			fmt.Fprintf(b, "%6d", n)
		}
		b.WriteString("\n")
	}
}

func (e Evaluation) writeMistakes(b *strings.Builder) {
	b.WriteString("\n最常见的误判（次数　应为 → 判为）\n")
	done := map[[2]int]bool{}
	for range mistakesMax {
		best, most := [2]int{}, 0
		for i, row := range e.Confusion {
			for j, n := range row {
				if i != j && n > most && !done[[2]int{i, j}] {
					best, most = [2]int{i, j}, n
				}
			}
		}
		if most == 0 {
			return
		}
		done[best] = true
		fmt.Fprintf(b, "%5d　%s → %s\n", most, e.Classes[best[0]].Class, e.Classes[best[1]].Class)
	}
}
