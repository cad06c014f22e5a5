// Package screen sees the requester's screen: its monitors, what changed, the
// pixels and the pointer.
//
// A Source is a screen that can be shown. Detect says whether there is one that
// can be, Open connects to it. Opening looks at nothing: every call that reads
// pixels or the pointer takes the Lease of the right to view and makes its
// system call inside Lease.Do, so that nothing is captured before the requester
// allowed it and nothing after they took it back. The package keeps no picture
// longer than it must and sends nothing; who shows the screen is package display.
package screen

import (
	"errors"
	"image"

	"beside/client/internal/consent"
	"beside/signaling/display"
)

// ErrClosed reports that the Source is gone: closed, or its display server is.
var ErrClosed = errors.New("the screen is gone")

// Monitor is one monitor as the person sees it.
type Monitor struct {
	Name    string          // what the system calls it; unique
	Area    image.Rectangle // in the coordinates of the whole screen
	Primary bool
}

// Damage is what changed since the last time somebody asked.
type Damage struct {
	Rects  []image.Rectangle // in the coordinates of the whole screen; may be too large, never too small
	Layout bool              // monitors came, went or changed; Rects then cover all that is shown
}

// Pointer is the pointer of the screen.
type Pointer struct {
	Place  image.Point          // in the coordinates of the whole screen
	Shape  display.PointerShape // its picture
	Serial uint32               // changes with Shape
	Told   bool                 // Changed will signal the next movement; else somebody has to look
}

// Source is a screen. It belongs to one goroutine, but for Changed and Close.
type Source interface {
	// Monitors lists the monitors, primary first. It reads no pixels.
	Monitors() ([]Monitor, error)
	// Changed receives when Damage or Pointer may have news, or when the Source
	// has died (Damage says so then).
	Changed() <-chan struct{}
	// Damage moves what changed into d, reusing its memory.
	Damage(l *consent.Lease, d *Damage) error
	// Grab copies the rectangles, which are relative to area and lie in it, from
	// the screen into f, which has the size of area. What lies on no monitor, so
	// that nobody sees it, is not read but black.
	Grab(l *consent.Lease, area image.Rectangle, f *display.Framebuffer, rects []image.Rectangle) error
	// Pointer brings p up to date. A Source that cannot see the pointer leaves
	// p as it is.
	Pointer(l *consent.Lease, p *Pointer) error
	// Close ends the Source; any call then returns ErrClosed.
	Close() error
}
