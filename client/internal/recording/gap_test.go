package recording_test

import (
	"bytes"
	"image"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"beside/client/internal/display"
	wire "beside/signaling/display"
	format "beside/signaling/recording"
)

// missing are the reasons of a recording's gaps. The player has a text for each.
func (p played) missing() (reasons []string) {
	for _, e := range p.events {
		if e.Kind == format.Missing {
			reasons = append(reasons, e.Reason)
		}
	}
	return reasons
}

// TestBrokerAwayForTooLong: what cannot be kept any more until the broker is back is a
// gap that says so, and then it goes on with a whole picture.
func TestBrokerAwayForTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := setUpWith(t, 1<<20)
		noise := rand.New(rand.NewPCG(1, 2))
		away := func(is bool) {
			s.broker.mu.Lock()
			s.broker.away = is
			s.broker.mu.Unlock()
		}
		away(true)
		for range 300 {
			s.src.change(image.Rect(64, 64, 160, 160), func() uint32 { return noise.Uint32() & 0xffffff })
			pass(200 * time.Millisecond)
		}
		away(false)
		pass(2 * time.Minute)
		s.src.draw(7)
		pass(time.Second)
		res, p := s.end(t)
		if got := p.missing(); len(got) != 1 || got[0] != "spool" || res.Missing < 30*time.Second {
			t.Errorf("gaps %v of %v, want one of the spool", got, res.Missing)
		}
		if p.screen.Hash(s.src.pix.Bounds()) != s.src.pix.Hash(s.src.pix.Bounds()) {
			t.Error("another picture after the gap")
		}
	})
}

// TestMachineThatCannotKeepUp: updates that come faster than they can be sealed are
// left out, not waited for, and the gap says so.
func TestMachineThatCannotKeepUp(t *testing.T) {
	var screen wire.Framebuffer
	screen.Resize(512, 512)
	noise := rand.New(rand.NewPCG(3, 4))
	for i := range screen.Pix {
		screen.Pix[i] = noise.Uint32() & 0xffffff
	}
	enc := display.NewEncoder(&screen)
	enc.Reset()
	enc.Changed([]image.Rectangle{screen.Bounds()}, time.Time{})
	first, ok := enc.Next(900 << 10)
	if !ok || first.Bytes < 500<<10 {
		t.Fatalf("an update of %d bytes", first.Bytes)
	}
	for i, m := range first.Messages {
		first.Messages[i] = bytes.Clone(m)
	}
	synctest.Test(t, func(t *testing.T) {
		s := setUp(t)
		s.src.draw(1)
		pass(time.Second)
		overrun := first
		overrun.Reset = false
		for range 2000 { // a gigabyte at once; once one was left out, none is taken
			s.rec.Update(overrun)
		}
		pass(5 * time.Second)
		s.src.draw(2)
		pass(5 * time.Second)
		s.rec.End()
		<-s.rec.Uploaded()
		var reasons []string
		key := s.key(t)
		for i, l := range s.broker.leaves {
			plain, err := key.Open(l.Span, s.broker.chunks[i])
			if err != nil {
				t.Fatal(err)
			}
			for r, err := range format.Records(l.Span, plain) {
				if err != nil {
					t.Fatal(err)
				}
				if e, err := format.ParseEvent(r.Data); r.Kind == format.KindEvent && err == nil && e.Kind == format.Missing {
					reasons = append(reasons, e.Reason)
				}
			}
		}
		if len(reasons) != 1 || reasons[0] != "slow" {
			t.Errorf("gaps %v, want one of a slow machine", reasons)
		}
	})
}
