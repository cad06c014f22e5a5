package display_test

import (
	"errors"
	"image"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"beside/client/internal/consent"
	"beside/client/internal/display"
	"beside/client/internal/video"
	wire "beside/signaling/display"
	"beside/signaling/grant"
)

// together starts a Stream with so many viewers and waits until all see it.
func together(t *testing.T, src *pattern, viewers int) []*show {
	t.Helper()
	all := []*show{start(t, src)}
	for len(all) < viewers {
		all = append(all, all[0].another(t))
	}
	exact(t, all...)
	return all
}

func exact(t *testing.T, viewers ...*show) {
	t.Helper()
	for _, s := range viewers {
		s.exact(t, s.src.pix.Bounds())
	}
}

// lanes is for how many viewers, that differ, updates are made now.
func lanes(t *testing.T, s *show) int {
	t.Helper()
	synctest.Wait()
	return s.seat.Stats().Lanes
}

// Viewers that keep up are sent the same updates, made once.
func TestViewersInStepShareALane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(700, 500)
		all := together(t, src, 4)
		if n := lanes(t, all[0]); n != 1 {
			t.Fatalf("got %d lanes, want 1", n)
		}
		before := make([]display.Stats, len(all))
		for i, s := range all {
			before[i] = s.seat.Stats()
		}
		for i := range 40 {
			src.draw(image.Rect(10*i, 9*i, 10*i+50, 9*i+70), uint64(i))
			pass(time.Duration(i%7) * 5 * time.Millisecond)
		}
		exact(t, all...)
		first := all[0].seat.Stats()
		for i, s := range all {
			st := s.seat.Stats()
			if st.Lanes != 1 || st.Splits != 0 || st.Resyncs != 0 || st.Viewers != 4 {
				t.Errorf("viewer %d: got %+v, want one lane, nothing split", i, st)
			}
			if got, want := st.Bytes-before[i].Bytes, first.Bytes-before[0].Bytes; got != want {
				t.Errorf("viewer %d: got %d bytes, the first got %d", i, got, want)
			}
		}
	})
}

// One that stops acknowledging is soon on its own: the others are shown every
// change at once. When it goes on it catches up and joins them again.
func TestSlowViewerDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(640, 480)
		all := together(t, src, 3)
		fast, slow := all[0], all[2]
		slow.mu.Lock()
		slow.mute, slow.most, slow.inFlight = true, 0, 0
		slow.mu.Unlock()
		for i := range 100 {
			r := image.Rect(40, 40, 600, 400)
			if i%2 == 0 {
				r = image.Rect(100, 100, 108, 112)
			}
			src.draw(r, uint64(i))
			pass(33 * time.Millisecond)
			synctest.Wait()
			fast.same(t, src.pix.Bounds(), src.pix.Bounds())
		}
		slow.mu.Lock()
		most := slow.most
		slow.mu.Unlock()
		if most > 6 {
			t.Errorf("the slow viewer has %d updates in flight, want at most 6", most)
		}
		if st := fast.seat.Stats(); st.Lanes != 2 || st.Splits != 1 {
			t.Errorf("got %d lanes after %d splits, want 2 after 1", st.Lanes, st.Splits)
		}
		slow.listen()
		exact(t, all...)
		if st := slow.seat.Stats(); st.Resyncs != 0 || st.Lanes != 1 {
			t.Errorf("afterwards: got %d lanes, %d resyncs; want 1, 0", st.Lanes, st.Resyncs)
		}
	})
}

// A viewer that is a little slower than another, again and again, stays alone for
// longer and longer, so that nothing goes to and fro.
func TestSlowViewerStaysAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(200, 150)
		all := together(t, src, 2)
		for i := range 600 {
			all[1].mu.Lock()
			all[1].mute = i%40 < 30
			mute := all[1].mute
			all[1].mu.Unlock()
			if !mute {
				all[1].listen()
			}
			src.draw(image.Rect(40, 40, 190, 140), uint64(i))
			pass(33 * time.Millisecond)
		}
		if st := all[0].seat.Stats(); st.Splits == 0 || st.Splits > 6 {
			t.Errorf("got %d splits in 20 s, want some and few", st.Splits)
		}
		exact(t, all...)
	})
}

// The pictures of those who are at rest are checked although another, who is in
// step as far as one can see, acknowledges nothing.
func TestCheckBesideOneWhoIsMute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(640, 480)
		all := together(t, src, 2)
		all[1].mu.Lock()
		all[1].mute = true
		all[1].mu.Unlock()
		before := all[0].seat.Stats().Updates
		src.draw(image.Rect(40, 40, 60, 50), 1)
		exact(t, all[0])
		if n := all[0].seat.Stats().Updates - before; n != 2 {
			t.Errorf("got %d updates, want the change and a check", n)
		}
		all[1].listen()
		exact(t, all...)
	})
}

