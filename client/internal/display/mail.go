package display

import (
	"errors"
	"image"
	"slices"
	"sync"
	"time"

	wire "beside/signaling/display"
)

const (
	maxSide    = wire.MaxSide
	maxViewers = 8 // of one Stream
)

// Errors of Join.
var (
	ErrFull = errors.New("no more viewers can be shown this screen")
	ErrOver = errors.New("the screen is not shown any more")
)

// mail is what other goroutines told a Stream since its own looked last. Newer
// news replaces older, so it does not grow.
type mail struct {
	wake chan struct{} // capacity 1

	mu      sync.Mutex
	monitor *string
	near    *image.Point
	joined  []*Seat // at most maxViewers
	viewers int     // that have joined and not gone
	closed  bool    // Run has ended
}

// seatMail is the same of one viewer.
type seatMail struct {
	mu      sync.Mutex
	acked   bool
	ack     wire.Ack
	ackAt   time.Time
	resync  bool
	noVideo bool // a picture of a codec could not be decoded
	left    bool
	codecs  *[]wire.Codec
	tap     *tap
	tapped  bool // tap is news
	stats   Stats
}

// Join lets one more viewer see what the Stream shows, from the whole picture on.
// It returns ErrFull, or ErrOver when Run has ended: then a new Stream is needed.
func (s *Stream) Join(viewer Viewer) (*Seat, error) {
	s.init()
	s.mail.mu.Lock()
	defer s.mail.mu.Unlock()
	switch {
	case s.mail.closed:
		return nil, ErrOver
	case s.mail.viewers >= maxViewers:
		return nil, ErrFull
	}
	v := newSeat(s, viewer)
	s.mail.viewers++
	s.mail.joined = append(s.mail.joined, v)
	s.signal()
	return v, nil
}

// Leave ends the Seat, soon. It may be called more than once.
func (v *Seat) Leave() {
	v.post(func(m *seatMail) { m.left = true })
}

// OnMessage takes a message of the viewer from the display or the repeat channel,
// in whose order acknowledgements need not come. The error is of a message that is
// not of the format; nothing else comes of such a one.
func (v *Seat) OnMessage(msg []byte) error {
	fb, err := wire.ParseFeedback(msg)
	if err != nil {
		return err
	}
	v.post(func(m *seatMail) {
		if fb.Resync != nil {
			m.resync, m.noVideo = true, m.noVideo || fb.Resync.Reason == wire.ReasonVideo
			return
		}
		if !m.acked || int32(fb.Ack.Seq-m.ack.Seq) > 0 {
			m.acked, m.ack, m.ackAt = true, *fb.Ack, time.Now()
		}
	})
	return nil
}

// Decodes says which codecs the viewer can decode, besides JPEG.
func (v *Seat) Decodes(codecs []wire.Codec) {
	v.post(func(m *seatMail) { m.codecs = &codecs })
}

// Show changes, for all viewers, to the monitor of that name, "" for the primary
// one.
func (v *Seat) Show(monitor string) {
	v.stream.post(func(m *mail) { m.monitor = &monitor })
}

// Near says where, relative to the picture, input was injected: what changes
// there is sent first, to all viewers, and the pointer is looked at soon.
func (v *Seat) Near(p image.Point) {
	v.stream.post(func(m *mail) { m.near = &p })
}

// Stats returns what was done for this viewer so far, by itself and with others.
func (v *Seat) Stats() Stats {
	v.mail.mu.Lock()
	defer v.mail.mu.Unlock()
	return v.mail.stats
}

func (s *Stream) post(write func(*mail)) {
	s.mail.mu.Lock()
	write(&s.mail)
	s.mail.mu.Unlock()
	s.signal()
}

func (v *Seat) post(write func(*seatMail)) {
	v.mail.mu.Lock()
	write(&v.mail)
	v.mail.mu.Unlock()
	v.stream.signal()
}

// signal has Run look at the mail.
func (s *Stream) signal() {
	select {
	case s.mail.wake <- struct{}{}:
	default: // Run has not looked since the last signal and will see this too
	}
}

// takeMail acts on what was posted.
func (s *Stream) takeMail(now time.Time) {
	s.mail.mu.Lock()
	m := &s.mail
	if m.monitor != nil {
		s.wanted, s.begin, m.monitor = *m.monitor, true, nil
	}
	if m.near != nil {
		s.near, s.pointer.moved, m.near = *m.near, now, nil
		for _, l := range s.lanes {
			l.enc.Near(s.near)
		}
	}
	joined := m.joined
	m.joined = nil // a later Join makes a new one
	s.mail.mu.Unlock()
	for _, v := range joined {
		s.seats = append(s.seats, v)
		s.helpers.Go(func() {
			select {
			case <-v.viewer.Lease.Done():
				s.signal()
			case <-v.done:
			}
		})
	}
	for _, v := range s.seats {
		s.takeSeatMail(v)
	}
}

func (s *Stream) takeSeatMail(v *Seat) {
	v.mail.mu.Lock()
	defer v.mail.mu.Unlock()
	m := &v.mail
	v.left = m.left
	if m.acked {
		v.onAcked(m.ack, m.ackAt)
		m.acked = false
	}
	if m.resync {
		s.stand(v)
		m.resync = false
		v.stats.Resyncs++
	}
	if m.noVideo {
		v.efforts = without(v.efforts)
		m.noVideo = false
	}
	if m.tapped {
		if v.tap = m.tap; v.tap.to == nil {
			v.tap = nil
		}
		m.tap, m.tapped = nil, false
	}
	if m.codecs != nil {
		s.decodes(v, *m.codecs)
		m.codecs = nil
	}
}

// noneJoined reports whether nobody waits to be let in.
func (s *Stream) noneJoined() bool {
	s.mail.mu.Lock()
	defer s.mail.mu.Unlock()
	return len(s.mail.joined) == 0
}

// leave counts a viewer less.
func (s *Stream) leave() {
	s.mail.mu.Lock()
	s.mail.viewers--
	s.mail.mu.Unlock()
}

// closeDoor lets nobody in any more, and returns who waited.
func (s *Stream) closeDoor() []*Seat {
	s.mail.mu.Lock()
	defer s.mail.mu.Unlock()
	waiting := slices.Clone(s.mail.joined)
	s.mail.joined, s.mail.closed = nil, true
	return waiting
}
