package app_test

import (
	"encoding/json"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// floors are the packages from the bottom up: a package may use those of
// lower floors, and of its own floor only what besides says.
var floors = [][]string{
	{"embedstore/disk", "app/fault"},
	{"app/outline"},
	{"assets", "assets/fonts", "embedstore", "embedstore/keep", "search", "app/value", "app/insight", "installer"},
	{"app/calendar", "app/access", "app/watch", "app/paper/linebreak", "app/paper/truetype", "app/bundle", "app/benefit", "installer/release"},
	{"app/policy", "app/register", "app/paper"},
	{"app/record"},
	{"app/staff", "app/people", "app/place"},
	{"app/sheet", "app/issue", "app/find", "app/returns", "app/lan"},
	{"app/rate", "app/deadline", "app/trend"},
	{"app/allowance", "app/casework", "app/protection", "app/hotline", "app/patrol", "app/backup", "app/district"},
	{"app/grid"},
	{"app"},
	{"app/demo", "ui/page"},
	{"ui"},
	{"ui/command"},
	{""},
}

// only says who alone may use a library.
var only = map[string][]string{
	"github.com/gofiber/":     {"ui"},
	"go.etcd.io/bbolt":        {"embedstore", "search"}, // search: to open the index under a time limit
	"github.com/blevesearch/": {"search"},
	"github.com/xuri/":        {"app/sheet", "app/casework", "app/patrol"},
	"github.com/jung-kurt/":   {"app/paper"},
	"filippo.io/age":          {"app/bundle"},
	"github.com/emmansun/":    {"app/bundle"},
	"github.com/pkg/sftp":     {"app/backup"},
	"github.com/kardianos/":   {"installer"},
	"github.com/tc-hib/":      {"installer/release"},
	"net/http":                {"ui/command", "app/backup", "app/district", "installer", "embedstore"}, // embedstore: only to tell a file's type
}

// TestArrowsPointDown lists what every package uses, and fails on a new arrow
// that points up, a library in the wrong room, and a package without a floor.
func TestArrowsPointDown(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "jiezhen/...").Output()
	if err != nil {
		t.Fatalf("listing packages: %v", err)
	}
	floor := map[string]int{}
	for i, names := range floors {
		for _, n := range names {
			floor[strings.TrimSuffix("jiezhen/"+n, "/")] = i
		}
	}
	gone := maps.Clone(floor)
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for dec.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		delete(gone, p.ImportPath)
		at, placed := floor[p.ImportPath]
		if !placed {
			t.Errorf("%s has no floor: put it in the table", p.ImportPath)
			continue
		}
		for _, i := range p.Imports {
			if below, ours := floor[i]; ours && below >= at {
				t.Errorf("%s uses %s, which does not lie below it", p.ImportPath, i)
			}
			checkLibrary(t, strings.TrimPrefix(p.ImportPath, "jiezhen/"), i)
		}
	}
	for name := range gone {
		t.Errorf("%s has a floor, but there is no such package", name)
	}
}

func checkLibrary(t *testing.T, room, library string) {
	t.Helper()
	for prefix, rooms := range only {
		if strings.HasPrefix(library, prefix) && !slices.Contains(rooms, room) {
			t.Errorf("%s uses %s, which belongs to %v alone", room, library, rooms)
		}
	}
}
