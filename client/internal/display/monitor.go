package display

import (
	"fmt"
	"image"
	"time"

	"beside/client/internal/consent"
	"beside/client/internal/screen"
	"beside/signaling/control"
	wire "beside/signaling/display"
)

// restart shows everything anew, to all: the monitor wanted, from a black picture.
func (s *Stream) restart(lease *consent.Lease, now time.Time) error {
	s.begun = now
	// In this order nothing that changes meanwhile is missed.
	if err := s.Source.Damage(lease, &s.damage); err != nil {
		return fmt.Errorf("watch the screen: %w", err)
	}
	all, err := s.Source.Monitors()
	if err != nil {
		return fmt.Errorf("watch the screen: %w", err)
	}
	s.shown = choose(all, s.wanted)
	s.tellLayout(all)
	w, h := s.shown.Area.Dx(), s.shown.Area.Dy()
	if w <= 0 || h <= 0 || w > maxSide || h > maxSide {
		return fmt.Errorf("monitor %q of %d×%d cannot be shown", s.shown.Name, w, h)
	}
	s.begin = false
	s.frame.Resize(w, h)
	s.blocks.resize(w, h)
	s.pointer.forget()
	for _, v := range s.seats {
		s.stand(v)
	}
	s.sweep()
	for _, v := range s.seats {
		if !v.held {
			s.place(v, now)
		}
	}
	s.grabs = everything(&s.frame, s.grabs[:0])
	return s.grab(lease)
}

// everything appends rectangles that cover f, each small enough for one grab.
func everything(f *wire.Framebuffer, out []image.Rectangle) []image.Rectangle {
	rows := max(1, grabPixels/f.W)
	for y := 0; y < f.H; y += rows {
		out = append(out, image.Rect(0, y, f.W, min(y+rows, f.H)))
	}
	return out
}

func (s *Stream) tellLayout(all []screen.Monitor) {
	if s.Layout != nil {
		s.Layout(all, s.shown)
	}
}

// choose returns the monitor of that name, or the surface of all, else the
// primary one.
func choose(all []screen.Monitor, name string) screen.Monitor {
	if name == control.AllMonitors {
		return surface(all)
	}
	for _, m := range all {
		if m.Name == name {
			return m
		}
	}
	if len(all) == 0 {
		return screen.Monitor{}
	}
	return all[0]
}

// surface is all monitors as one: the rectangle around them, cut off where it is
// larger than the format allows. What lies in it on no monitor is black, since
// the Source reads none of it.
func surface(all []screen.Monitor) screen.Monitor {
	var area image.Rectangle
	for _, m := range all {
		area = area.Union(m.Area)
	}
	area = area.Intersect(image.Rectangle{Min: area.Min, Max: area.Min.Add(image.Pt(maxSide, maxSide))})
	return screen.Monitor{Name: control.AllMonitors, Area: area}
}
