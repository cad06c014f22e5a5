package pointing_test

import (
	"errors"
	"image"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"beside/client/internal/consent"
	"beside/client/internal/pointing"
	"beside/signaling/control"
	"beside/signaling/grant"
)

var monitor = image.Rect(100, 50, 100+1024, 50+512)

// paper keeps what is drawn.
type paper struct {
	mu     sync.Mutex
	at     image.Point
	wide   int // 0: nothing is drawn
	draws  int
	closed bool
	broken error
}

func (p *paper) Draw(at image.Point, diameter int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at, p.wide = at, diameter
	p.draws++
	return p.broken
}
func (p *paper) Wipe() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wide = 0
	return nil
}

func (p *paper) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wide, p.closed = 0, true
	return nil
}

// width is how wide the ring is that is there; 0: there is none.
func (p *paper) width() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.wide
}

// table is a gate with the right to point, and marks that have it.
func table(t *testing.T) (*consent.Gate, *pointing.Marks, *paper) {
	t.Helper()
	g, p := consent.NewGate(), &paper{}
	m := pointing.New(p, slog.New(slog.NewTextHandler(t.Output(), nil)))
	t.Cleanup(m.Close)
	g.Allow(grant.SetOf(grant.Point))
	lease, _ := g.Lease(grant.Point)
	m.Use(lease)
	m.Show(monitor)
	return g, m, p
}

func TestPlacesAreFractionsOfWhatTheTechnicianSees(t *testing.T) {
	_, m, p := table(t)
	for _, tt := range []struct {
		x, y uint16
		want image.Point
	}{
		{0, 0, monitor.Min}, {65535, 65535, monitor.Max.Sub(image.Pt(1, 1))}, {32768, 16384, image.Pt(612, 178)},
	} {
		m.Handle(control.Here{N: 1, X: tt.x, Y: tt.y})
		if p.at != tt.want || p.width() == 0 {
			t.Errorf("%d, %d: drawn at %v, %d wide, want %v", tt.x, tt.y, p.at, p.width(), tt.want)
		}
	}
}

func TestPointsThatWereOvertakenAreDropped(t *testing.T) {
	_, m, p := table(t)
	m.Handle(control.Point{N: 5, X: 500})
	at := p.at
	for _, late := range []control.Input{control.Point{N: 4, X: 900}, control.Point{N: 5, X: 900}} {
		m.Handle(late)
	}
	if p.at != at {
		t.Errorf("a late point moved the ring to %v", p.at)
	}
	m.Handle(control.Unpoint{N: 7})
	m.Handle(control.Point{N: 6, X: 900})
	if p.width() != 0 {
		t.Error("a point that was overtaken by the end of pointing draws a ring")
	}
	m.Forget() // a new connection
	m.Handle(control.Point{N: 1, X: 900})
	if p.width() == 0 {
		t.Error("the first point of a new connection draws nothing")
	}
}

func TestNothingIsDrawnWithoutTheRight(t *testing.T) {
	for name, take := range map[string]func(*consent.Gate, *pointing.Marks){
		"revoked":      func(g *consent.Gate, _ *pointing.Marks) { g.Revoke(grant.SetOf(grant.Point)) },
		"held":         func(g *consent.Gate, _ *pointing.Marks) { g.Hold(grant.SetOf(grant.Point)) },
		"never lent":   func(_ *consent.Gate, m *pointing.Marks) { m.Use(nil) },
		"no monitor":   func(_ *consent.Gate, m *pointing.Marks) { m.Show(image.Rectangle{}) },
		"shut":         func(g *consent.Gate, _ *pointing.Marks) { g.Shut() },
		"closed marks": func(_ *consent.Gate, m *pointing.Marks) { m.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			g, m, p := table(t)
			take(g, m)
			m.Handle(control.Here{N: 1})
			m.Handle(control.Point{N: 2})
			if p.draws != 0 {
				t.Errorf("drawn %d times", p.draws)
			}
		})
	}
}

// A ring that was drawn is wiped by the first message after its right went.
func TestARingDoesNotOutliveItsRight(t *testing.T) {
	g, m, p := table(t)
	m.Handle(control.Point{N: 1})
	g.Revoke(grant.SetOf(grant.Point))
	m.Handle(control.Point{N: 2})
	if p.width() != 0 {
		t.Error("the ring stays")
	}
}

func TestAPressIsLargerForAMomentAndARestingRingGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, m, p := table(t)
		small := pointing.Diameter(monitor)
		m.Handle(control.Point{N: 1})
		if p.width() != small {
			t.Errorf("%d wide, want %d", p.width(), small)
		}
		m.Handle(control.Here{N: 2, X: 9})
		m.Handle(control.Point{N: 3, X: 10}) // the mouse trembles
		if p.width() != 2*small {
			t.Errorf("after a press %d wide, want %d", p.width(), 2*small)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if p.width() != small {
			t.Errorf("a second later %d wide, want %d", p.width(), small)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if p.width() != 0 {
			t.Error("a ring that nobody moves stays")
		}
		m.Close()
		if !p.closed {
			t.Error("the pen stays open")
		}
	})
}

// A screen that takes nothing any more is told of once.
func TestFailuresAreToldOnce(t *testing.T) {
	var said strings.Builder
	g, p := consent.NewGate(), &paper{broken: errors.New("no screen")}
	m := pointing.New(p, slog.New(slog.NewTextHandler(&said, nil)))
	defer m.Close()
	g.Allow(grant.SetOf(grant.Point))
	lease, _ := g.Lease(grant.Point)
	m.Use(lease)
	m.Show(monitor)
	for n := range uint32(5) {
		m.Handle(control.Point{N: n + 1})
	}
	if n := strings.Count(said.String(), "ring not drawn"); n != 1 {
		t.Errorf("told %d times, want once", n)
	}
}

func TestRingsAreSeenOnEveryScreen(t *testing.T) {
	for height, want := range map[int]int{600: 48, 1080: 67, 2160: 135, 8000: 160} {
		if got := pointing.Diameter(image.Rect(0, 0, 1, height)); got != want {
			t.Errorf("%d pixels high: %d wide, want %d", height, got, want)
		}
	}
}
