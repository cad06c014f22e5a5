package screen

import (
	"cmp"
	"fmt"
	"image"
	"slices"
	"unicode/utf8"

	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xproto"

	"beside/client/internal/consent"
)

// What the viewer can be told of.
const (
	maxMonitors  = 16
	maxNameBytes = 64
)

// Monitors implements Source.
func (s *X11) Monitors() ([]Monitor, error) {
	var out []Monitor
	err := s.x.limit(func() (err error) {
		out, err = s.x.monitors()
		return err
	})
	if err != nil {
		return nil, s.lost("list the monitors", err)
	}
	slices.SortStableFunc(out, func(a, b Monitor) int { return cmp.Compare(rank(a), rank(b)) })
	s.lit = s.lit[:0]
	for _, m := range out {
		s.lit = append(s.lit, m.Area)
	}
	return out, nil
}

func rank(m Monitor) int {
	if m.Primary {
		return 0
	}
	return 1
}

// monitors asks for the monitors, each as far as it lies on the screen: after a
// change of the screen's size one that is only a name for a part of it may not.
func (x *xconn) monitors() ([]Monitor, error) {
	g, err := xproto.GetGeometry(x.Conn, xproto.Drawable(x.root)).Reply()
	if err != nil {
		return nil, err
	}
	whole := rectangle(0, 0, g.Width, g.Height)
	r, err := randr.GetMonitors(x.Conn, x.root, true).Reply()
	if err != nil {
		return nil, err
	}
	var out []Monitor
	for i, m := range r.Monitors[:min(len(r.Monitors), maxMonitors)] {
		name, err := xproto.GetAtomName(x.Conn, m.Name).Reply()
		if err != nil {
			return nil, err
		}
		if len(name.Name) > maxNameBytes || !utf8.ValidString(name.Name) {
			name.Name = fmt.Sprintf("monitor %d", i+1) // anybody may give one any name
		}
		area := rectangle(int(m.X), int(m.Y), m.Width, m.Height).Intersect(whole)
		if !area.Empty() {
			out = append(out, Monitor{Name: name.Name, Area: area, Primary: m.Primary})
		}
	}
	if len(out) == 0 {
		out = []Monitor{{Name: "screen", Area: whole, Primary: true}}
	}
	return out, nil
}

// Grab implements Source.
func (s *X11) Grab(l *consent.Lease, area image.Rectangle, f *frame, rects []image.Rectangle) error {
	if len(s.lit) == 0 {
		if _, err := s.Monitors(); err != nil {
			return err
		}
	}
	s.grabbing.Lock()
	defer s.grabbing.Unlock()
	for _, r := range rects {
		if err := s.grabLit(l, area, f, r); err != nil {
			return s.lost("read the screen", err)
		}
	}
	return nil
}

// grabLit copies what of r, which is relative to area, lies on monitors.
func (s *X11) grabLit(l *consent.Lease, area image.Rectangle, f *frame, r image.Rectangle) error {
	isIn := func(m image.Rectangle) bool { return r.Add(area.Min).In(m) }
	if !slices.ContainsFunc(s.lit, isIn) {
		blacken(f, r)
	}
	for _, m := range s.lit {
		part := m.Sub(area.Min).Intersect(r)
		if part.Empty() {
			continue
		}
		err := l.Do(func() error {
			return s.x.limit(func() error { return s.grab.rect(area, f, part) })
		})
		if err != nil || part == r {
			return err
		}
	}
	return nil
}

func blacken(f *frame, r image.Rectangle) {
	r = r.Intersect(f.Bounds())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		clear(f.Row(y, r.Min.X, r.Max.X))
	}
}
