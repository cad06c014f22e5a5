package session

import (
	"time"

	"beside/signaling/control"
	"beside/signaling/grant"
)

// watchTerm begins to look whether rights come to an end that no person calls
// for: their time is up, the technician idles, the screen is locked. It looks as
// long as something is granted.
func (s *session) watchTerm() {
	if s.term == nil {
		s.term = s.after(s.untilLook(), s.onTerm)
	}
}

func (s *session) untilLook() time.Duration {
	return min(s.cfg.Times.Look, max(time.Until(s.gate.Until()), 0))
}

func (s *session) onTerm() {
	s.term = nil
	if s.isOver() {
		return
	}
	if gone := s.gate.Lapse(time.Now()); !gone.Empty() {
		s.revoked(gone, control.ByTime)
		s.apply()
	}
	granted, _ := s.gate.Granted()
	if granted.Contains(grant.Control) {
		s.lookAfterControl()
	}
	if !granted.Empty() {
		s.watchTerm()
	}
}

// lookAfterControl takes control back from who does not use it, and where the
// person has gone. Who only looks on may do so for the whole term.
func (s *session) lookAfterControl() {
	right := grant.SetOf(grant.Control)
	idle := time.Since(time.Unix(0, s.acted.Load())) >= s.cfg.Times.Idle
	if r := s.verifiedRoad(); r != nil && !r.away.IsZero() {
		idle = idle || time.Since(r.away) >= s.cfg.Times.Away
	}
	switch {
	case s.cfg.Devices.Locked != nil && s.cfg.Devices.Locked():
		s.takeBack(right, control.ByLock)
	case idle:
		s.takeBack(right, control.ByIdle)
	}
}

// onAttend hears whether the technician's page is in sight.
func (s *session) onAttend(r *road, m control.Attend) {
	switch {
	case m.Here:
		r.away = time.Time{}
	case r.away.IsZero():
		r.away = time.Now()
	}
}

// secondsLeft is how long rights live on, rounded up.
func (s *session) secondsLeft() int {
	until := s.gate.Until()
	if until.IsZero() {
		return 0
	}
	return int((max(time.Until(until), 0) + time.Second - 1) / time.Second)
}
