package display_test

import (
	"context"
	"image"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"beside/client/internal/consent"
	"beside/client/internal/display"
	wire "beside/signaling/display"
	"beside/signaling/grant"
)

// show is one viewer of a Stream, which acknowledges by itself.
type show struct {
	src    *pattern
	gate   *consent.Gate // of this viewer alone
	stream *display.Stream
	seat   *display.Seat
	cancel context.CancelFunc
	ended  chan error

	mu       sync.Mutex
	v        wire.Decoder
	resets   int
	mute     bool  // acknowledges nothing
	drop     int   // messages still to lose
	lossy    bool  // some were lost
	bad      error // the first update that could not be used
	inFlight int   // updates not acknowledged
	most     int
	messages int
	pictures int              // of films
	acks     [][]byte         // held back while mute
	wire     func(msg []byte) // if set, sees every message from the first on
}

func start(t *testing.T, src *pattern) *show {
	t.Helper()
	return startSeen(t, src, nil)
}

// startSeen starts a Stream of which wire, if not nil, sees every message.
func startSeen(t *testing.T, src *pattern, wire func(msg []byte)) *show {
	t.Helper()
	s := &show{src: src, stream: &display.Stream{Source: src}, ended: make(chan error, 1), wire: wire}
	s.join(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.cancel = cancel
	go func() { s.ended <- s.stream.Run(ctx) }()
	t.Cleanup(cancel)
	return s
}

// another is one more viewer of the same Stream.
func (s *show) another(t failer) *show {
	t.Helper()
	o := &show{src: s.src, stream: s.stream, cancel: s.cancel, ended: s.ended}
	o.join(t)
	return o
}

func (s *show) join(t failer) {
	t.Helper()
	s.gate = consent.NewGate()
	s.gate.Allow(grant.SetOf(grant.View))
	l, _ := s.gate.Lease(grant.View)
	s.mu.Lock() // receive waits until there is a Seat
	defer s.mu.Unlock()
	var err error
	if s.seat, err = s.stream.Join(display.Viewer{Lease: l, Send: s.receive, Repeat: s.again}); err != nil {
		t.Fatal(err)
	}
}

// receive is the viewer: it answers like viewer/src/display does.
func (s *show) receive(msg []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages++
	if s.wire != nil {
		s.wire(msg)
	}
	if s.drop > 0 {
		s.drop--
		return nil
	}
	if h, _, err := wire.ParseHeader(msg); err == nil && h.Reset && h.Part == 0 {
		s.resets++
		s.inFlight = 0
	}
	s.v.Media = func(wire.Media) error { s.pictures++; return nil }
	seq, done, err := s.v.Receive(msg)
	switch {
	case err != nil:
		if s.bad == nil {
			s.bad = err
		}
		return s.seat.OnMessage(wire.AppendResync(nil, wire.Resync{Reason: wire.ReasonOf(err)}))
	case !done:
		return nil
	}
	s.inFlight++
	s.most = max(s.most, s.inFlight)
	ack := wire.AppendAck(nil, wire.Ack{Seq: seq, Paint: time.Millisecond})
	if s.mute {
		s.acks = append(s.acks, ack)
		return nil
	}
	s.inFlight = 0
	return s.seat.OnMessage(ack)
}

// again is the repeat channel of a way that loses nothing.
func (s *show) again(msg []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	seq, ack, err := s.v.ReceiveRepeat(msg)
	if err != nil || !ack {
		return err
	}
	return s.seat.OnMessage(wire.AppendAck(nil, wire.Ack{Seq: seq}))
}

func (s *show) listen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mute, s.inFlight = false, 0
	for _, a := range s.acks {
		_ = s.seat.OnMessage(a)
	}
	s.acks = nil
}

// pass lets time go by in the bubble of a synctest.
func pass(d time.Duration) { <-time.After(d) }

// exact waits for rest and checks that the viewer shows area of the screen.
func (s *show) exact(t *testing.T, area image.Rectangle) {
	t.Helper()
	pass(3 * time.Second)
	synctest.Wait()
	s.same(t, area, area)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.src.mu.Lock()
	defer s.src.mu.Unlock()
	if s.v.Screen.W != area.Dx() || s.v.Screen.H != area.Dy() {
		t.Fatalf("viewer shows %d×%d, want %v", s.v.Screen.W, s.v.Screen.H, area)
	}
	if want := s.src.pointer.Place.Sub(area.Min); s.v.Place != want || s.v.Shape.W != s.src.pointer.Shape.W {
		t.Fatalf("pointer: got %v, %d wide; want %v, %d", s.v.Place, s.v.Shape.W, want, s.src.pointer.Shape.W)
	}
}

// same checks that the viewer, which shows area of the screen, has its pixels in part.
func (s *show) same(t failer, area, part image.Rectangle) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.src.mu.Lock()
	defer s.src.mu.Unlock()
	for y := part.Min.Y; y < part.Max.Y; y++ {
		got := s.v.Screen.Row(y-area.Min.Y, part.Min.X-area.Min.X, part.Max.X-area.Min.X)
		want := s.src.pix.Row(y, part.Min.X, part.Max.X)
		for x := range want {
			if got[x] != want[x] {
				t.Fatalf("pixel %d,%d: got %06x, want %06x", part.Min.X+x, y, got[x], want[x])
			}
		}
	}
}
