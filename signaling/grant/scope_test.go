package grant_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"beside/signaling/grant"
)

func TestParseSet(t *testing.T) {
	for _, tc := range []struct {
		name, in, want string
		err            error
	}{
		{"empty is nothing", "", "", nil},
		{"order is fixed", "control view", "view control", nil},
		{"twice is once", "view view", "view", nil},
		{"unknown", "view root", "", grant.ErrUnknownScope},
		{"double space", "view  control", "", grant.ErrUnknownScope},
		{"case matters", "View", "", grant.ErrUnknownScope},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := grant.ParseSet(tc.in)
			if !errors.Is(err, tc.err) || got.String() != tc.want {
				t.Errorf("ParseSet(%q) = %q, %v; want %q, %v", tc.in, got, err, tc.want, tc.err)
			}
		})
	}
}

func TestSetAlgebra(t *testing.T) {
	set := rapid.Custom(func(t *rapid.T) grant.Set {
		return grant.SetOf(rapid.SliceOf(rapid.SampledFrom([]grant.Scope{
			grant.View, grant.Control, grant.FilesFetch, grant.Voice, grant.ClipboardSend})).
			Draw(t, "scopes")...)
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := set.Draw(t, "a"), set.Draw(t, "b")
		if n := a.Narrow(b); !a.ContainsAll(n) || !b.ContainsAll(n) {
			t.Errorf("%q.Narrow(%q) = %q is wider than one of them", a, b, n)
		}
		if u := a.Union(b); !u.ContainsAll(a) || u.Without(b).Narrow(b) != (grant.Set{}) {
			t.Errorf("%q.Union(%q) = %q", a, b, u)
		}
		if back, err := grant.ParseSet(a.String()); err != nil || back != a {
			t.Errorf("ParseSet(%q) = %q, %v", a.String(), back, err)
		}
	})
}
