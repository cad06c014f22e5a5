package session

import (
	"time"
)

const (
	// restUnheard is how long input goes on without a word of the broker: two
	// beats fail, and a start of another broker has its time.
	restUnheard = 30 * time.Second
	// endUnheard is how long the session does.
	endUnheard = 5 * time.Minute
)

// vigil waits for words of the broker, which alone could say that the technician
// may no longer help. It begins with the first one. Owned by run.
type vigil struct {
	after     func(time.Duration, func()) *time.Timer
	rest, end func()
	timers    []*time.Timer
}

// newVigil calls rest and end, each once for every silence, by way of after.
func newVigil(after func(time.Duration, func()) *time.Timer, rest, end func()) *vigil {
	return &vigil{after: after, rest: rest, end: end}
}

// heard begins anew.
func (v *vigil) heard() {
	v.stop()
	v.timers = append(v.timers[:0], v.after(restUnheard, v.rest), v.after(endUnheard, v.end))
}

func (v *vigil) stop() {
	for _, t := range v.timers {
		t.Stop()
	}
}

// heard takes a word of the broker, whatever it says.
func (s *session) heard() {
	s.vigil.heard()
	if s.holds.broker.end != nil {
		s.holds.broker.release()
		s.apply()
	}
}

// onUnheard makes control rest: nobody vouches for it.
func (s *session) onUnheard() {
	if s.isOver() {
		return
	}
	s.log.Warn("nothing is heard of the broker: control rests")
	s.holds.broker.hold(vouched, s.gate)
	s.releaseHands()
	s.apply()
}
