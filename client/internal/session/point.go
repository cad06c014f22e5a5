package session

import (
	"beside/client/internal/pointing"
	"beside/client/internal/window"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// pointers names the inputs that point and do nothing else. It is never written.
var pointers = map[string]bool{"point": true, "here": true, "unpoint": true}

// mayPoint lends the right to point to the marks, which open with the first.
func (s *session) mayPoint(r *road) {
	lease, live := s.gate.Lease(grant.Point)
	marks := s.marks.Load()
	switch {
	case !live && marks != nil:
		marks.Use(nil)
		return
	case !live, s.noMarks:
		return
	case marks == nil:
		if marks = s.openMarks(); marks == nil {
			s.noMarks = true
			s.tellViewer(r, control.Notice{Code: control.NoPointing})
			return
		}
	}
	if lease.Do(func() error { return nil }) != nil {
		marks.Wipe() // it rests
	}
	marks.Use(lease)
	marks.Show(r.area)
}

func (s *session) openMarks() *pointing.Marks {
	if s.cfg.Devices.Pen == nil {
		return nil
	}
	pen, err := s.cfg.Devices.Pen()
	if err != nil {
		s.log.Warn("nothing can be pointed at", "error", err)
		return nil
	}
	marks := pointing.New(pen, s.log)
	s.marks.Store(marks)
	return marks
}

// pointAt shows where the technician points. It runs on the goroutine of a channel.
func (s *session) pointAt(post func(func()), in control.Input) {
	marks := s.marks.Load()
	if marks == nil || s.isOver() {
		return
	}
	if control.InputType(in) != "unpoint" && s.pointed.CompareAndSwap(false, true) {
		post(func() {
			s.record(record.PointingStarted{})
			s.story.add(window.Pointed, grant.Set{})
		})
	}
	marks.Handle(in)
}
