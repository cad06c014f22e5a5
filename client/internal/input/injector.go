package input

import (
	"context"
	"errors"
	"image"

	"beside/client/internal/consent"
	"beside/signaling/control"
)

// Errors of injectors that Hands and its callers tell apart.
var (
	// ErrOwnWindow: the input would have reached a window of this program.
	ErrOwnWindow = errors.New("input for a window of our own refused")
	// ErrNoInput: this desktop takes no input from programs.
	ErrNoInput = errors.New("this desktop takes no input from programs")
)

// An Injector acts out the technician's messages on one desktop. It is used by
// one goroutine at a time.
type Injector interface {
	// Inject acts msg out on the monitor that is shown, each call to the system
	// inside lease.Do. It returns early when ctx ends, and the Lease's error as
	// soon as that refuses. What it pressed and did not let go of is held.
	Inject(ctx context.Context, lease *consent.Lease, shown image.Rectangle, msg control.Input) error
	// ReleaseAll lets go of every key and button that is held.
	ReleaseAll() error
	// Tidy puts back what was changed for a moment and has served, and reports
	// whether there is more to let go of or to put back.
	Tidy() (owing bool)
	// Close puts everything back.
	Close() error
}

// Held is one thing that an Injector holds on the desktop and will let go of.
// It is all that a supervisor needs to know to do that in its place.
type Held struct {
	Kind HeldKind
	Code byte // the system's number of the key or button
}

// HeldKind says what is held.
type HeldKind byte

// The kinds of Held.
const (
	HeldKey    HeldKind = 'k' // a key is down
	HeldButton HeldKind = 'b' // a button is down
	HeldRepeat HeldKind = 'r' // a key's automatic repeat is off
	HeldSpare  HeldKind = 's' // a spare key has a character
	HeldLock   HeldKind = 'l' // lock modifiers (a mask) are off
)

// Witness is told what an Injector holds, before it takes and after it lets go.
// It must not block for long.
type Witness func(h Held, held bool)
