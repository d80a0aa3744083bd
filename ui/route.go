package ui

import (
	"io"

	"github.com/gofiber/fiber/v2"
)

// Route is one door of the server. The table of routes is the whole of what
// can be reached; a test walks it.
type Route struct {
	Method string
	Path   string
	Do     func(*visit) error
	Open   bool // may be reached without signing in
	Shut   bool // may be reached while the office is not open: set-up, locked
	Limit  int  // most bytes of a body; 0: formLimit
	// Take reads an uploaded file as it comes in, where it may be larger than
	// memory; nil: it is read whole.
	Take func(*visit, io.Reader)
	Must bool // may be reached while a password must be changed first
	JSON bool // answers the script, not a page
	// Here marks what can be done at the office's own PC only, not over its
	// network.
	Here bool
	// Always marks a post that may be made while the office is read-only.
	Always bool
}

const (
	formLimit   = 2 << 20   // a form: a long note with room to spare
	uploadLimit = 64 << 20  // a spreadsheet or a scan
	bodyLimit   = 600 << 20 // what is read at all, to answer with a page instead of a reset
)

// Routes is every route of the office.
func (s *Server) Routes() []Route {
	var all []Route
	for _, group := range [][]Route{
		healthRoutes(), setupRoutes(), doorRoutes(), workRoutes(), recordRoutes(), paperRoutes(), noteRoutes(), withdrawRoutes(),
		peopleRoutes(), visitRoutes(), searchRoutes(), sheetRoutes(), deskRoutes(), backupRoutes(), districtRoutes(), packRoutes(), benefitRoutes(), helpRoutes(), hotlineRoutes(), returnRoutes(),
		patrolRoutes(), whistleRoutes(),
		allowanceRoutes(),
		gridRoutes(),
		trendRoutes(),
		upgradeRoutes(),
	} {
		all = append(all, group...)
	}
	return all
}

func get(path string, do func(*visit) error) Route {
	return Route{Method: fiber.MethodGet, Path: path, Do: do}
}

// always is a post that may be made while the office is read-only: it changes
// no record, or is what helps then.
func always(path string, do func(*visit) error) Route {
	r := post(path, do)
	r.Always = true
	return r
}

func post(path string, do func(*visit) error) Route {
	return Route{Method: fiber.MethodPost, Path: path, Do: do}
}
