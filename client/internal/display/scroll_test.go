package display_test

import (
	"image"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"beside/client/internal/consent"
	"beside/client/internal/display"
	"beside/signaling/grant"
)

// On 5 Mbit/s with 40 ms of round trip, on which now and then a packet is lost and sent
// again, a scroll of text is a series of whole pictures.
func TestScrollOnASlowLinkShowsWholePictures(t *testing.T) {
	page := prose(1920, 6000, 1)
	synctest.Test(t, func(t *testing.T) {
		const step = 16 * time.Millisecond
		src := newPattern(1920, 1080)
		gate := consent.NewGate()
		gate.Allow(grant.SetOf(grant.View))
		lease, _ := gate.Lease(grant.View)
		l := &link{rate: 5_000_000 / 8, delay: 20 * time.Millisecond, queue: make(chan []byte, 1000), loses: 50}
		stream := &display.Stream{Source: src}
		l.seat, _ = stream.Join(display.Viewer{Lease: lease, Send: l.send})
		var over sync.WaitGroup
		over.Go(l.carry)
		over.Go(func() { _ = stream.Run(t.Context()); close(l.queue) })
		pass(2 * time.Second)
		seen, late := 0, time.Duration(0)
		var drawn [400]time.Time
		sent := l.sent
		last := 0
		for n := 1; n < 200; n++ {
			src.do(func() {
				place(&src.pix, src.pix.Bounds(), page, image.Pt(0, bounce(40*n, page.H-1080)))
				for _, r := range []image.Rectangle{image.Rect(0, 0, 8, 8), image.Rect(1900, 1070, 1920, 1080)} {
					src.pix.Fill(r, uint32(n))
				}
				src.damage.Rects = append(src.damage.Rects, src.pix.Bounds())
			})
			drawn[n] = time.Now()
			for end := drawn[n].Add(step); time.Now().Before(end); pass(time.Millisecond) {
				if top := int(l.pixel(0, 0)); top > last && top == int(l.pixel(1919, 1079)) && top < 400 {
					seen, last = seen+1, top
					late += time.Since(drawn[top])
				}
			}
		}
		took := 199 * step
		rate, mean := float64(seen)/took.Seconds(), late/time.Duration(max(seen, 1))
		if rate < 25 || mean > 60*time.Millisecond {
			t.Errorf("%.1f whole pictures/s, %v late, %d bytes/s; want at least 25, at most 60ms", rate, mean,
				int(float64(l.sent-sent)/took.Seconds()))
		}
		gate.Revoke(grant.SetOf(grant.View))
		over.Wait()
	})
}

func bounce(n, limit int) int {
	n %= 2 * limit
	return min(n, 2*limit-n)
}
