package ui

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
)

// errTooLarge says that a body went over its route's limit.
var errTooLarge = errors.New("the body is over the limit")

// errNotText says that a body holds bytes that are no text.
var errNotText = errors.New("the body is not UTF-8")

// maxFields bounds how many fields a form may have.
const maxFields = 20000

// parse reads a body as a form, up to the limit.
func (v *visit) parse(body io.Reader, limit int) error {
	kind, params, err := mime.ParseMediaType(string(v.c.Request().Header.ContentType()))
	if err != nil {
		kind = fiber.MIMEApplicationForm
	}
	limited := &limitedReader{from: body, left: limit}
	switch kind {
	case fiber.MIMEMultipartForm:
		err = v.parseMultipart(multipart.NewReader(limited, params["boundary"]))
	default:
		err = v.parseForm(limited)
	}
	if limited.over {
		return errTooLarge // the server reads the rest away
	}
	return err
}

func (v *visit) parseForm(body io.Reader) error {
	data, err := io.ReadAll(body)
	if err != nil {
		return fiber.ErrBadRequest
	}
	form, err := url.ParseQuery(string(data))
	if err != nil {
		return fiber.ErrBadRequest
	}
	for name, values := range form {
		if !utf8.ValidString(name) || !allText(values) {
			return errNotText
		}
	}
	for name, values := range form {
		v.typed[name] = cleanAll(values)
	}
	return nil
}

func allText(values []string) bool {
	for _, s := range values {
		if !utf8.ValidString(s) {
			return false
		}
	}
	return true
}

func (v *visit) parseMultipart(r *multipart.Reader) error {
	for n := 0; n < maxFields; n++ {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fiber.ErrBadRequest // cut short or malformed
		}
		if part.FileName() != "" && v.route.Take != nil {
			v.route.Take(v, part)
			if _, err := io.Copy(io.Discard, part); err != nil {
				return fiber.ErrBadRequest // cut short
			}
			continue
		}
		var data bytes.Buffer
		if _, err := data.ReadFrom(part); err != nil {
			return fiber.ErrBadRequest
		}
		name := part.FormName()
		if file := part.FileName(); file != "" {
			v.upload = &upload{Name: baseName(file), Data: data.Bytes()}
			continue
		}
		if !utf8.ValidString(name) || !utf8.Valid(data.Bytes()) {
			return errNotText
		}
		v.typed[name] = append(v.typed[name], cleanText(data.String()))
	}
	return fiber.ErrBadRequest
}

// baseName takes the last part of whatever path a browser sent.
func baseName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return cleanText(name)
}

func cleanAll(values []string) []string {
	out := make([]string, len(values))
	for i, s := range values {
		out[i] = cleanText(s)
	}
	return out
}

// cleanText keeps text that can be stored and printed: valid UTF-8, line ends
// as \n, no control characters.
func cleanText(s string) string {
	s = strings.ToValidUTF8(s, "�")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == 0xfeff {
			return -1
		}
		return r
	}, s)
}

// limitedReader stops at a limit and remembers that there was more.
type limitedReader struct {
	from io.Reader
	left int
	over bool
}

func (l *limitedReader) Read(p []byte) (int, error) {
	if l.left <= 0 {
		var one [1]byte
		n, err := l.from.Read(one[:])
		if n > 0 {
			l.over = true
			return 0, errTooLarge
		}
		if err == nil {
			err = io.EOF
		}
		return 0, err
	}
	if len(p) > l.left {
		p = p[:l.left]
	}
	n, err := l.from.Read(p)
	l.left -= n
	return n, err
}
