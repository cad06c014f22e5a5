package display

import (
	"fmt"
	"image"
	"time"

	"beside/client/internal/consent"
	"beside/client/internal/screen"
	wire "beside/signaling/display"
)

const (
	pointerBusy = 16 * time.Millisecond  // between looks while it moves or the screen changes
	pointerIdle = 150 * time.Millisecond // and while nothing happens
	pointerTail = 500 * time.Millisecond // after the last movement it still counts as moving
	never       = 24 * time.Hour
)

// pointerWatch follows the pointer. While it moves it is looked at as often as a
// screen shows it. Afterwards the source tells of the next movement; where it
// cannot, somebody has to look now and then.
type pointerWatch struct {
	now    screen.Pointer
	news   bool      // the source signalled something
	asked  time.Time // looked last
	moved  time.Time // last seen moving, or input injected
	known  bool      // the viewers were told the following
	serial uint32
	shape  *wire.PointerShape // never written to
	place  image.Point
}

// tell tells a viewer that begins anew what the others know.
func (p *pointerWatch) tell(e *Encoder) {
	if p.known {
		e.Shape(p.shape)
		e.Place(p.place)
	}
}

// forget makes the next look tell the viewers everything.
func (p *pointerWatch) forget() { p.known, p.asked = false, time.Time{} }

// due is when to look next.
func (p *pointerWatch) due() time.Time {
	switch {
	case p.asked.Sub(p.moved) < pointerTail, p.news && !p.now.Told:
		return p.asked.Add(pointerBusy)
	case p.news || !p.now.Told: // told: news are mostly of the screen, and may be of the pointer
		return p.asked.Add(pointerIdle)
	}
	return p.asked.Add(never)
}

// watchPointer looks at the pointer if it is time and has the changes sent.
func (s *Stream) watchPointer(lease *consent.Lease, now time.Time) error {
	p := &s.pointer
	if now.Before(p.due()) {
		return nil
	}
	p.asked, p.news = now, false
	if err := s.Source.Pointer(lease, &p.now); err != nil {
		return fmt.Errorf("watch the pointer: %w", err)
	}
	if p.now.Serial == 0 {
		return nil // this source does not see it
	}
	place := p.now.Place.Sub(s.shown.Area.Min)
	if !p.known || p.now.Serial != p.serial {
		shape := p.now.Shape
		p.shape = &shape
		for _, l := range s.lanes {
			l.enc.Shape(p.shape)
		}
	}
	if !p.known || place != p.place {
		for _, l := range s.lanes {
			l.enc.Place(place)
		}
		p.moved = now
	}
	p.known, p.serial, p.place = true, p.now.Serial, place
	return nil
}
