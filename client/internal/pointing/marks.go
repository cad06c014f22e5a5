// Package pointing shows the person where the technician wants them to look: a
// ring on their screen that lets every click through and touches nothing. It is in
// the picture like everything on that screen, so the technician sees what the
// person sees.
package pointing

import (
	"image"
	"log/slog"
	"sync"
	"time"

	"beside/client/internal/consent"
	"beside/signaling/control"
)

// Pen draws the one ring on the screen. Its methods return at once.
type Pen interface {
	// Draw puts the ring around a pixel of the desktop, as wide as diameter.
	Draw(at image.Point, diameter int) error
	// Wipe takes it away.
	Wipe() error
	// Close takes it away for good.
	Close() error
}

const (
	// restAfter is how long a ring stays where nobody moves it.
	restAfter = 6 * time.Second
	// pressedFor is how long the ring is larger after a press.
	pressedFor = 700 * time.Millisecond
	pressed    = 2 // times as large
)

// Marks is where the technician points, under the right to. All methods are safe
// for every goroutine.
type Marks struct {
	log *slog.Logger

	mu      sync.Mutex
	pen     Pen // nil once closed
	lease   *consent.Lease
	shown   image.Rectangle // the monitor that the technician sees, in pixels of the desktop
	last    uint32          // highest count of a message
	at      image.Point
	large   bool        // the ring is, for a moment
	drawn   bool        // a ring is on the screen
	timer   *time.Timer // makes it smaller, or takes it away
	failing bool        // the pen failed, and the log says so
}

// New returns Marks that draw with pen and own it.
func New(pen Pen, log *slog.Logger) *Marks {
	m := &Marks{pen: pen, log: log}
	m.timer = time.AfterFunc(time.Hour, m.tick)
	m.timer.Stop()
	return m
}

// Use takes the proof of the right; nil when there is none, which wipes.
func (m *Marks) Use(lease *consent.Lease) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.lease = lease; lease == nil {
		m.wipe()
	}
}

// Show says which part of the desktop the technician sees.
func (m *Marks) Show(monitor image.Rectangle) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.shown = monitor
}

// Handle takes one message. A point that was overtaken is dropped.
func (m *Marks) Handle(in control.Input) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch in := in.(type) {
	case control.Point:
		if in.N > m.last {
			m.last = in.N
			m.point(in.X, in.Y, false)
		}
	case control.Here:
		m.last = max(m.last, in.N)
		m.point(in.X, in.Y, true)
	case control.Unpoint:
		m.last = max(m.last, in.N)
		m.wipe()
	}
}

// Wipe takes the ring away until the next message.
func (m *Marks) Wipe() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wipe()
}

// Forget is called when the connection is lost: the next one counts from anew.
func (m *Marks) Forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last = 0
	m.wipe()
}

// Close takes the ring away for good. When it returns none is there.
func (m *Marks) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.timer.Stop()
	if m.pen == nil {
		return
	}
	if err := m.pen.Close(); err != nil {
		m.log.Warn("ring not taken away", "error", err)
	}
	m.pen, m.drawn = nil, false
}

// point runs with mu held, as all below do.
func (m *Marks) point(x, y uint16, large bool) {
	if m.shown.Empty() {
		return
	}
	m.at = m.shown.Min.Add(image.Pt(int(x)*m.shown.Dx()>>16, int(y)*m.shown.Dy()>>16))
	m.large = m.large || large
	if !m.draw() {
		m.wipe()
		return
	}
	if large || !m.large {
		m.timer.Reset(map[bool]time.Duration{true: pressedFor, false: restAfter}[m.large])
	}
}

// draw draws the ring if the right is live and does not rest.
func (m *Marks) draw() bool {
	if m.lease == nil || m.pen == nil {
		return false
	}
	diameter := Diameter(m.shown)
	if m.large {
		diameter *= pressed
	}
	err := m.lease.Do(func() error { m.try("drawn", m.pen.Draw(m.at, diameter)); return nil })
	m.drawn = m.drawn || err == nil
	return err == nil
}

func (m *Marks) wipe() {
	m.timer.Stop()
	m.large = false
	if m.drawn && m.pen != nil {
		m.try("taken away", m.pen.Wipe())
	}
	m.drawn = false
}

// tick makes a large ring small again, and takes away one that rests.
func (m *Marks) tick() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.drawn {
		return
	}
	if !m.large {
		m.wipe()
		return
	}
	m.large = false
	if !m.draw() {
		m.wipe()
		return
	}
	m.timer.Reset(restAfter)
}

// try tells of the first of several failures.
func (m *Marks) try(what string, err error) {
	if err != nil && !m.failing {
		m.log.Warn("ring not "+what, "error", err)
	}
	m.failing = err != nil
}

// Diameter is how wide a ring is on a monitor: what is easily seen from where a
// person sits, on a small screen and on one with four times the pixels.
func Diameter(monitor image.Rectangle) int {
	return min(max(monitor.Dy()/16, 48), 160)
}