// One who comes late sees the whole picture soon, whatever goes on, and then shares
// the work with the others.
func TestLateJoinerSeesEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(1920, 1080)
		first := start(t, src)
		exact(t, first)
		gate := consent.NewGate()
		gate.Allow(grant.SetOf(grant.View))
		lease, _ := gate.Lease(grant.View)
		// 1 Gbit/s; 2 ms each way, and 8 to paint.
		late := &link{rate: 1_000_000_000 / 8, delay: 6 * time.Millisecond, queue: make(chan []byte, 1000)}
		var over sync.WaitGroup
		over.Go(late.carry)
		at := time.Now()
		late.mu.Lock()
		late.seat, _ = first.stream.Join(display.Viewer{Lease: lease, Send: late.send})
		late.mu.Unlock()
		sees := func() bool {
			late.mu.Lock()
			defer late.mu.Unlock()
			src.mu.Lock()
			defer src.mu.Unlock()
			still := image.Rect(0, 100, 1920, 1080) // above, somebody types
			if late.v.Screen.W != 1920 || late.v.Screen.H != 1080 {
				return false
			}
			return late.v.Screen.Hash(still) == src.pix.Hash(still)
		}
		for i := 0; !sees() && i < 1000; i++ {
			src.draw(image.Rect(8*i%1900, 20, 8*i%1900+8, 32), uint64(i))
			pass(5 * time.Millisecond)
		}
		took := time.Since(at)
		t.Logf("the whole picture was there after %v", took)
		if took > 300*time.Millisecond {
			t.Errorf("the whole picture took %v, want at most 300ms", took)
		}
		exact(t, first)
		if n := lanes(t, first); n != 1 {
			t.Errorf("got %d lanes, want 1", n)
		}
		if st := first.seat.Stats(); st.Resyncs != 0 || st.Splits != 0 {
			t.Errorf("the first viewer noticed: %+v", st)
		}
		first.mu.Lock()
		resets := first.resets
		first.mu.Unlock()
		if resets != 1 {
			t.Errorf("the first viewer began anew %d times, want once", resets)
		}
		gate.Revoke(grant.SetOf(grant.View))
		<-late.seat.Done()
		close(late.queue)
		over.Wait()
	})
}

func TestLeaveAndRejoin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(500, 400)
		all := together(t, src, 2)
		all[0].seat.Leave()
		all[0].seat.Leave()
		<-all[0].seat.Done()
		if err := all[0].seat.Err(); err != nil {
			t.Errorf("Err after Leave: got %v, want nil", err)
		}
		all[0].mu.Lock()
		before := all[0].messages
		all[0].mu.Unlock()
		src.draw(image.Rect(10, 10, 300, 200), 3)
		exact(t, all[1])
		all[0].mu.Lock()
		if all[0].messages != before {
			t.Errorf("%d messages after Leave", all[0].messages-before)
		}
		all[0].mu.Unlock()
		back := all[1].another(t)
		exact(t, all[1], back)
		back.seat.Leave()
		all[1].seat.Leave()
		if err := <-all[1].ended; err != nil {
			t.Errorf("Run: got %v when all have left, want nil", err)
		}
		if _, err := all[1].stream.Join(display.Viewer{}); !errors.Is(err, display.ErrOver) {
			t.Errorf("Join: got %v, want ErrOver", err)
		}
	})
}

// Each viewer is shown the screen by its own right, and by no other's.
func TestRevokeOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(500, 400)
		all := together(t, src, 3)
		all[0].gate.Revoke(grant.SetOf(grant.View))
		all[0].mu.Lock()
		before := all[0].messages
		all[0].mu.Unlock()
		synctest.Wait()
		select {
		case <-all[0].seat.Done():
		default:
			t.Fatal("the seat is not over")
		}
		if err := all[0].seat.Err(); !errors.Is(err, consent.ErrRevoked) {
			t.Errorf("Err: got %v, want ErrRevoked", err)
		}
		src.draw(src.pix.Bounds(), 9)
		exact(t, all[1], all[2])
		all[0].mu.Lock()
		if all[0].messages != before {
			t.Errorf("%d messages after the revocation", all[0].messages-before)
		}
		all[0].mu.Unlock()
		if st := all[1].seat.Stats(); st.Viewers != 2 || st.Lanes != 1 {
			t.Errorf("got %+v, want 2 viewers in 1 lane", st)
		}
	})
}

