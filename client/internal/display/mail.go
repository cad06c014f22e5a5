package display

import (
	"image"
	"sync"
	"time"

	wire "beside/signaling/display"
)

const maxSide = wire.MaxSide

// mail is what other goroutines told a Stream since its own looked last. Newer
// news replaces older, so it does not grow.
type mail struct {
	wake chan struct{} // capacity 1

	mu      sync.Mutex
	acked   bool
	ack     wire.Ack
	ackAt   time.Time
	resync  bool
	noVideo bool // a picture of a codec could not be decoded
	monitor *string
	near    *image.Point
	codecs  *[]wire.Codec
	stats   Stats
}

// Stats is what a Stream did so far.
type Stats struct {
	Updates, Resyncs int
	Repeats          int
	Pictures         int           // of films
	FilmErrors       int           // of their encoders
	Filming          time.Duration // that encoding the pictures took
	Bytes            int64
	RoundTrip        time.Duration   // shortest of late: sent, painted, acknowledged
	Paint            time.Duration   // the viewer's last
	Rate             float64         // bytes a second that the viewer takes, 0 unknown
	Area             image.Rectangle // shown, in the coordinates of the whole screen
	Stages           Stages
}

// OnMessage takes a message of the viewer from the display or the repeat channel,
// in whose order acknowledgements need not come. The error is
// of a message that is not of the format; the Stream is not affected.
func (s *Stream) OnMessage(msg []byte) error {
	fb, err := wire.ParseFeedback(msg)
	if err != nil {
		return err
	}
	s.post(func(m *mail) {
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

// Show changes to the monitor of that name, "" for the primary one.
func (s *Stream) Show(monitor string) {
	s.post(func(m *mail) { m.monitor = &monitor })
}

// Decodes says which codecs the viewer can decode, besides JPEG.
func (s *Stream) Decodes(codecs []wire.Codec) {
	s.post(func(m *mail) { m.codecs = &codecs })
}

// Near says where, relative to the picture, input was injected: what changes
// there is sent first, and the pointer is looked at soon.
func (s *Stream) Near(p image.Point) {
	s.post(func(m *mail) { m.near = &p })
}

// Stats returns what the Stream did so far.
func (s *Stream) Stats() Stats {
	s.mail.mu.Lock()
	defer s.mail.mu.Unlock()
	return s.mail.stats
}

func (s *Stream) post(write func(*mail)) {
	s.init()
	s.mail.mu.Lock()
	write(&s.mail)
	s.mail.mu.Unlock()
	select {
	case s.mail.wake <- struct{}{}:
	default: // Run has not looked since the last signal and will see this too
	}
}

// takeMail acts on what was posted.
func (s *Stream) takeMail(now time.Time) {
	s.mail.mu.Lock()
	defer s.mail.mu.Unlock()
	m := &s.mail
	if m.acked {
		if last, ok := s.win.acked(m.ack.Seq, m.ack.Paint, m.ackAt); ok {
			s.onAcked(last, m.ack, m.ackAt)
		}
		s.repeat.acked(m.ack.Seq)
		s.stats.Paint = m.ack.Paint
		m.acked = false
	}
	if m.resync {
		s.begin, m.resync = true, false
		s.stats.Resyncs++
	}
	if m.monitor != nil {
		s.wanted, s.begin, m.monitor = *m.monitor, true, nil
	}
	if m.noVideo {
		s.filmOtherwise()
		m.noVideo = false
	}
	if m.codecs != nil {
		s.decodes(*m.codecs)
		m.codecs = nil
	}
	if m.near != nil {
		s.enc.Near(*m.near)
		s.pointer.moved, m.near = now, nil
	}
}

// onAcked learns from the acknowledgement of an update.
func (s *Stream) onAcked(last inFlight, ack wire.Ack, at time.Time) {
	took := at.Sub(last.at)
	s.stats.Stages.Answers++
	s.stats.Stages.Answer += took
	s.stats.Stages.Paint += ack.Paint
	if last.alone && last.bytes < rateSample {
		s.repeat.late(took, s.win.rtt, at)
	}
}

func (s *Stream) publish() {
	s.stats.RoundTrip, s.stats.Rate, s.stats.Area = s.win.rtt, s.win.rate, s.shown.Area
	s.mail.mu.Lock()
	s.mail.stats = s.stats
	s.mail.mu.Unlock()
}
