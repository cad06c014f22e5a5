package session

import (
	"net/http"
	"sync/atomic"
	"time"
)

// brokerClock is the time as the broker has it. Tokens live by the broker's
// clock, and computers at home are minutes or hours off: whoever needs help may
// not have to set their clock first. The broker gains nothing by lying here: the
// tokens that are judged by this time are its own.
type brokerClock struct {
	ahead atomic.Int64 // of this computer's clock, in nanoseconds
}

// sameClock is how far apart two clocks may be and count as one: what tokens
// allow anyway, while a Date has whole seconds.
const sameClock = 3 * time.Second

func (c *brokerClock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// read learns from an answer's Date (RFC 9110 §6.6.1) that came just now.
func (c *brokerClock) read(h http.Header) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return // a proxy took it away: what is known stays
	}
	ahead := time.Until(date)
	if ahead.Abs() < sameClock {
		ahead = 0
	}
	c.ahead.Store(int64(ahead))
}
