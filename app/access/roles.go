package access

import (
	"bytes"
	"fmt"
	"io/fs"

	"go.yaml.in/yaml/v3"
)

// Roles are all posts that a user may be given, in the order of the file.
type Roles []Role

type roleFile struct {
	Roles []struct {
		ID        string   `yaml:"id"`
		Title     string   `yaml:"title"`
		Domains   []string `yaml:"domains"`
		Level     string   `yaml:"level"`
		Exclusive bool     `yaml:"exclusive"`
		Note      string   `yaml:"note"`
	} `yaml:"roles"`
}

// LoadRoles reads roles.yaml.
func LoadRoles(files fs.FS, name string) (Roles, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("reading roles: %w", err)
	}
	var file roleFile
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		return nil, fmt.Errorf("reading roles from %s: %w", name, err)
	}
	var roles Roles
	for _, r := range file.Roles {
		level := Level(r.Level)
		switch level {
		case LevelCommunity, LevelStreet, LevelHead, LevelLead, LevelAdmin:
		default:
			return nil, fmt.Errorf("%s：角色 %s 的 level %q 不存在", name, r.ID, r.Level)
		}
		roles = append(roles, Role{ID: r.ID, Title: r.Title, Domains: r.Domains, Level: level, Exclusive: r.Exclusive, Note: r.Note})
	}
	return roles, nil
}

// Get returns the role with this id.
func (rs Roles) Get(id string) (Role, bool) {
	for _, r := range rs {
		if r.ID == id {
			return r, true
		}
	}
	return Role{}, false
}

// Set gives the ids as a set, for checking definitions.
func (rs Roles) Set() map[string]bool {
	out := make(map[string]bool, len(rs))
	for _, r := range rs {
		out[r.ID] = true
	}
	return out
}

// CheckHeld says whether these roles may be held by one person.
func (rs Roles) CheckHeld(ids []string) error {
	if len(ids) == 0 {
		return fmt.Errorf("至少要选一个岗位")
	}
	for _, id := range ids {
		r, ok := rs.Get(id)
		if !ok {
			return fmt.Errorf("没有岗位 %q", id)
		}
		if r.Exclusive && len(ids) > 1 {
			return fmt.Errorf("%s不能兼任其他岗位（三员分立，互不兼任，不办业务）", r.Title)
		}
	}
	return nil
}
