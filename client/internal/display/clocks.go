package display

import (
	"time"

	wire "beside/signaling/display"
)

// clocks brings the viewer's clock and ours together by the exchange that was on
// its way for the shortest time: what is left when painting is taken out cannot have
// waited for much, so half of it was the way there (as in NTP, RFC 5905 §8). Owned
// by the Stream's goroutine, one for each viewer.
type clocks struct {
	way  time.Duration // of that exchange, there and back; 0 before the first
	sent time.Time
	here wire.Clock // when its update had arrived
}

// ways says how long an update was on its way, and its acknowledgement. Neither
// is negative, whatever the viewer says; together they are what is left of the
// exchange without painting.
func (c *clocks) ways(ack wire.Ack, sent, at time.Time) (there, back time.Duration) {
	way := max(at.Sub(sent)-ack.Paint, 0)
	if c.sent.IsZero() || way <= c.way || sent.Sub(c.sent) > clockMemory {
		c.way, c.sent, c.here = way, sent, ack.Begun
	}
	there = ack.Begun.Since(c.here) - sent.Sub(c.sent) + c.way/2
	there = min(max(there, 0), way)
	return there, way - there
}

// clockMemory is after how long clocks may have drifted apart: by a millisecond in
// a bad case.
const clockMemory = 10 * time.Second
