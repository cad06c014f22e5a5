package display

import (
	"testing"
	"time"
)

// page is a viewer that gets to what has come only between two of its frames.
type page struct {
	w     window
	now   time.Time
	seq   uint32
	free  time.Time // the link carries what was sent until then
	rate  float64   // of the link, bytes a second
	way   time.Duration
	frame time.Duration
}

// turn sends as much as there is room for, lets the page draw frames, and has it
// acknowledge what has come before each of them.
func (p *page) turn() (sent int) {
	type arrival struct {
		seq uint32
		at  time.Time
	}
	var coming []arrival
	for room := p.w.room(); room > 0; room = p.w.room() {
		p.seq++
		p.w.sent(Update{Seq: p.seq, Bytes: room}, p.now)
		if p.free.Before(p.now) {
			p.free = p.now
		}
		p.free = p.free.Add(time.Duration(float64(room) / p.rate * float64(time.Second)))
		coming = append(coming, arrival{p.seq, p.free.Add(p.way / 2)})
		sent += room
	}
	for len(coming) > 0 {
		p.now = p.now.Add(p.frame)
		n := 0
		for n < len(coming) && !p.now.Before(coming[n].at) {
			n++
		}
		if n > 0 {
			p.w.acked(coming[n-1].seq, 0, p.now.Add(p.way/2))
			coming = coming[n:]
		}
	}
	p.now = p.now.Add(p.way / 2)
	return sent
}

// A page that draws a large picture is slow; a link that is fast remains so.
func TestSlowPageIsNoSlowLink(t *testing.T) {
	p := page{now: time.Unix(1000, 0), rate: 50e6, way: time.Millisecond, frame: 4 * time.Millisecond}
	for range 5 {
		p.turn()
	}
	p.frame = 80 * time.Millisecond
	for i := range 200 {
		if sent := p.turn(); sent < 3*sliceBytes {
			t.Fatalf("turn %d: %d bytes are sent for a frame, want %d or more", i, sent, 3*sliceBytes)
		}
	}
	if p.w.link() < slowLink {
		t.Errorf("the link is taken for one of %.0f bytes a second", p.w.link())
	}
}

// However slow the page, the best rate is none that the link does not carry.
func TestSlowLinkIsNotTakenForFast(t *testing.T) {
	for _, frame := range []time.Duration{time.Millisecond, 16 * time.Millisecond, 80 * time.Millisecond} {
		p := page{now: time.Unix(1000, 0), rate: 600e3, way: 40 * time.Millisecond, frame: frame}
		for range 50 {
			p.turn()
			if p.w.best.rate > p.rate {
				t.Fatalf("a frame of %v: the best rate is %.0f bytes a second, of a link of %.0f", frame, p.w.best.rate, p.rate)
			}
		}
		if p.w.best.rate < p.rate/4 {
			t.Errorf("a frame of %v: the best rate is %.0f bytes a second, of a link of %.0f", frame, p.w.best.rate, p.rate)
		}
	}
}

// A slow link that was a fast one is known for what it is after a while.
func TestBestRateIsForgotten(t *testing.T) {
	p := page{now: time.Unix(1000, 0), rate: 50e6, way: time.Millisecond, frame: time.Millisecond}
	p.turn()
	p.rate = 600e3
	for end := p.now.Add(2 * bestMemory); p.now.Before(end); {
		p.turn()
	}
	if p.w.link() > 1.5*p.rate {
		t.Errorf("after %v the link is taken for one of %.0f bytes a second", 2*bestMemory, p.w.link())
	}
}
