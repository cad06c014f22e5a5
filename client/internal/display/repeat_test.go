package display_test

import (
	"image"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"beside/client/internal/consent"
	"beside/client/internal/display"
	wire "beside/signaling/display"
	"beside/signaling/grant"
)

// lossy is a way of 20 ms each way to a viewer, on which the transport makes up
// for a lost packet only after 300 ms, and holds up all that follows it.
type lossy struct {
	gate *consent.Gate
	seat *display.Seat
	over sync.WaitGroup

	mu      sync.Mutex
	v       wire.Decoder
	lose    bool          // the next message on the display channel
	after   time.Time     // what was sent last arrives then
	repeats int           // sent
	arrived []func() bool // in order
}

func (l *lossy) send(msg []byte) error {
	msg = slices.Clone(msg)
	l.mu.Lock()
	defer l.mu.Unlock()
	at := time.Now().Add(20 * time.Millisecond)
	if l.lose {
		at, l.lose = at.Add(300*time.Millisecond), false
	}
	if at.Before(l.after) {
		at = l.after
	}
	l.after = at
	wait := time.Until(at)
	l.arrived = append(l.arrived, func() bool {
		seq, ack, err := l.v.Receive(msg)
		return l.answer(seq, ack, err)
	})
	l.over.Go(func() {
		<-time.After(wait)
		l.mu.Lock()
		next := l.arrived[0]
		l.arrived = l.arrived[1:]
		next()
		l.mu.Unlock()
	})
	return nil
}

func (l *lossy) again(msg []byte) error {
	msg = slices.Clone(msg)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.repeats++
	l.over.Go(func() {
		<-time.After(20 * time.Millisecond)
		l.mu.Lock()
		defer l.mu.Unlock()
		seq, ack, err := l.v.ReceiveRepeat(msg)
		l.answer(seq, ack, err)
	})
	return nil
}

// startLossy shows a pattern over a lossy way, and waits until it rests.
func startLossy(t *testing.T) (*lossy, *pattern) {
	src := newPattern(400, 300)
	gate := consent.NewGate()
	gate.Allow(grant.SetOf(grant.View))
	lease, _ := gate.Lease(grant.View)
	l := &lossy{gate: gate}
	stream := &display.Stream{Source: src}
	l.seat, _ = stream.Join(display.Viewer{Lease: lease, Send: l.send, Repeat: l.again})
	l.over.Go(func() { _ = stream.Run(t.Context()) })
	pass(3 * time.Second)
	return l, src
}

// end takes the right away and waits for all that is under way.
func (l *lossy) end() {
	l.gate.Revoke(grant.SetOf(grant.View))
	l.over.Wait()
}

func (l *lossy) answer(seq uint32, ack bool, err error) bool {
	if err != nil {
		panic(err)
	}
	if ack {
		l.over.Go(func() {
			<-time.After(20 * time.Millisecond)
			_ = l.seat.OnMessage(wire.AppendAck(nil, wire.Ack{Seq: seq}))
		})
	}
	return ack
}

// A letter whose packet is lost is there hardly later than one whose is not, and
// what comes twice does no harm.
func TestLostLetterComesInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, src := startLossy(t)
		letter := image.Rect(100, 100, 108, 112)
		for i := range 20 {
			l.mu.Lock()
			l.lose = i%3 == 0
			l.mu.Unlock()
			colour := uint32(0xff0001 + i)
			src.do(func() {
				src.pix.Fill(letter, colour)
				src.damage.Rects = append(src.damage.Rects, letter)
			})
			pass(30 * time.Millisecond)
			l.mu.Lock()
			if got := l.v.Screen.Row(104, 104, 105)[0]; got != colour {
				t.Errorf("letter %d is not there after 30 ms: got %06x, want %06x", i, got, colour)
			}
			l.mu.Unlock()
			pass(time.Duration(370+i) * time.Millisecond)
		}
		if l.repeats < 7 || l.repeats > 45 {
			t.Errorf("got %d repeats for 20 letters, want each at most twice", l.repeats)
		}
		l.end()
	})
}

// Where a packet was lost, an update of some packets does not wait for it again.
func TestLostLinesComeInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, src := startLossy(t)
		lines := image.Rect(16, 16, 216, 112)
		for i := range 4 {
			l.mu.Lock()
			l.lose = true
			l.mu.Unlock()
			src.draw(lines, uint64(50+i))
			pass(40 * time.Millisecond)
			l.mu.Lock()
			there := slices.Equal(l.v.Screen.Row(70, 16, 216), src.pix.Row(70, 16, 216))
			l.mu.Unlock()
			if i > 0 && !there {
				t.Errorf("lines %d are not there after 40 ms", i)
			}
			pass(time.Second)
		}
		if st := l.seat.Stats(); st.Bytes < 1500*int64(st.Updates) {
			t.Errorf("updates of %d bytes: too small to tell", st.Bytes/int64(st.Updates))
		}
		l.end()
	})
}

// Near and without loss nothing is sent twice.
func TestNothingIsRepeatedNearby(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(400, 300)
		s := start(t, src)
		s.exact(t, src.pix.Bounds())
		for i := range 50 {
			src.draw(image.Rect(100, 100, 108, 112), uint64(i))
			pass(100 * time.Millisecond)
		}
		if st := s.seat.Stats(); st.Repeats != 0 {
			t.Errorf("got %d repeats, want 0", st.Repeats)
		}
	})
}
