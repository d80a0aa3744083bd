package staff

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// definition is what the contract reads of a register's file.
type definition struct {
	ID     string  `yaml:"id"`
	Fields []field `yaml:"fields"`
}

type field struct {
	ID     string  `yaml:"id"`
	Type   string  `yaml:"type"`
	Fields []field `yaml:"fields"`
}

// read gives every field of every register below a folder: register, field and
// column to type.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, types := os.DirFS(dir), map[string]string{}
	err := fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		var d definition
		if err := yaml.Unmarshal(text, &d); err != nil {
			return err
		}
		types[d.ID] = "register"
		for _, f := range d.Fields {
			types[d.ID+"."+f.ID] = f.Type
			for _, c := range f.Fields {
				types[d.ID+"."+f.ID+"."+c.ID] = c.Type
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return types
}

// canonical is the Go type that a field of this kind holds.
func canonical(kind string) string {
	switch kind {
	case "", "register", "codes", "table", "number", "money", "yesno", "file":
		return kind
	}
	return "text"
}

// The office's registers hold every field that this package reads or writes.
func TestOfficeRegistersHaveTheFields(t *testing.T) {
	t.Parallel()
	const dir = "../../assets/registers"
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		t.Skip("no registers yet")
	}
	office := read(t, dir)
	for name, kind := range read(t, "testdata/registers") {
		if got := office[name]; !strings.HasPrefix(name, "test.") && canonical(got) != canonical(kind) {
			t.Errorf("%s is %q in assets/registers, this package needs %q", name, got, kind)
		}
	}
}
