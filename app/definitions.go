package app

import (
	"bytes"
	"fmt"
	"io/fs"

	"go.yaml.in/yaml/v3"

	"jiezhen/app/access"
	"jiezhen/app/calendar"
	"jiezhen/app/paper"
	"jiezhen/app/policy"
	"jiezhen/app/register"
	"jiezhen/app/returns"
	"jiezhen/app/value"
)

// Definition is everything an office is made of before its first record, read
// from data and checked against one another.
type Definition struct {
	Policy    *policy.Set
	Calendar  *calendar.Calendar
	Roles     access.Roles
	Papers    map[string]*paper.Layout
	Registers *register.Set
	Systems   []System
	Returns   *returns.Set
}

// System is one of the plan's systems, A1 to C23.
type System struct {
	Code, Title string
	Registers   []*register.Definition
	Papers      int
}

// Ready reports whether the system is built: something of it is loaded.
func (s System) Ready() bool { return len(s.Registers) > 0 }

// State is 可用 or 未建成.
func (s System) State() string {
	if s.Ready() {
		return "可用"
	}
	return "未建成"
}

// Definitions reads the data that the program carries.
func Definitions(assets fs.FS) (*Definition, error) {
	var d Definition
	var err error
	if d.Policy, err = policy.Load(assets); err != nil {
		return nil, fmt.Errorf("reading policy: %w", err)
	}
	if d.Calendar, err = calendar.Load(assets); err != nil {
		return nil, fmt.Errorf("reading holidays: %w", err)
	}
	if d.Roles, err = access.LoadRoles(assets, "roles.yaml"); err != nil {
		return nil, err
	}
	papers, err := fs.Sub(assets, "papers")
	if err != nil {
		return nil, fmt.Errorf("reading papers: %w", err)
	}
	if d.Papers, err = paper.Load(papers); err != nil {
		return nil, fmt.Errorf("reading papers: %w", err)
	}
	if err := d.registers(assets); err != nil {
		return nil, err
	}
	if err := d.systems(assets); err != nil {
		return nil, err
	}
	return &d, d.returns(assets)
}

// returns reads the periodic returns, which name registers and systems.
func (d *Definition) returns(assets fs.FS) error {
	files, err := fs.Sub(assets, "returns")
	if err != nil {
		return fmt.Errorf("reading returns: %w", err)
	}
	systems := map[string]bool{}
	for _, s := range d.Systems {
		systems[s.Code] = true
	}
	d.Returns, err = returns.Load(files, returns.World{Registers: d.Registers, Facts: facts{d.Policy}, Roles: d.Roles.Set(), Systems: systems})
	return err
}

func (d *Definition) registers(assets fs.FS) error {
	known := map[string]bool{}
	for id := range d.Papers {
		known[id] = true
	}
	files, err := fs.Sub(assets, "registers")
	if err != nil {
		return fmt.Errorf("reading registers: %w", err)
	}
	d.Registers, err = register.Load(files, register.World{Facts: facts{d.Policy}, Roles: d.Roles.Set(), Papers: known})
	return err
}

func (d *Definition) systems(assets fs.FS) error {
	text, err := fs.ReadFile(assets, "systems.yaml")
	if err != nil {
		return fmt.Errorf("reading the list of systems: %w", err)
	}
	var file struct {
		Systems []struct {
			Code  string `yaml:"code"`
			Title string `yaml:"title"`
		} `yaml:"systems"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(&file); err != nil {
		return fmt.Errorf("reading the list of systems: %w", err)
	}
	for _, s := range file.Systems {
		system := System{Code: s.Code, Title: s.Title}
		for _, r := range d.Registers.All() {
			if r.System == s.Code {
				system.Registers = append(system.Registers, r)
				system.Papers += len(r.Papers)
			}
		}
		d.Systems = append(d.Systems, system)
	}
	return nil
}

// facts lets the register language ask the policy.
type facts struct{ set *policy.Set }

func (f facts) Param(key string, on value.Date) (any, error) {
	p, err := f.set.Param(key, on)
	if err != nil {
		return nil, err
	}
	return p.Value, nil
}

func (f facts) HasParam(key string, prefix bool) bool { return f.set.HasParam(key, prefix) }

func (f facts) HasCodes(list string) bool { _, ok := f.set.Codes(list); return ok }

func (f facts) HasCode(list, code string) bool {
	l, ok := f.set.Codes(list)
	if !ok {
		return false
	}
	for _, item := range l.Items {
		if item.Code == code {
			return true
		}
	}
	return false
}
