package sheet

import (
	"context"
	"fmt"

	"jiezhen/app/access"
	"jiezhen/app/record"
)

// replyColumn heads the results; it is no field, so that a file put right can
// be imported as it is.
const replyColumn = "导入结果"

// Reply writes the tried file back, its titles too, with the result of every
// row in front and the row coloured by it: red cannot be written, yellow needs
// a look.
func (d *Desk) Reply(ctx context.Context, v access.Viewer, s *Staged, dry Dry) ([]byte, error) {
	if s.By != v.User && !v.Office {
		return nil, record.Refused(record.CodeDenied, "这是别人上传的文件")
	}
	b, err := newBook(s.Name, len(s.Header)+1, len(s.Titles)+1)
	if err != nil {
		return nil, err
	}
	for _, l := range s.Titles {
		if err := b.row(plain, append([]string{""}, l.Cells...)); err != nil {
			return nil, err
		}
	}
	if err := b.row(heading, append([]string{replyColumn}, s.Header...)); err != nil {
		return nil, err
	}
	for i, l := range s.Lines {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if i >= len(dry.Rows) {
			break
		}
		r := dry.Rows[i]
		if err := b.row(r.look(), append([]string{fmt.Sprintf("第%d行：%s", l.No, r.Text())}, l.Cells...)); err != nil {
			return nil, err
		}
	}
	return b.bytes()
}

func (r RowResult) look() look {
	switch {
	case r.Failed():
		return wrong
	case len(r.Warnings) > 0:
		return doubtful
	}
	return good
}
