// Package grant holds the rights of a session: scopes, the requester's signed
// grant and the broker's tokens. It is the only package that uses golang-jwt.
//
// Absence is always no: the zero Set holds nothing, an unknown scope does not
// parse, and a grant can only ever be narrowed.
package grant

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Scope is the name of one right. Directions are as seen by the technician.
type Scope string

// The closed set of scopes (RFC 6749 §3.3 syntax). Chat needs none.
const (
	View           Scope = "view"
	Control        Scope = "control"
	ClipboardSend  Scope = "clipboard:send"
	ClipboardFetch Scope = "clipboard:fetch"
	FilesSend      Scope = "files:send"
	FilesFetch     Scope = "files:fetch"
	Facts          Scope = "facts"
	Point          Scope = "point"
	Record         Scope = "record"
	Sound          Scope = "sound"
	Voice          Scope = "voice"
)

// all lists every scope in the order in which people are asked for them.
var all = [...]Scope{View, Control, ClipboardSend, ClipboardFetch, FilesSend, FilesFetch, Facts, Point, Record, Sound, Voice}

// ErrUnknownScope reports a scope outside the closed set.
var ErrUnknownScope = errors.New("unknown scope")

// Set is a set of scopes. The zero value is empty. Sets are values: no method
// changes its receiver.
type Set struct{ bits uint16 }

// NewSet returns the set of the given scopes. It refuses an unknown scope.
func NewSet(scopes ...Scope) (Set, error) {
	var s Set
	for _, sc := range scopes {
		i := slices.Index(all[:], sc)
		if i < 0 {
			return Set{}, fmt.Errorf("%w %q", ErrUnknownScope, string(sc))
		}
		s.bits |= 1 << i
	}
	return s, nil
}

// SetOf is NewSet for constants; it panics on an unknown scope.
func SetOf(scopes ...Scope) Set {
	s, err := NewSet(scopes...)
	if err != nil {
		panic(err)
	}
	return s
}

// ParseSet reads the space-separated list of RFC 6749 §3.3. The empty string is
// the empty set.
func ParseSet(list string) (Set, error) {
	if list == "" {
		return Set{}, nil
	}
	parts := strings.Split(list, " ")
	scopes := make([]Scope, len(parts))
	for i, p := range parts {
		scopes[i] = Scope(p)
	}
	return NewSet(scopes...)
}

// Contains reports whether sc is in s.
func (s Set) Contains(sc Scope) bool {
	i := slices.Index(all[:], sc)
	return i >= 0 && s.bits&(1<<i) != 0
}

// ContainsAll reports whether every scope of o is in s.
func (s Set) ContainsAll(o Set) bool { return o.bits&^s.bits == 0 }

// Narrow returns the scopes that are in both sets.
func (s Set) Narrow(o Set) Set { return Set{s.bits & o.bits} }

// Union returns the scopes that are in either set.
func (s Set) Union(o Set) Set { return Set{s.bits | o.bits} }

// Without returns s less the scopes of o.
func (s Set) Without(o Set) Set { return Set{s.bits &^ o.bits} }

// Empty reports whether the set holds no scope.
func (s Set) Empty() bool { return s.bits == 0 }

// Scopes lists the scopes in the fixed order in which people are asked.
func (s Set) Scopes() []Scope {
	out := []Scope{}
	for i, sc := range all {
		if s.bits&(1<<i) != 0 {
			out = append(out, sc)
		}
	}
	return out
}

// String returns the space-separated list of RFC 6749 §3.3.
func (s Set) String() string {
	var b strings.Builder
	for i, sc := range s.Scopes() {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(string(sc))
	}
	return b.String()
}

// MarshalText writes the space-separated list, so a Set is one JSON string.
func (s Set) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the space-separated list and refuses unknown scopes.
func (s *Set) UnmarshalText(text []byte) error {
	parsed, err := ParseSet(string(text))
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}
