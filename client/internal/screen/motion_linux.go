package screen

import (
	"image"

	"beside/client/internal/xserver"
)

// motion has the X server tell once when the pointer moves next. It is asked to
// when the pointer rests, and not to as soon as it told: a mouse can move a
// thousand times a second, and whoever follows it then looks by himself. A
// program that puts the pointer elsewhere is not told of; that is seen with the
// next change on the screen. Owned by the Source's goroutine.
type motion struct {
	raw   *xserver.Raw // nil where the server tells of nothing
	armed bool
	rests bool // two looks in a row found it in the same place
}

// watchMotion prepares to be told, and asks for nothing yet.
func (s *X11) watchMotion() {
	_ = s.x.limit(func() (err error) {
		s.motion.raw, err = xserver.WatchRaw(s.x.wire, func(xserver.RawEvent) { s.onMotion() })
		return err // somebody has to look then
	})
}

// onMotion runs on the connection's reader.
func (s *X11) onMotion() {
	s.mu.Lock()
	known := s.news.moved
	s.news.moved = true
	s.mu.Unlock()
	if !known {
		s.signal()
	}
}

// expectMotion asks to be told, or no longer to be, before a look at the
// pointer: so that no movement is between the two. It runs inside the Lease.
func (s *X11) expectMotion() {
	m := &s.motion
	if m.raw == nil {
		return
	}
	s.mu.Lock()
	moved := s.news.moved
	s.news.moved = false
	s.mu.Unlock()
	switch {
	case m.armed && moved:
		m.armed, m.rests = false, false
		m.raw.Select()
	case !m.armed && m.rests:
		m.armed = true
		m.raw.Select(xserver.RawMotion, xserver.RawTouchBegin, xserver.RawTouchUpdate)
	}
}

// saw takes what a look found.
func (m *motion) saw(p *Pointer, place image.Point) {
	m.rests = place == p.Place
	p.Place, p.Told = place, m.armed
}
