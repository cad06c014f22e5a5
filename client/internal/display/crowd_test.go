package display_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"beside/client/internal/display"
	wire "beside/signaling/display"
	"beside/signaling/grant"
)

// crowd is a Stream whose viewers come and go as they like.
type crowd struct {
	src    *pattern
	stream *display.Stream
	all    []*show
	end    func() error
	hold   map[*show]func()
	films  int
}

func newCrowd(t *rapid.T) *crowd {
	c := &crowd{src: newPattern(rapid.IntRange(30, 300).Draw(t, "w"), rapid.IntRange(30, 250).Draw(t, "h")), hold: map[*show]func(){}}
	c.stream = &display.Stream{Source: c.src}
	c.join(t) // Run ends when there is nobody
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.stream.Run(ctx) }()
	c.end = func() error {
		cancel()
		return <-ended
	}
	return c
}

func (c *crowd) join(t *rapid.T) {
	s := &show{src: c.src, stream: c.stream}
	s.join(t)
	c.all = append(c.all, s)
	c.decodes(t, s)
	if rapid.Bool().Draw(t, "recorded") {
		record(t, s, rapid.IntRange(1, 30).Draw(t, "updates between pictures"))
	}
}

func (c *crowd) decodes(t *rapid.T, s *show) {
	switch rapid.IntRange(0, 2).Draw(t, "decodes") {
	case 0: // has not said
	case 1:
		s.seat.Decodes(nil)
	case 2:
		s.seat.Decodes([]wire.Codec{wire.VP9})
	}
}

// act lets something happen.
func (c *crowd) act(t *rapid.T) {
	i := rapid.IntRange(0, len(c.all)-1).Draw(t, "who")
	s := c.all[i]
	switch rapid.SampledFrom([]string{"draw", "draw", "draw", "storm", "storm", "film", "film", "pointer", "join", "leave", "revoke", "mute", "mute",
		"listen", "drop", "resync", "hold", "release", "decodes"}).Draw(t, "act") {
	case "draw":
		c.draw(t)
	case "storm":
		for range rapid.IntRange(5, 12).Draw(t, "changes") {
			c.draw(t)
			pass(time.Duration(rapid.IntRange(1, 25).Draw(t, "apart")) * time.Millisecond)
		}
	case "film":
		c.films++
		c.src.play(c.src.pix.Bounds().Inset(10), 100*c.films, rapid.IntRange(3, 12).Draw(t, "pictures"))
	case "pointer":
		c.src.do(func() { c.src.pointer.Place.X = rapid.IntRange(0, 99).Draw(t, "x") })
	case "join":
		if len(c.all) < 4 {
			c.join(t)
		}
	case "leave", "revoke":
		if len(c.all) < 2 {
			return
		}
		if s.seat.Leave(); rapid.Bool().Draw(t, "by revocation") {
			s.gate.Revoke(grant.SetOf(grant.View))
		}
		<-s.seat.Done()
		c.all = append(c.all[:i], c.all[i+1:]...)
	case "mute":
		s.mu.Lock()
		s.mute = true
		s.mu.Unlock()
	case "listen":
		s.listen()
	case "drop":
		s.mu.Lock()
		s.drop, s.lossy = rapid.IntRange(1, 3).Draw(t, "messages"), true
		s.mu.Unlock()
	case "resync":
		_ = s.seat.OnMessage(wire.AppendResync(nil, wire.Resync{Reason: wire.ReasonAsked}))
	case "hold":
		if c.hold[s] == nil {
			c.hold[s] = s.gate.Hold(grant.SetOf(grant.View))
		}
	case "release":
		c.release(s)
	case "decodes":
		c.decodes(t, s)
	}
}

func (c *crowd) draw(t *rapid.T) {
	c.src.do(func() { c.src.damage.Rects = append(c.src.damage.Rects, draw(t, &c.src.pix)) })
}

func (c *crowd) release(s *show) {
	if c.hold[s] != nil {
		c.hold[s]()
		delete(c.hold, s)
	}
}

// timeless is a test whose deadline, which is of real time, says nothing in a bubble.
type timeless struct{ *testing.T }

func (timeless) Deadline() (at time.Time, ok bool) { return at, false }

// Whoever comes, goes, stalls, loses messages or begins anew, and whatever the screen
// does meanwhile: all see exactly the screen once it rests, by as few updates as
// their codecs allow, and nobody who lost nothing ever saw an update that was not
// for him. What is recorded plays as he saw it, all the while.
func TestEveryViewerBecomesExact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rapid.Check(timeless{t}, func(t *rapid.T) {
			c := newCrowd(t)
			defer func() {
				if err := c.end(); !errors.Is(err, context.Canceled) {
					t.Errorf("Run: got %v", err)
				}
			}()
			for range rapid.IntRange(5, 40).Draw(t, "acts") {
				c.act(t)
				pass(time.Duration(rapid.SampledFrom([]int{0, 1, 5, 20, 60, 300, 1500}).Draw(t, "ms")) * time.Millisecond)
			}
			for _, s := range c.all {
				s.mu.Lock()
				lost := s.drop > 0 // what is lost at the very end nobody notices
				s.drop = 0
				s.mu.Unlock()
				c.release(s)
				s.listen()
				if lost || s.lossy {
					_ = s.seat.OnMessage(wire.AppendResync(nil, wire.Resync{Reason: wire.ReasonAsked}))
				}
				s.seat.Decodes(nil)
			}
			pass(time.Minute)
			synctest.Wait()
			for i, s := range c.all {
				s.same(t, c.src.pix.Bounds(), c.src.pix.Bounds())
				if s.bad != nil && !s.lossy {
					t.Fatalf("viewer %d of %d was sent what it could not use: %v", i, len(c.all), s.bad)
				}
				if got, want := s.v.Place, c.src.pointer.Place; got != want {
					t.Fatalf("viewer %d: pointer at %v, want %v", i, got, want)
				}
			}
			if st := c.all[0].seat.Stats(); st.Lanes != 1 {
				t.Fatalf("at rest: %d lanes for %d viewers, want 1", st.Lanes, st.Viewers)
			}
		})
	})
}
