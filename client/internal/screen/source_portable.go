package screen

import (
	"fmt"
	"image"
	"slices"
	"sync"
	"time"

	"github.com/kbinani/screenshot"

	"beside/client/internal/consent"
	"beside/signaling/display"
)

// How often the portable Source looks.
const (
	portableBusy = 100 * time.Millisecond // after a change
	portableIdle = time.Second            // at most, when nothing changes
	bandRows     = 16                     // rows compared as one
)

// Portable is the Source that works everywhere: it takes a whole screenshot
// every now and then and compares it with the one before. It is slow and does
// not see the pointer; it serves where there is nothing better.
type Portable struct {
	changed chan struct{}
	stop    chan struct{}
	over    sync.WaitGroup // the ticker
	once    sync.Once

	mu     sync.Mutex
	pause  time.Duration // until the ticker looks again
	closed bool

	monitors []Monitor
	shots    map[image.Rectangle]*display.Framebuffer // last seen, by monitor
}

// OpenPortable opens the screen without looking at it.
func OpenPortable() (*Portable, error) {
	p := &Portable{
		changed: make(chan struct{}, 1),
		stop:    make(chan struct{}),
		pause:   portableBusy,
		shots:   make(map[image.Rectangle]*display.Framebuffer),
	}
	var err error
	if p.monitors, err = p.Monitors(); err != nil {
		return nil, err
	}
	p.over.Go(p.tick)
	return p, nil
}

// tick says "perhaps" again and again, slower while nothing changes.
func (p *Portable) tick() {
	for {
		p.mu.Lock()
		pause := p.pause
		p.pause = min(pause*5/4, portableIdle)
		p.mu.Unlock()
		select {
		case <-p.stop:
			return
		case <-time.After(pause):
		}
		p.signal()
	}
}

func (p *Portable) signal() {
	select {
	case p.changed <- struct{}{}:
	default: // a signal already waits
	}
}

// Changed implements Source.
func (p *Portable) Changed() <-chan struct{} { return p.changed }

// Monitors implements Source.
func (p *Portable) Monitors() ([]Monitor, error) {
	var out []Monitor
	for i := range screenshot.NumActiveDisplays() {
		area := screenshot.GetDisplayBounds(i)
		if area.Empty() || area.Dx() > display.MaxSide || area.Dy() > display.MaxSide {
			continue
		}
		out = append(out, Monitor{Name: fmt.Sprintf("monitor %d", i+1), Area: area, Primary: i == 0})
	}
	if len(out) == 0 {
		return nil, none("no monitor found")
	}
	return out, nil
}

// Damage implements Source: it takes a screenshot of every monitor that was
// grabbed before and compares.
func (p *Portable) Damage(l *consent.Lease, d *Damage) error {
	d.Rects, d.Layout = d.Rects[:0], false
	if p.isClosed() {
		return ErrClosed
	}
	now, err := p.Monitors()
	if err != nil {
		return err
	}
	if !slices.Equal(now, p.monitors) {
		p.monitors, d.Layout = now, true
		for area := range p.shots {
			d.Rects = append(d.Rects, area)
		}
		clear(p.shots)
	}
	for area := range p.shots {
		if err := p.shoot(l, area, d); err != nil {
			return err
		}
	}
	if len(d.Rects) > 0 || d.Layout {
		p.mu.Lock()
		p.pause = portableBusy
		p.mu.Unlock()
	}
	return nil
}

// shoot takes a screenshot of area and adds the rows that changed to d.
func (p *Portable) shoot(l *consent.Lease, area image.Rectangle, d *Damage) error {
	var img *image.RGBA
	if err := l.Do(func() (err error) {
		img, err = screenshot.CaptureRect(area)
		return err
	}); err != nil {
		return fmt.Errorf("take a screenshot: %w", err)
	}
	f := p.shots[area]
	if f == nil || img.Rect.Dx() != f.W || img.Rect.Dy() != f.H {
		return fmt.Errorf("screenshot of %v has size %v", area, img.Rect.Size())
	}
	for y := 0; y < f.H; y += bandRows {
		end := min(y+bandRows, f.H)
		if band := keepRGBA(f, img, y, end); band {
			d.Rects = append(d.Rects, image.Rect(0, y, f.W, end).Add(area.Min))
		}
	}
	return nil
}

// keepRGBA copies the rows y0 ≤ y < y1 of img to f and says whether they differed.
func keepRGBA(f *display.Framebuffer, img *image.RGBA, y0, y1 int) bool {
	differ := false
	for y := y0; y < y1; y++ {
		src := img.Pix[y*img.Stride:]
		row := f.Row(y, 0, f.W)
		for x := range row {
			px := uint32(src[4*x])<<16 | uint32(src[4*x+1])<<8 | uint32(src[4*x+2])
			if px != row[x] {
				row[x], differ = px, true
			}
		}
	}
	return differ
}

// Grab implements Source. It copies from the last screenshot and takes the
// first one of area itself.
func (p *Portable) Grab(l *consent.Lease, area image.Rectangle, f *display.Framebuffer, rects []image.Rectangle) error {
	if p.isClosed() {
		return ErrClosed
	}
	if p.shots[area] == nil {
		clear(p.shots) // one monitor is shown at a time
		p.shots[area] = new(display.Framebuffer)
		p.shots[area].Resize(area.Dx(), area.Dy())
		var d Damage
		if err := p.shoot(l, area, &d); err != nil {
			delete(p.shots, area)
			return err
		}
	}
	shot := p.shots[area]
	return l.Do(func() error {
		for _, r := range rects {
			for y := r.Min.Y; y < r.Max.Y; y++ {
				copy(f.Row(y, r.Min.X, r.Max.X), shot.Row(y, r.Min.X, r.Max.X))
			}
		}
		return nil
	})
}

// Pointer implements Source: this one does not see the pointer.
func (p *Portable) Pointer(*consent.Lease, *Pointer) error { return nil }

func (p *Portable) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

// Close implements Source.
func (p *Portable) Close() error {
	p.once.Do(func() {
		p.mu.Lock()
		p.closed = true
		p.mu.Unlock()
		close(p.stop)
		p.signal()
	})
	p.over.Wait()
	return nil
}
