package video

import "time"

// Bounds of the time between two pictures as the rate control sees it.
const (
	firstInterval = 33 * time.Millisecond
	leastInterval = 8 * time.Millisecond
	mostInterval  = 100 * time.Millisecond
)

// clock makes the time stamps that rate control works by. The codecs give a picture the bits of the time since the
// one before: real intervals would make quality flicker as they jitter, and make a burst of the first picture after
// a pause. So these are smoothed, and a pause counts no longer than mostInterval.
type clock struct {
	last     time.Duration
	pts      time.Duration
	interval time.Duration // zero before the first picture
}

// next returns the time stamp of a picture of the moment at, and how long it lasts.
func (c *clock) next(at time.Duration) (pts, duration time.Duration) {
	if c.interval == 0 {
		c.interval = firstInterval
	} else {
		since := min(max(at-c.last, leastInterval), mostInterval)
		c.interval += (since - c.interval) / 8
		c.pts += c.interval
	}
	c.last = at
	return c.pts, c.interval
}
