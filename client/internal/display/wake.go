package display

import "time"

// nextWake is how long Run may sleep if nobody wakes it.
func (s *Stream) nextWake(now time.Time) time.Duration {
	next := now.Add(forever)
	soonest := func(at time.Time) {
		if at.Before(next) {
			next = at
		}
	}
	for _, v := range s.seats {
		if v.held {
			soonest(now.Add(heldPause))
		} else if v.lane == nil && !s.begin {
			soonest(v.begun.Add(resetPause))
		}
	}
	if s.begin {
		soonest(s.begun.Add(resetPause))
		return max(next.Sub(now), 0)
	}
	soonest(s.pointer.due())
	for _, v := range s.seats {
		if at, ok := v.repeat.next(); ok {
			soonest(at)
		}
		if now.Before(v.rejoin) {
			soonest(v.rejoin)
		}
	}
	for _, l := range s.lanes {
		if at, ok := l.enc.FilmsEnd(); ok {
			soonest(at)
		}
		if l.restful() {
			soonest(l.quiet.Add(restAfter))
		}
	}
	switch {
	case !s.anyRoom():
	case s.whole:
		soonest(now)
	case !s.news.IsZero():
		soonest(s.pace.due(s.news))
	}
	return max(next.Sub(now), 0)
}
