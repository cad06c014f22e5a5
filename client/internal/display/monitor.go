package display

import (
	"fmt"
	"image"
	"time"

	"beside/client/internal/screen"
)

// restart shows everything anew: the monitor wanted, from a black picture.
func (s *Stream) restart(now time.Time) error {
	s.begun = now
	// In this order nothing that changes meanwhile is missed.
	if err := s.Source.Damage(s.Lease, &s.damage); err != nil {
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
	s.enc.Reset(w, h)
	s.stale.resize(w, h)
	s.win.clear()
	s.repeat.clear()
	s.pointer.forget()
	s.grabs = s.grabs[:0]
	rows := max(1, grabPixels/w)
	for y := 0; y < h; y += rows {
		s.grabs = append(s.grabs, image.Rect(0, y, w, min(y+rows, h)))
	}
	return s.grab(s.grabs)
}

func (s *Stream) tellLayout(all []screen.Monitor) {
	if s.Layout != nil {
		s.Layout(all, s.shown)
	}
}

// choose returns the monitor of that name, else the primary one.
func choose(all []screen.Monitor, name string) screen.Monitor {
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
