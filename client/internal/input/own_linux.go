package input

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"beside/client/internal/xserver"
)

// OwnHands tells when the person at the machine uses mouse, keyboard or a touch
// screen of their own: devices behind which there is no program. It keeps neither
// keys nor places, and where the X server has no such device it never tells.
type OwnHands struct {
	conn *xserver.Conn
	raw  *xserver.Raw
	on   func(using bool)
	news chan struct{} // holds a token when something came
	done chan struct{}

	mu      sync.Mutex
	program map[uint16]bool // devices, by whether a program is behind them
}

const (
	// OwnRest is how long the person's devices must rest before they count as
	// unused.
	OwnRest = 800 * time.Millisecond
	// ownGrace is how long after asking to be told again a mouse that still moves
	// has to tell.
	ownGrace = 100 * time.Millisecond
)

var ownKinds = []xserver.RawKind{
	xserver.RawMotion, xserver.RawButtonPress, xserver.RawKeyPress, xserver.RawTouchBegin, xserver.RawTouchUpdate,
}

// WatchOwnHands calls on, from a goroutine of its own, with true as soon as the
// person begins to use a device of theirs, and with false when all have rested
// for OwnRest, until Close; on must not wait for Close. A mouse that moves is told
// of once, and then not again until it may rest: it can move a thousand times a
// second.
func WatchOwnHands(on func(using bool)) (*OwnHands, error) {
	conn, err := xserver.Dial(xserver.Here())
	if err != nil {
		return nil, fmt.Errorf("%w: connect to the display: %w", ErrNoInput, err)
	}
	o := &OwnHands{conn: conn, on: on, news: make(chan struct{}, 1), done: make(chan struct{})}
	if o.raw, err = xserver.WatchRaw(conn, o.take); err == nil {
		err = o.learn()
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	o.raw.Select(ownKinds...)
	go o.run()
	return o, nil
}

// Close ends it. on is not called afterwards.
func (o *OwnHands) Close() {
	o.conn.Close()
	<-o.done
}

func (o *OwnHands) learn() error {
	devices, err := o.raw.Devices()
	if err != nil {
		return err
	}
	program := make(map[uint16]bool, len(devices))
	for _, d := range devices {
		program[d.ID] = d.Program
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.program = program
	return nil
}

// take runs on the connection's reader. A device that is not known was plugged
// in since: a person did that.
func (o *OwnHands) take(e xserver.RawEvent) {
	if !slices.Contains(ownKinds, e.Kind) {
		return
	}
	o.mu.Lock()
	program := o.program[e.Source]
	o.mu.Unlock()
	if program {
		return
	}
	select {
	case o.news <- struct{}{}:
	default:
	}
}

func (o *OwnHands) run() {
	defer close(o.done)
	gone := make(chan struct{})
	go func() { // ends with the connection
		defer close(gone)
		for {
			if event, err := o.conn.WaitForEvent(); event == nil && err == nil {
				return
			}
		}
	}()
	for {
		select {
		case <-gone:
			return
		case <-o.news:
		}
		o.on(true)
		if !o.rested(gone) {
			return
		}
		o.on(false)
	}
}

// rested waits until nothing comes any more, or returns false when the
// connection is gone.
func (o *OwnHands) rested(gone <-chan struct{}) bool {
	for {
		o.raw.Select()
		if !wait(OwnRest, gone) {
			return false
		}
		select { // of before Select
		case <-o.news:
		default:
		}
		o.raw.Select(ownKinds...)
		timer := time.NewTimer(ownGrace)
		select {
		case <-o.news:
			timer.Stop()
			continue
		case <-timer.C:
			return true
		case <-gone:
			timer.Stop()
			return false
		}
	}
}

func wait(d time.Duration, gone <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-gone:
		return false
	}
}
