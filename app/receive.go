package app

import (
	"path/filepath"

	"jiezhen/app/benefit"
	"jiezhen/app/district"
)

// openDistrict opens the receiving side.
func (o *Office) openDistrict() (*district.Desk, error) {
	targets, err := district.LoadTargets(o.assets)
	if err != nil {
		return nil, err
	}
	draws, err := district.LoadDraws(o.assets)
	if err != nil {
		return nil, err
	}
	benefits, err := benefit.Load(o.assets)
	if err != nil {
		return nil, err
	}
	return district.New(district.Config{Book: o.Book, Store: o.store, Dir: filepath.Join(o.cfg.Dir, "received"), Demo: o.cfg.Demo, Targets: targets,
		Draws: draws, Exclusive: benefits.Exclusive, Title: benefits.Title, Clock: o.cfg.Clock, Log: o.cfg.Log}), nil
}
