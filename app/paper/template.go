package paper

import (
	"fmt"
	"strings"
)

// A template is text with {path} and {path|words when empty}.

// part is a stretch of a template: literal text, or a path with its fallback.
type part struct {
	text, path, empty string
}

func parseTemplate(s string) ([]part, error) {
	var parts []part
	for s != "" {
		open := strings.IndexByte(s, '{')
		if open < 0 {
			return append(parts, part{text: s}), nil
		}
		if open > 0 {
			parts = append(parts, part{text: s[:open]})
		}
		end := strings.IndexByte(s[open:], '}')
		if end < 0 {
			return parts, fmt.Errorf("{ without } in %q", s)
		}
		path, empty, _ := strings.Cut(s[open+1:open+end], "|")
		if path = strings.TrimSpace(path); !validPath(path) {
			return parts, fmt.Errorf("%q is no path", path)
		}
		parts = append(parts, part{path: path, empty: empty})
		s = s[open+end+1:]
	}
	return parts, nil
}

// validPath: words of letters, digits, _ and #, joined by dots.
func validPath(p string) bool {
	if p == "" {
		return false
	}
	for word := range strings.SplitSeq(p, ".") {
		if word == "" || strings.IndexFunc(word, func(r rune) bool {
			return !(r == '_' || r == '#' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
		}) >= 0 {
			return false
		}
	}
	return true
}

// fill puts the values of s into a template. row is the number that {#} prints.
func fill(template string, s Source, row int) string {
	parts, err := parseTemplate(template)
	if err != nil { // refused when loading; made from code, it prints as it is
		return template
	}
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.text)
		if p.path == "" {
			continue
		}
		if value := valueOf(p.path, s, row); value != "" {
			b.WriteString(value)
		} else {
			b.WriteString(p.empty)
		}
	}
	return b.String()
}

// valueOf reads one path as text; of a code field, the labels that hold.
func valueOf(path string, s Source, row int) string {
	if path == "#" {
		return fmt.Sprint(row)
	}
	if text, ok := s.Text(path); ok {
		return text
	}
	var labels []string
	for _, c := range s.Codes(path) {
		if c.Checked {
			labels = append(labels, c.Label)
		}
	}
	return strings.Join(labels, "、")
}

// filled reports whether a path holds anything: text, a choice, a row, a picture.
func filled(path string, s Source) bool {
	if strings.TrimSpace(valueOf(path, s, 0)) != "" || len(s.Rows(path)) > 0 {
		return true
	}
	_, ok := s.Image(path)
	return ok
}

// paths lists the paths of a template.
func paths(template string) (list []string) {
	parts, _ := parseTemplate(template)
	for _, p := range parts {
		if p.path != "" && p.path != "#" {
			list = append(list, p.path)
		}
	}
	return list
}
