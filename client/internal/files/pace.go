package files

import (
	"sync"
	"time"

	"beside/signaling/control"
)

const (
	// Bytes under way to the technician, at least and at most.
	leastUnderWay = 2 * control.MaxPieceBytes
	mostUnderWay  = 32 * control.MaxPieceBytes
	// patient is how much longer than the quickest answer one may take: what is
	// more has waited in a queue, where the picture waits too (as LEDBAT, RFC 6817).
	patient = 4 * time.Millisecond
)

// Pace bounds what files have under way at once, so that the picture and the hands
// find no queue before them: fewer bytes when answers take longer than the quickest
// did, more when they do not. Safe for every goroutine.
type Pace struct {
	mu       sync.Mutex
	window   int
	underWay int
	quickest time.Duration
	cut      time.Time     // when the window was cut last
	room     chan struct{} // closed when there may be room
}

// NewPace returns the Pace of a connection on which nothing is under way.
func NewPace() *Pace { return &Pace{window: leastUnderWay, room: make(chan struct{})} }

// Take takes room for n bytes, or returns a channel that is closed when it is worth
// to try again.
func (p *Pace) Take(n int) (wait <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.underWay > 0 && p.underWay+n > p.window {
		return p.room
	}
	p.underWay += n
	return nil
}

// Gone gives room back for bytes that are under way no more, unanswered.
func (p *Pace) Gone(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.release(n)
}

// Answered takes note that n bytes arrived, some of which were sent took ago.
func (p *Pace) Answered(n int, took time.Duration, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.quickest == 0 || took < p.quickest {
		p.quickest = took
	}
	switch {
	case took <= p.quickest+patient:
		p.window = min(p.window+control.MaxPieceBytes*n/p.window, mostUnderWay)
	case now.Sub(p.cut) > took: // once for each round
		p.window = max(p.window*3/4, leastUnderWay)
		p.cut = now
	}
	p.release(n)
}

// release runs with mu held.
func (p *Pace) release(n int) {
	p.underWay -= n
	close(p.room)
	p.room = make(chan struct{})
}
