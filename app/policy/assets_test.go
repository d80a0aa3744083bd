package policy_test

import (
	"testing"

	"jiezhen/app/policy"
	"jiezhen/assets"
)

// Everything the program carries loads, and carries basis and state.
func TestAssets(t *testing.T) {
	t.Parallel()
	set, err := policy.Load(assets.FS())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range set.Params() {
		if p.Basis == "" || p.State == "" || p.Title == "" {
			t.Errorf("parameter %s: basis %q, state %q", p.Key, p.Basis, p.State)
		}
		if p.Locked != (p.State == policy.Statutory) {
			t.Errorf("parameter %s: state %s, locked %v", p.Key, p.State, p.Locked)
		}
	}
	for _, l := range set.Lists() {
		for _, i := range l.Items {
			if i.Basis == "" || i.State == "" {
				t.Errorf("code %s %s: basis %q, state %q", l.ID, i.Code, i.Basis, i.State)
			}
		}
	}
	for _, s := range set.Standards() {
		if s.Basis == "" || s.Payable() {
			t.Errorf("standard %s: basis %q, state %s: no figure has been confirmed yet", s.Code, s.Basis, s.State)
		}
	}
}
