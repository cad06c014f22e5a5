package display_test

import (
	"context"
	"errors"
	"image"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"beside/client/internal/consent"
	"beside/client/internal/screen"
	"beside/signaling/control"
	wire "beside/signaling/display"
	"beside/signaling/grant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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
		if st := s.seat.Stats(); st.Updates == 0 || st.Area != src.pix.Bounds() || st.Paint != time.Millisecond {
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
		_ = s.seat.OnMessage(wire.AppendResync(nil, wire.Resync{Reason: wire.ReasonAsked})) // as a reloaded page does
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
		s.seat.Show("right")
		s.exact(t, right.Area)
		src.draw(image.Rect(380, 100, 500, 200), 4)
		s.exact(t, right.Area)
		src.do(func() {
			src.mons = src.mons[:1]
			src.damage.Layout = true
		})
		s.exact(t, left.Area)
		s.seat.Show(control.AllMonitors)
		s.exact(t, left.Area)
		src.do(func() {
			src.mons = append(src.mons, right)
			src.damage.Layout = true
		})
		s.exact(t, src.pix.Bounds())
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
			if err := s.seat.OnMessage(make([]byte, i%12)); !errors.Is(err, wire.ErrMalformed) {
				t.Fatalf("got %v, want ErrMalformed", err)
			}
			_ = s.seat.OnMessage(wire.AppendAck(nil, wire.Ack{Seq: uint32(i * 77777)}))
			_ = s.seat.OnMessage(wire.AppendResync(nil, wire.Resync{Reason: wire.ReasonAsked}))
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
