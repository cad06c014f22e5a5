package display_test

import (
	"image"
	"sync"

	"beside/client/internal/consent"
	"beside/client/internal/screen"
	wire "beside/signaling/display"
)

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
	func() {
		p.mu.Lock()
		defer p.mu.Unlock() // f may panic: a rapid check does
		f()
	}()
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
