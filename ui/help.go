package ui

import (
	"html/template"
	"io"
	"io/fs"
	"strings"

	"github.com/gofiber/fiber/v2"
	"go.yaml.in/yaml/v3"

	"jiezhen/app/record"
	"jiezhen/ui/page"
)

// The manual is part of the program: help/index.yaml names chapters and
// pages, help/<page>.html holds each page's text.

func helpRoutes() []Route {
	front, one := get("/help", (*visit).help), get("/help/:page", (*visit).help)
	for _, r := range []*Route{&front, &one} {
		r.Open, r.Shut = true, true
	}
	return []Route{front, one}
}

type helpIndex struct {
	Chapters []struct {
		Title string `yaml:"title"`
		Pages []struct {
			ID    string `yaml:"id"`
			Title string `yaml:"title"`
		} `yaml:"pages"`
	} `yaml:"chapters"`
}

func (v *visit) help() error {
	text, err := fs.ReadFile(v.cfg.Assets, "help/index.yaml")
	if err != nil {
		return err
	}
	var index helpIndex
	if err := yaml.Unmarshal(text, &index); err != nil {
		return err
	}
	at := v.param("page")
	view := page.HelpView{}
	title, found, last := "", false, page.Link{}
	for _, c := range index.Chapters {
		g := page.HelpGroup{Title: c.Title}
		for _, p := range c.Pages {
			link := page.Link{Text: p.Title, URL: "/help/" + p.ID}
			if at == "" {
				at = p.ID
			}
			if found && view.Next.URL == "" {
				view.Next = link
			}
			if p.ID == at {
				title, found, view.Prev = p.Title, true, last
			}
			g.Pages = append(g.Pages, page.Filter{Text: p.Title, URL: link.URL, Current: p.ID == at})
			last = link
		}
		view.Contents = append(view.Contents, g)
	}
	if !found || strings.ContainsAny(at, "/\\.") {
		return record.Refused(record.CodeNotFound, "手册里没有这一页")
	}
	body, err := fs.ReadFile(v.cfg.Assets, "help/"+at+".html")
	if err != nil {
		return record.Refused(record.CodeNotFound, "手册里没有这一页")
	}
	view.Frame = v.frame(title, "")
	view.Body = template.HTML(body)
	return v.show(fiber.StatusOK, func(w io.Writer) error { return v.cfg.Pages.Help(w, view) })
}
