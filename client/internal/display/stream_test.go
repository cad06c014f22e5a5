package display_test

import (
	"context"
	"errors"
	"image"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"beside/client/internal/consent"
	"beside/client/internal/display"
	"beside/client/internal/screen"
	wire "beside/signaling/display"
	"beside/signaling/grant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pattern is a screen in memory.
type pattern struct {
	changed chan struct{}

	mu      sync.Mutex
	mons    []screen.Monitor
	pix     wire.Framebuffer // the whole screen
	damage  screen.Damage
	pointer screen.Pointer
	grabs   int
	fail    error // of Grab
}

func newPattern(w, h int) *pattern {
	p := &pattern{changed: make(chan struct{}, 1)}
	p.pix.Resize(w, h)
	text(&p.pix, p.pix.Bounds(), 1)
	p.mons = []screen.Monitor{{Name: "whole", Area: p.pix.Bounds(), Primary: true}}
	p.pointer = screen.Pointer{Place: image.Pt(5, 6), Serial: 1, Shape: wire.PointerShape{W: 1, H: 1, RGBA: []byte{1, 2, 3, 4}}}
	return p
}

// do changes the screen and signals it.
func (p *pattern) do(f func()) {
	p.mu.Lock()
	f()
	p.mu.Unlock()
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

func (p *pattern) draw(r image.Rectangle, seed uint64) {
	p.do(func() {
		text(&p.pix, r, seed)
		p.damage.Rects = append(p.damage.Rects, r)
	})
}

func (p *pattern) Monitors() ([]screen.Monitor, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]screen.Monitor(nil), p.mons...), nil
}

func (p *pattern) Changed() <-chan struct{} { return p.changed }

func (p *pattern) Damage(l *consent.Lease, d *screen.Damage) error {
	return l.Do(func() error {
		p.mu.Lock()
		defer p.mu.Unlock()
		d.Rects, d.Layout = append(d.Rects[:0], p.damage.Rects...), p.damage.Layout
		p.damage.Rects, p.damage.Layout = p.damage.Rects[:0], false
		return nil
	})
}

func (p *pattern) Grab(l *consent.Lease, area image.Rectangle, f *wire.Framebuffer, rects []image.Rectangle) error {
	return l.Do(func() error {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.grabs++
		if p.fail != nil {
			return p.fail
		}
		for _, r := range rects {
			for y := r.Min.Y; y < r.Max.Y; y++ {
				at := r.Min.Add(area.Min)
				copy(f.Row(y, r.Min.X, r.Max.X), p.pix.Row(area.Min.Y+y, at.X, at.X+r.Dx()))
			}
		}
		return nil
	})
}

func (p *pattern) Pointer(l *consent.Lease, to *screen.Pointer) error {
	return l.Do(func() error {
		p.mu.Lock()
		defer p.mu.Unlock()
		*to = p.pointer
		return nil
	})
}

func (p *pattern) Close() error { return nil }

// show is one Stream with its viewer, which acknowledges by itself.
type show struct {
	src    *pattern
	gate   *consent.Gate
	stream *display.Stream
	cancel context.CancelFunc
	ended  chan error

	mu       sync.Mutex
	v        wire.Decoder
	resets   int
	mute     bool // acknowledges nothing
	drop     int  // messages still to lose
	inFlight int  // updates not acknowledged
	most     int
	messages int
	acks     [][]byte // held back while mute
}

func start(t *testing.T, src *pattern) *show {
	t.Helper()
	s := &show{src: src, gate: consent.NewGate(), ended: make(chan error, 1)}
	s.gate.Allow(grant.SetOf(grant.View))
	l, _ := s.gate.Lease(grant.View)
	s.stream = &display.Stream{Source: src, Lease: l, Send: s.receive}
	ctx, cancel := context.WithCancel(t.Context())
	s.cancel = cancel
	go func() { s.ended <- s.stream.Run(ctx) }()
	t.Cleanup(cancel)
	return s
}

