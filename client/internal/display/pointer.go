package display

import (
	"fmt"
	"image"
	"time"

	"beside/client/internal/screen"
)

const (
	pointerBusy = 16 * time.Millisecond  // between looks while it moves or the screen changes
	pointerIdle = 150 * time.Millisecond // and while nothing happens
	pointerTail = 500 * time.Millisecond // after the last movement it still counts as moving
)

// pointerWatch follows the pointer. X11 tells of a new shape but of no movement,
// so somebody has to look: often while it moves, rarely otherwise.
type pointerWatch struct {
	now    screen.Pointer
	news   bool      // the source signalled something
	asked  time.Time // looked last
	moved  time.Time // last seen moving, or input injected
	known  bool      // the viewer was told the following
	serial uint32
	place  image.Point
}

// forget makes the next look tell the viewer everything.
func (p *pointerWatch) forget() { p.known, p.asked = false, time.Time{} }

// due is when to look next.
func (p *pointerWatch) due() time.Time {
	if p.news || p.asked.Sub(p.moved) < pointerTail {
		return p.asked.Add(pointerBusy)
	}
	return p.asked.Add(pointerIdle)
}

// watchPointer looks at the pointer if it is time and has the changes sent.
func (s *Stream) watchPointer(now time.Time) error {
	p := &s.pointer
	if now.Before(p.due()) || s.begin {
		return nil
	}
	p.asked, p.news = now, false
	if err := s.Source.Pointer(s.Lease, &p.now); err != nil {
		return fmt.Errorf("watch the pointer: %w", err)
	}
	if p.now.Serial == 0 {
		return nil // this source does not see it
	}
	place := p.now.Place.Sub(s.shown.Area.Min)
	if !p.known || p.now.Serial != p.serial {
		shape := p.now.Shape
		s.enc.Shape(&shape)
	}
	if !p.known || place != p.place {
		s.enc.Place(place)
		p.moved = now
	}
	p.known, p.serial, p.place = true, p.now.Serial, place
	return nil
}
