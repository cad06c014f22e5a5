package display

import "time"

// delivery finds out what a link carries although the page at its end may be slow:
// one that draws a large picture gets to an update only after a frame or two, the
// more so the more of them there are, and what is sent to it would become less and
// less. So what counts is the best rate of late, as in BBR (draft-ietf-ccwg-bbr,
// §4.1): no page makes a link look faster than it is. Owned by the window.
type delivery struct {
	now  delivered // so far
	rate float64   // bytes a second at best, 0 unknown
	at   time.Time // when that was
}

// delivered is how many bytes were acknowledged, and when the last of them, or when
// there began to be something to acknowledge.
type delivered struct {
	bytes int
	at    time.Time
}

const (
	bestMemory = 5 * time.Second      // the best rate counts for so long: a link may get worse
	bunched    = 2 * time.Millisecond // between two acknowledgements: both updates had waited for the page
)

// renew lets the best rate count for longer: the page is slow, so it says nothing of
// the link. Far away that may as well be a lost packet that held up both.
func (d *delivery) renew(at time.Time) { d.at = at }

// measure learns from an update that arrived then; was is what had been delivered
// when it was sent. The time begins with the acknowledgement before, not with the
// update, so that what a lost packet has held up and comes all at once is not fast.
func (d *delivery) measure(was delivered, at time.Time) {
	bytes := d.now.bytes - was.bytes
	if bytes < rateSample {
		return
	}
	rate := float64(bytes) / max(at.Sub(was.at), 100*time.Microsecond).Seconds()
	if rate >= d.rate || at.Sub(d.at) > bestMemory {
		d.rate, d.at = rate, at
	}
}
