package display

import (
	"fmt"
	"math/rand/v2"
	"time"

	"beside/client/internal/consent"
	wire "beside/signaling/display"
)

// Viewer is what a Stream needs of one viewer.
type Viewer struct {
	Lease *consent.Lease // to view
	// Send sends one message on the viewer's display channel. It must not block
	// for long nor keep the message. It runs inside the Lease.
	Send func(msg []byte) error
	// Repeat, if set, sends the message of an update once more, on the viewer's
	// repeat channel; the update must not begin anew and must have one message. It
	// must not block nor keep the message. It runs inside the Lease.
	Repeat func(msg []byte) error
}

// Seat is the place of one viewer before a Stream, from Join until its right is
// revoked, its Send fails, it leaves or the Stream ends. Its methods are safe for
// every goroutine.
type Seat struct {
	viewer Viewer
	stream *Stream
	mail   seatMail
	done   chan struct{}
	why    error // set before done is closed

	// Owned by the goroutine of Run.
	lane    *lane         // nil: it waits to begin anew
	begun   time.Time     // when that was done last
	held    bool          // the right rests
	left    bool          // the viewer wants no more
	efforts []effort      // by which films can be encoded for this viewer
	joined  time.Time     // its lane
	rejoin  time.Time     // it was too slow for a lane and may join one again then; zero: it was not
	apart   time.Duration // it stayed alone then
	win     window
	repeat  repeater
	clocks  clocks
	seq     uint32 // of the last update
	stats   Stats  // of this viewer alone
	tap     *tap   // nil: nothing is recorded

	update  Update       // for sendFn
	sendFn  func() error // sendUpdate, bound once so that sending allocates nothing
	twice   []byte       // for againFn
	againFn func() error // sends twice
}

// newSeat returns a Seat that is shown nothing yet. Its first number is random, so
// that a late repeat of an earlier stream's update matches none of its own.
func newSeat(s *Stream, viewer Viewer) *Seat {
	// #nosec G404 -- the first number is no secret: it only differs from the last stream's
	v := &Seat{viewer: viewer, stream: s, done: make(chan struct{}), seq: rand.Uint32()}
	v.sendFn = v.sendUpdate
	v.againFn = func() error {
		_ = v.viewer.Repeat(v.twice)
		return nil
	}
	return v
}

// Done is closed when the viewer is not shown the screen any more.
func (v *Seat) Done() <-chan struct{} { return v.done }

// Err says why Done is closed: consent.ErrRevoked, what Send or Run returned, or nil
// after Leave. Before Done is closed it is nil.
func (v *Seat) Err() error {
	select {
	case <-v.done:
		return v.why
	default:
		return nil
	}
}

func (v *Seat) over(why error) {
	v.why = why
	close(v.done)
}

// send sends an update under this viewer's own number.
func (v *Seat) send(u Update, now time.Time) error {
	v.seq++
	u.Seq = v.seq
	for _, msg := range u.Messages {
		wire.Renumber(msg, v.seq)
	}
	v.update = u
	start := time.Now()
	if err := v.viewer.Lease.Do(v.sendFn); err != nil {
		return err
	}
	lap(&v.stats.Stages.Send, start)
	v.win.sent(u, now)
	if v.viewer.Repeat != nil {
		v.repeat.sent(u, now, v.win.rtt, v.win.rate)
	}
	v.record(u)
	v.stats.Updates++
	v.stats.Bytes += int64(u.Bytes)
	return nil
}

func (v *Seat) sendUpdate() error {
	for _, msg := range v.update.Messages {
		if err := v.viewer.Send(msg); err != nil {
			return fmt.Errorf("send a display update: %w", err)
		}
	}
	return nil
}

// again repeats the small updates whose time has come. One that cannot be sent is
// one chance less, and no error: it went out on the display channel before.
func (v *Seat) again(now time.Time) {
	for v.twice = v.repeat.due(now); v.twice != nil; v.twice = v.repeat.due(now) {
		if v.viewer.Lease.Do(v.againFn) == nil {
			v.stats.Repeats++
		}
	}
}

func (v *Seat) hasRoomForFilm() bool {
	return v.win.room() > 0 && len(v.win.flight) < maxInFlight-1
}

// mayRejoin reports whether the viewer may share a lane: for a while not after it
// was too slow for one, and not while there is a film, which would be too much for
// it again.
func (v *Seat) mayRejoin(now time.Time, filming bool) bool {
	return v.rejoin.IsZero() || !filming && !now.Before(v.rejoin)
}

// onAcked learns from an acknowledgement.
func (v *Seat) onAcked(ack wire.Ack, at time.Time) {
	v.stats.Paint = ack.Paint
	v.repeat.acked(ack.Seq)
	last, ok := v.win.acked(ack.Seq, ack.Paint, at)
	if !ok {
		return
	}
	took := at.Sub(last.at)
	if ack.Paint < wire.Rested {
		v.stats.Stages.answered(ack, last.at, at, &v.clocks)
		// Near by, a page that is busy answers as late as if something was lost.
		if v.win.rate > 0 && (v.win.rtt >= farAway || last.alone && last.bytes < rateSample) {
			queued := time.Duration(float64(last.ahead) / v.win.rate * float64(time.Second))
			v.repeat.late(took-ack.Paint-queued, v.win.rtt, at)
		}
	}
}
