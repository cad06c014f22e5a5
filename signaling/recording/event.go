package recording

import (
	"encoding/json"
	"fmt"
	"slices"
)

// EventKind is what an Event tells.
type EventKind string

// The kinds of events. What was typed is never told, only that something was, at
// most once a second.
const (
	Rights  EventKind = "rights"  // what is granted from here on: Scopes
	Missing EventKind = "gap"     // what is missing before this chunk: Reason
	Button  EventKind = "button"  // of the technician's mouse: Button, Down, X, Y
	Wheel   EventKind = "wheel"   // DX, DY, X, Y
	Typed   EventKind = "typed"   // the technician used the keyboard
	Shown   EventKind = "monitor" // another monitor is shown: Monitor
)

// Reasons of a gap.
const (
	Paused = "paused" // the person paused
	Slow   = "slow"   // the machine could not keep up
	Full   = "spool"  // the broker was away for longer than could be kept
	Unseen = "unseen" // the viewer was shown nothing
)

// MaxName bounds a monitor's id, in bytes.
const MaxName = 64

// Event is something that happened, as it is written: one JSON object with the
// members of its kind and no others.
type Event struct {
	Kind    EventKind `json:"kind"`
	Scopes  *[]string `json:"scopes,omitempty"`
	Reason  string    `json:"reason,omitempty"`
	Monitor string    `json:"monitor,omitempty"`
	Button  *int      `json:"button,omitempty"` // 0 … 4 as in the DOM
	Down    *bool     `json:"down,omitempty"`
	DX      *int      `json:"dx,omitempty"` // 120 units a notch
	DY      *int      `json:"dy,omitempty"`
	X       *uint16   `json:"x,omitempty"` // in 1/65536 of the surface shown
	Y       *uint16   `json:"y,omitempty"`
}

// ParseEvent reads an event, strictly.
func ParseEvent(raw []byte) (Event, error) {
	if len(raw) > MaxEventBytes {
		return Event{}, fmt.Errorf("%w: event of %d bytes", ErrMalformed, len(raw))
	}
	var e Event
	if err := strict(raw, &e); err != nil {
		return Event{}, err
	}
	return e, e.check()
}

func (e Event) encode() ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode an event of a recording: %w", err)
	}
	return raw, nil
}

// has lists the members of an event, but for its kind.
func (e Event) has() []string {
	var has []string
	for _, m := range []struct {
		name string
		is   bool
	}{
		{"scopes", e.Scopes != nil}, {"reason", e.Reason != ""}, {"monitor", e.Monitor != ""}, {"button", e.Button != nil},
		{"down", e.Down != nil}, {"dx", e.DX != nil}, {"dy", e.DY != nil}, {"x", e.X != nil}, {"y", e.Y != nil},
	} {
		if m.is {
			has = append(has, m.name)
		}
	}
	return has
}

func (e Event) check() error {
	members := map[EventKind][]string{
		Rights: {"scopes"}, Missing: {"reason"}, Shown: {"monitor"}, Typed: nil,
		Button: {"button", "down", "x", "y"}, Wheel: {"dx", "dy", "x", "y"},
	}
	want, known := members[e.Kind]
	switch {
	case !known:
		return fmt.Errorf("%w: unknown kind of event", ErrMalformed)
	case !slices.Equal(e.has(), want):
		return fmt.Errorf("%w: event %s has not the members that it should", ErrMalformed, e.Kind)
	case e.Kind == Missing && !slices.Contains([]string{Paused, Slow, Full, Unseen}, e.Reason):
		return fmt.Errorf("%w: unknown reason of a gap", ErrMalformed)
	case e.Kind == Button && (*e.Button < 0 || *e.Button > 4):
		return fmt.Errorf("%w: button %d", ErrMalformed, *e.Button)
	case e.Kind == Wheel && (abs(*e.DX) > maxWheel || abs(*e.DY) > maxWheel):
		return fmt.Errorf("%w: wheel of %d, %d", ErrMalformed, *e.DX, *e.DY)
	case len(e.Monitor) > MaxName:
		return fmt.Errorf("%w: monitor's name of %d bytes", ErrMalformed, len(e.Monitor))
	case e.Kind == Rights && len(*e.Scopes) > 16:
		return fmt.Errorf("%w: %d scopes", ErrMalformed, len(*e.Scopes))
	}
	return nil
}

const maxWheel = 12_000

func abs(n int) int { return max(n, -n) }
