package sheet

import (
	"context"
	"fmt"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/record"
	"jiezhen/app/register"
)

// Read takes in a file and finds its header; nothing is written to records.
// The file is kept aside, sealed, until it is written or a week has gone by.
func (d *Desk) Read(ctx context.Context, v access.Viewer, reg, name string, data []byte) (*Staged, error) {
	def, err := d.definition(v, reg, access.ActImport)
	if err != nil {
		return nil, err
	}
	hash := hashOf(data)
	if err := d.twice(ctx, reg, hash); err != nil {
		return nil, err
	}
	c, names, err := d.parsed(ctx, def, data)
	if err != nil {
		return nil, err
	}
	if err := d.sweep(ctx); err != nil {
		return nil, fmt.Errorf("clearing old uploads: %w", err)
	}
	now := d.book.Now()
	s := &Staged{ID: stagedID(now, reg, v.Name, fmt.Sprint(v.User), hash), Register: reg, Name: name, Hash: hash, By: v.User, At: now.UnixMilli(),
		Sheet: c.sheet, Skipped: c.skipped, From1904: c.from1904}
	if len(c.others) > 0 {
		s.Remarks = append(s.Remarks, fmt.Sprintf("只读了工作表“%s”；“%s”也像是名单，请另存成单独的文件再导入", c.sheet, strings.Join(c.others, "”“")))
	}
	if err := s.header(c.lines, names); err != nil {
		return nil, err
	}
	if x := recognise(d.Exchanges(reg), s.Header); x != nil {
		x.read(s)
	}
	return s, d.book.Shelf(StagedShelf).Put(ctx, s.ID, s)
}

// twice refuses a file that has been imported and not undone.
func (d *Desk) twice(ctx context.Context, reg, hash string) error {
	same, err := d.imports(ctx, func(i Import) bool { return i.Register == reg && i.Hash == hash && i.State != StateUndone })
	if err != nil || len(same) == 0 {
		return err
	}
	i := same[0]
	if i.State == StateRunning {
		return record.Refused(record.CodeTaken, "这个文件正在由%s导入，请等它完成", i.ByName)
	}
	return record.Refused(record.CodeTaken, "这个文件已由%s在%s导入过；要重新导入，请先撤销那一次", i.ByName, i.When().Local().Format("2006-01-02 15:04"))
}

// parsed is the table in a file whose header is known, with the names that
// columns are known by.
func (d *Desk) parsed(ctx context.Context, def *register.Definition, data []byte) (content, map[string]string, error) {
	names, err := d.names(ctx, def)
	if err != nil {
		return content{}, nil, err
	}
	c, err := parse(data, func(lines []Line) bool { return headerAt(lines, names) >= 0 })
	return c, names, err
}

// names are the names of columns that are known, with what users have said of
// theirs before.
func (d *Desk) names(ctx context.Context, def *register.Definition) (map[string]string, error) {
	names := columnNames(def)
	for _, x := range d.Exchanges(def.ID) {
		for _, c := range x.columns {
			if key := headerKey(c.Title); c.Into != "" && names[key] == "" {
				names[key] = c.Into
			}
		}
	}
	known := map[string]bool{"": true}
	for _, field := range names {
		known[field] = true
	}
	var remembered map[string]string
	if _, err := d.book.Shelf(columnShelf).Get(ctx, def.ID, &remembered); err != nil {
		return nil, fmt.Errorf("reading remembered columns: %w", err)
	}
	for header, field := range remembered {
		if known[field] {
			names[header] = field
		}
	}
	return names, nil
}

// headerAt finds the row of column names: of the first rows the one that names
// most fields. What stands above it is a title.
func headerAt(lines []Line, names map[string]string) int {
	best, at := 0, -1
	for i := range lines[:min(len(lines), headerWithin)] {
		n := 0
		for _, c := range lines[i].Cells {
			if names[headerKey(c)] != "" {
				n++
			}
		}
		if n > best {
			best, at = n, i
		}
	}
	return at
}

func (s *Staged) header(lines []Line, names map[string]string) error {
	at := headerAt(lines, names)
	if at < 0 {
		return invalid("找不到表头：前 %d 行里没有认得的列名。请下载模板对照列名", headerWithin)
	}
	s.Titles, s.Header, s.Lines = lines[:at], lines[at].Cells, lines[at+1:]
	s.Columns = make([]string, len(s.Header))
	used := map[string]string{}
	for i, h := range s.Header {
		field := names[headerKey(h)]
		if field == "" {
			continue
		}
		if first, ok := used[field]; ok {
			s.Remarks = append(s.Remarks, fmt.Sprintf("“%s”和“%s”像是同一项，只读了前一列；不对请在下面改", first, h))
			continue
		}
		used[field] = h
		s.Columns[i] = field
	}
	if len(s.Lines) == 0 {
		return invalid("表头下面没有数据行")
	}
	return nil
}

// Remap says which field each column is, and remembers it for the next file
// with such headers.
func (d *Desk) Remap(ctx context.Context, v access.Viewer, id string, columns []string) (*Staged, error) {
	s, err := d.Staged(ctx, v, id)
	if err != nil {
		return nil, err
	}
	def, err := d.definition(v, s.Register, access.ActImport)
	if err != nil {
		return nil, err
	}
	if err := s.remap(def, columns); err != nil {
		return nil, err
	}
	err = d.book.Shelf(columnShelf).Update(ctx, def.ID, func(decode func(any) error) (any, error) {
		remembered := map[string]string{}
		if decode != nil {
			if err := decode(&remembered); err != nil {
				return nil, err
			}
		}
		s.remember(columnNames(def), remembered)
		return remembered, nil
	})
	if err != nil {
		return nil, fmt.Errorf("remembering columns: %w", err)
	}
	return s, d.book.Shelf(StagedShelf).Put(ctx, s.ID, s)
}

func (s *Staged) remap(def *register.Definition, columns []string) error {
	if len(columns) != len(s.Columns) {
		return fmt.Errorf("remapping: %d columns for %d", len(columns), len(s.Columns))
	}
	labels := map[string]string{}
	for _, c := range Columns(def) {
		labels[c.Field] = c.Label
	}
	used := map[string]bool{}
	for _, c := range columns {
		switch {
		case c == "":
		case labels[c] == "":
			return invalid("没有字段 %s", c)
		case used[c]:
			return invalid("有两列都选了“%s”，请只留一列", labels[c])
		}
		used[c] = true
	}
	s.Columns = columns
	return nil
}

// remember keeps what differs from the usual. A column left out only because
// another of the file holds the same thing is not remembered as left out.
func (s *Staged) remember(usual, remembered map[string]string) {
	taken := map[string]bool{}
	for _, field := range s.Columns {
		taken[field] = true
	}
	for i, field := range s.Columns {
		key := headerKey(s.Header[i])
		if key == "" || field == "" && usual[key] != "" && taken[usual[key]] {
			continue
		}
		if delete(remembered, key); usual[key] != field {
			remembered[key] = field
		}
	}
}