// receive is the viewer: it answers like viewer/src/display does.
func (s *show) receive(msg []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages++
	if s.drop > 0 {
		s.drop--
		return nil
	}
	if h, _, err := wire.ParseHeader(msg); err == nil && h.Reset && h.Part == 0 {
		s.resets++
		s.inFlight = 0
	}
	seq, done, err := s.v.Receive(msg)
	switch {
	case err != nil:
		return s.stream.OnMessage(wire.AppendResync(nil, wire.Resync{Reason: wire.ReasonOf(err)}))
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
	return s.stream.OnMessage(ack)
}

func (s *show) listen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mute, s.inFlight = false, 0
	for _, a := range s.acks {
		_ = s.stream.OnMessage(a)
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
	s.mu.Lock()
	defer s.mu.Unlock()
	s.src.mu.Lock()
	defer s.src.mu.Unlock()
	if s.v.Screen.W != area.Dx() || s.v.Screen.H != area.Dy() {
		t.Fatalf("viewer shows %d×%d, want %v", s.v.Screen.W, s.v.Screen.H, area)
	}
	for y := range area.Dy() {
		got, want := s.v.Screen.Row(y, 0, area.Dx()), s.src.pix.Row(area.Min.Y+y, area.Min.X, area.Max.X)
		for x := range want {
			if got[x] != want[x] {
				t.Fatalf("pixel %d,%d: got %06x, want %06x", x, y, got[x], want[x])
			}
		}
	}
	if want := s.src.pointer.Place.Sub(area.Min); s.v.Place != want || s.v.Shape.W != s.src.pointer.Shape.W {
		t.Fatalf("pointer: got %v, %d wide; want %v, %d", s.v.Place, s.v.Shape.W, want, s.src.pointer.Shape.W)
	}
}

func TestStreamShowsTheScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(700, 500)
		s := start(t, src)
		s.exact(t, src.pix.Bounds())
		for i := range 40 {
			src.draw(image.Rect(10*i, 9*i, 10*i+50, 9*i+70), uint64(i))
			src.do(func() { src.pointer.Place.X += 3 })
			pass(time.Duration(i%7) * 5 * time.Millisecond)
		}
		s.exact(t, src.pix.Bounds())
		s.mu.Lock()
		before := s.messages
		s.mu.Unlock()
		pass(time.Minute)
		synctest.Wait()
		s.mu.Lock()
		if s.messages != before || s.resets != 1 {
			t.Errorf("at rest: %d messages a minute, %d resets; want 0, 1", s.messages-before, s.resets)
		}
		s.mu.Unlock()
		if st := s.stream.Stats(); st.Updates == 0 || st.Area != src.pix.Bounds() || st.Paint != time.Millisecond {
			t.Errorf("stats: got %+v", st)
		}
	})
}

// While the viewer acknowledges nothing, at most three updates are under way and
// nothing is captured; then the newest picture comes, not the ones between.
func TestNoQueueGrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(640, 480)
		s := start(t, src)
		s.exact(t, src.pix.Bounds())
		s.mu.Lock()
		s.mute, s.most, s.inFlight = true, 0, 0
		s.mu.Unlock()
		for i := range 100 {
			src.draw(src.pix.Bounds(), uint64(i))
			pass(10 * time.Millisecond)
		}
		synctest.Wait()
		s.mu.Lock()
		src.mu.Lock()
		if s.most == 0 || s.most > 3 || src.grabs > 10 {
			t.Errorf("got %d updates in flight, %d grabs; want at most 3 and few", s.most, src.grabs)
		}
		src.mu.Unlock()
		s.mu.Unlock()
		s.listen()
		s.exact(t, src.pix.Bounds())
	})
}

func TestLostMessageIsRepaired(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(640, 480)
		s := start(t, src)
		s.exact(t, src.pix.Bounds())
		for i := range 20 {
			s.mu.Lock()
			s.drop = i % 3
			s.mu.Unlock()
			src.draw(image.Rect(0, 20*i, 600, 20*i+30), uint64(i))
			pass(40 * time.Millisecond)
		}
		s.mu.Lock()
		s.drop = 0
		s.mu.Unlock()
		_ = s.stream.OnMessage(wire.AppendResync(nil, wire.Resync{Reason: wire.ReasonAsked})) // as a reloaded page does
		s.exact(t, src.pix.Bounds())
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.resets < 2 {
			t.Errorf("got %d resets, want some", s.resets)
		}
	})
}

func TestRevokeStopsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(640, 480)
		s := start(t, src)
		s.exact(t, src.pix.Bounds())
		s.gate.Revoke(grant.SetOf(grant.View))
		s.mu.Lock()
		before := s.messages
		s.mu.Unlock()
		src.draw(src.pix.Bounds(), 5)
		synctest.Wait()
		select {
		case err := <-s.ended:
			if !errors.Is(err, consent.ErrRevoked) {
				t.Errorf("Run: got %v, want ErrRevoked", err)
			}
		default:
			t.Error("Run has not ended")
		}
		if s.messages != before {
			t.Errorf("%d messages after the revocation", s.messages-before)
		}
	})
}

func TestHeldSendsNothingAndGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(640, 480)
		s := start(t, src)
		s.exact(t, src.pix.Bounds())
		release := s.gate.Hold(grant.SetOf(grant.View))
		s.mu.Lock()
		before := s.messages
		s.mu.Unlock()
		for i := range 20 {
			src.draw(src.pix.Bounds(), uint64(i))
			pass(50 * time.Millisecond)
		}
		synctest.Wait()
		s.mu.Lock()
		if s.messages != before {
			t.Errorf("%d messages while held", s.messages-before)
		}
		s.mu.Unlock()
		release()
		s.exact(t, src.pix.Bounds())
	})
}

func TestMonitorsChangeAndAreChosen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(900, 400)
		left := screen.Monitor{Name: "left", Area: image.Rect(0, 0, 401, 300), Primary: true}
		right := screen.Monitor{Name: "right", Area: image.Rect(401, 13, 900, 400)}
		src.mons = []screen.Monitor{left, right}
		s := start(t, src)
		s.exact(t, left.Area)
		s.stream.Show("right")
		s.exact(t, right.Area)
		src.draw(image.Rect(380, 100, 500, 200), 4)
		s.exact(t, right.Area)
		src.do(func() {
			src.mons = src.mons[:1]
			src.damage.Layout = true
		})
		s.exact(t, left.Area)
	})
}

// A grab that fails while the layout changes is tried again; one that keeps
// failing ends Run with its error.
func TestFailingGrab(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(300, 200)
		s := start(t, src)
		s.exact(t, src.pix.Bounds())
		broken := errors.New("bad match")
		src.do(func() {
			src.fail = broken
			src.damage.Rects = append(src.damage.Rects, image.Rect(0, 0, 9, 9))
		})
		pass(time.Second)
		src.do(func() { src.fail = nil })
		s.exact(t, src.pix.Bounds())
		src.do(func() {
			src.fail = broken
			src.damage.Rects = append(src.damage.Rects, image.Rect(0, 0, 9, 9))
		})
		if err := <-s.ended; !errors.Is(err, broken) {
			t.Errorf("Run: got %v, want %v", err, broken)
		}
	})
}

func TestHostileFeedback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(300, 200)
		s := start(t, src)
		for i := range 2000 {
			if err := s.stream.OnMessage(make([]byte, i%12)); !errors.Is(err, wire.ErrMalformed) {
				t.Fatalf("got %v, want ErrMalformed", err)
			}
			_ = s.stream.OnMessage(wire.AppendAck(nil, wire.Ack{Seq: uint32(i * 77777)}))
			_ = s.stream.OnMessage(wire.AppendResync(nil, wire.Resync{Reason: wire.ReasonAsked}))
			pass(time.Millisecond)
		}
		s.exact(t, src.pix.Bounds())
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.resets > 12 {
			t.Errorf("2 s of RESYNC made %d resets, want at most 4 a second", s.resets)
		}
	})
}

func TestContextEndsRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, newPattern(300, 200))
		pass(time.Second)
		s.cancel()
		if err := <-s.ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: got %v, want Canceled", err)
		}
	})
}
