package display_test

import (
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

// link carries messages to a viewer at a rate, with a delay each way.
type link struct {
	rate  int // bytes a second
	delay time.Duration
	loses int // of so many packets one comes late, and with it all behind it; 0: none
	seat  *display.Seat
	queue chan []byte

	mu      sync.Mutex
	waiting int // bytes sent and not yet delivered
	most    int
	sent    int
	packets int
	v       wire.Decoder
}

func (l *link) send(msg []byte) error {
	l.mu.Lock()
	l.waiting += len(msg)
	l.most = max(l.most, l.waiting)
	l.sent += len(msg)
	l.mu.Unlock()
	l.queue <- append([]byte(nil), msg...)
	return nil
}

// carry delivers until the queue is closed. Messages go out one after the other;
// the delay is the same for all, so their order holds.
func (l *link) carry() {
	var over sync.WaitGroup
	defer over.Wait()
	var behind time.Time // what was lost and sent again
	for msg := range l.queue {
		<-time.After(time.Second * time.Duration(len(msg)) / time.Duration(l.rate))
		arrives := time.Now().Add(l.delay)
		if l.loses > 0 {
			before := l.packets / l.loses
			if l.packets += 1 + len(msg)/1200; l.packets/l.loses > before {
				arrives = arrives.Add(3 * l.delay)
			}
		}
		if !arrives.After(behind) {
			arrives = behind.Add(time.Microsecond)
		}
		behind = arrives
		over.Go(func() { l.deliver(msg, arrives) })
	}
}

func (l *link) deliver(msg []byte, arrives time.Time) {
	<-time.After(time.Until(arrives))
	l.mu.Lock()
	l.waiting -= len(msg)
	seq, done, err := l.v.Receive(msg)
	l.mu.Unlock()
	if err != nil {
		panic(err)
	}
	if done {
		<-time.After(l.delay)
		_ = l.seat.OnMessage(wire.AppendAck(nil, wire.Ack{Seq: seq}))
	}
}

func (l *link) pixel(x, y int) uint32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.v.Screen.W <= x || l.v.Screen.H <= y {
		return 0
	}
	return l.v.Screen.Row(y, x, x+1)[0]
}

// On 5 Mbit/s with 40 ms of round trip a keystroke does not wait behind a whole
// new page, and little piles up on the way.
func TestSlowLinkStaysResponsive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(1600, 900)
		gate := consent.NewGate()
		gate.Allow(grant.SetOf(grant.View))
		lease, _ := gate.Lease(grant.View)
		l := &link{rate: 5_000_000 / 8, delay: 20 * time.Millisecond, queue: make(chan []byte, 1000)}
		stream := &display.Stream{Source: src}
		l.seat, _ = stream.Join(display.Viewer{Lease: lease, Send: l.send})
		var over sync.WaitGroup
		over.Go(l.carry)
		over.Go(func() { _ = stream.Run(t.Context()); close(l.queue) })
		pass(5 * time.Second)
		l.mu.Lock()
		l.most = 0
		l.mu.Unlock()
		var worst time.Duration
		for i := range 5 {
			src.draw(src.pix.Bounds(), uint64(100+i)) // a new page
			pass(60 * time.Millisecond)
			colour := uint32(0xff0001 + i)
			src.do(func() {
				r := image.Rect(1500, 850, 1508, 862)
				src.pix.Fill(r, colour)
				src.damage.Rects = append(src.damage.Rects, r)
			})
			at := time.Now()
			for l.pixel(1504, 856) != colour {
				pass(time.Millisecond)
			}
			worst = max(worst, time.Since(at))
			pass(3 * time.Second)
		}
		l.mu.Lock()
		most := l.most
		l.mu.Unlock()
		if worst > 150*time.Millisecond || most > 64<<10 {
			t.Errorf("keystroke took %v with %d bytes on the way; want at most 150ms, 64 KiB", worst, most)
		}
		gate.Revoke(grant.SetOf(grant.View))
		over.Wait()
	})
}
