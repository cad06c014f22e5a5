package window

import (
	"sync"
	"time"

	"beside/client/internal/xserver"
)

// presses tells what a person pressed from what a program did (XTEST, uinput),
// while a question is open. Where the X server has no device but those of
// programs, as on Xvfb or without the X Input Extension 2.2, nobody can tell the
// two apart, and everything counts as a person's: docs/security.md says
// so.
type presses struct {
	conn *xserver.Conn // nil where nobody can tell
	raw  *xserver.Raw

	mu      sync.Mutex
	program map[uint16]bool // devices, by whether a program is behind them
	hand    time.Time       // last press of a person
	machine time.Time       // last press of a program
}

const (
	// apart is how long a program must have pressed nothing before a person's
	// press counts: one that presses at the same moment is not hidden by it.
	apart = time.Second
	// genuineTimeout bounds the question to the X server.
	genuineTimeout = time.Second
)

// watchPresses begins to watch. It never fails: what cannot be told counts.
func watchPresses() *presses {
	p := &presses{}
	conn, err := xserver.Dial(xserver.Here())
	if err != nil {
		return p
	}
	raw, err := xserver.WatchRaw(conn, p.on)
	if err != nil {
		conn.Close()
		return p
	}
	p.raw = raw
	if !p.learn() {
		conn.Close()
		return p
	}
	raw.Select(xserver.RawButtonPress, xserver.RawKeyPress, xserver.RawTouchBegin)
	p.conn = conn
	return p
}

// learn reads which devices there are, and reports whether a person has one to
// point with.
func (p *presses) learn() (people bool) {
	devices, err := p.raw.Devices()
	if err != nil {
		return false
	}
	program := make(map[uint16]bool, len(devices))
	for _, d := range devices {
		program[d.ID] = d.Program
		people = people || d.Pointer && !d.Program
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.program = program
	return people
}

// on runs on the connection's reader.
func (p *presses) on(e xserver.RawEvent) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch made, known := p.program[e.Source]; {
	case !known: // plugged in meanwhile: nobody's, until genuine has looked
	case made:
		p.machine = time.Now()
	default:
		p.hand = time.Now()
	}
}

// genuine reports whether what was pressed last since a moment, for all that the
// X server has seen so far, was pressed by a person.
func (p *presses) genuine(since time.Time) bool {
	if p.conn == nil {
		return true
	}
	timeout := time.AfterFunc(genuineTimeout, p.conn.Cut)
	defer timeout.Stop()
	// The server's answer comes after all that happened before. A device that was
	// plugged in is known from here on: its next press counts.
	if !p.learn() {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hand.After(since) && time.Since(p.machine) > apart
}

func (p *presses) close() {
	if p.conn != nil {
		p.conn.Close()
	}
}