// While one right rests, its viewer is sent nothing and the others all; while all
// rest nothing is captured.
func TestHoldOneThenAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(500, 400)
		all := together(t, src, 2)
		release := all[0].gate.Hold(grant.SetOf(grant.View))
		all[0].mu.Lock()
		before := all[0].messages
		all[0].mu.Unlock()
		for i := range 10 {
			src.draw(image.Rect(10, 10, 300, 200), uint64(i))
			pass(100 * time.Millisecond)
		}
		exact(t, all[1])
		all[0].mu.Lock()
		if all[0].messages != before {
			t.Errorf("%d messages while held", all[0].messages-before)
		}
		all[0].mu.Unlock()
		releaseOther := all[1].gate.Hold(grant.SetOf(grant.View))
		src.mu.Lock()
		grabs := src.grabs
		src.mu.Unlock()
		src.draw(src.pix.Bounds(), 77)
		pass(time.Second)
		src.mu.Lock()
		if src.grabs != grabs {
			t.Errorf("%d grabs while nobody may see", src.grabs-grabs)
		}
		src.mu.Unlock()
		release()
		exact(t, all[0])
		releaseOther()
		exact(t, all...)
		if n := lanes(t, all[0]); n != 1 {
			t.Errorf("got %d lanes, want 1", n)
		}
	})
}

// A viewer whose picture is lost begins anew alone.
func TestResyncOfOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(500, 400)
		all := together(t, src, 3)
		if err := all[1].seat.OnMessage(wire.AppendResync(nil, wire.Resync{Reason: wire.ReasonHash})); err != nil {
			t.Fatal(err)
		}
		src.draw(image.Rect(10, 10, 300, 200), 5)
		exact(t, all...)
		for i, want := range []int{1, 2, 1} {
			all[i].mu.Lock()
			if all[i].resets != want {
				t.Errorf("viewer %d began anew %d times, want %d", i, all[i].resets, want)
			}
			all[i].mu.Unlock()
		}
		if n := lanes(t, all[0]); n != 1 {
			t.Errorf("got %d lanes, want 1", n)
		}
	})
}

func TestViewersAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(100, 80)
		all := together(t, src, 8)
		if _, err := all[0].stream.Join(display.Viewer{}); !errors.Is(err, display.ErrFull) {
			t.Errorf("a ninth viewer: got %v, want ErrFull", err)
		}
		all[3].seat.Leave()
		<-all[3].seat.Done()
		exact(t, all[0].another(t))
	})
}

// A send that fails ends that viewer's part only.
func TestBrokenWayOfOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(300, 200)
		s := start(t, src)
		exact(t, s)
		gate := consent.NewGate()
		gate.Allow(grant.SetOf(grant.View))
		lease, _ := gate.Lease(grant.View)
		broken := errors.New("no way")
		seat, err := s.stream.Join(display.Viewer{Lease: lease, Send: func([]byte) error { return broken }})
		if err != nil {
			t.Fatal(err)
		}
		<-seat.Done()
		if err := seat.Err(); !errors.Is(err, broken) {
			t.Errorf("Err: got %v, want %v", err, broken)
		}
		src.draw(image.Rect(10, 10, 300, 200), 5)
		exact(t, s)
	})
}

// A film is encoded once for all who decode the same, also for one who comes while
// it runs.
func TestFilmForSeveral(t *testing.T) {
	for name, codecs := range map[string][]wire.Codec{"jpeg": nil, "video": {wire.VP9}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := newPattern(400, 300)
				all := together(t, src, 2)
				for _, s := range all {
					s.seat.Decodes(codecs)
				}
				film := image.Rect(70, 50, 270, 210)
				src.play(film, 0, 20)
				late := all[0].another(t)
				late.seat.Decodes(codecs)
				src.play(film, 20, 40)
				if n := lanes(t, late); n != 1 {
					t.Errorf("got %d lanes while the film runs, want 1", n)
				}
				for i, s := range append(all, late) {
					s.mu.Lock()
					if s.pictures < 20 {
						t.Errorf("viewer %d saw %d pictures, want at least 20", i, s.pictures)
					}
					s.mu.Unlock()
					if st := s.seat.Stats(); st.FilmErrors > 0 || st.Resyncs > 0 || st.Pictures > 60 {
						t.Errorf("viewer %d: got %+v", i, st)
					}
				}
				exact(t, append(all, late)...)
			})
		})
	}
}

// One who decodes less, or has not said what, spoils no film of the others.
func TestViewersOfDifferentCodecs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(400, 300)
		all := together(t, src, 3)
		all[0].seat.Decodes([]wire.Codec{wire.VP9})
		all[1].seat.Decodes(nil)
		film := image.Rect(70, 50, 270, 210)
		src.play(film, 0, 40)
		want := 2
		if slices.Contains(video.Codecs(), video.VP9) { // else the first can be sent no more than the second
			want = 3
		}
		if n := lanes(t, all[0]); n != want {
			t.Errorf("got %d lanes, want %d", n, want)
		}
		exact(t, all...)
		all[1].seat.Decodes([]wire.Codec{wire.VP9})
		src.play(film, 0, 40)
		exact(t, all...)
		if n := lanes(t, all[0]); n != 2 {
			t.Errorf("got %d lanes, want 2", n)
		}
		for i, s := range all {
			if st := s.seat.Stats(); st.Resyncs > 0 || st.FilmErrors > 0 {
				t.Errorf("viewer %d: got %+v", i, st)
			}
		}
	})
}
