package input

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jezek/xgb/xproto"

	"beside/client/internal/xserver"
)

// While a program holds the whole keyboard, as menus do, the server reports no
// combination to anybody else. Raw events come all the same; where the server has
// none, the keys are looked at this often.
const panicPoll = 50 * time.Millisecond

// chord is a combination of keys: one of each modifier, and the key.
type chord struct {
	key       byte
	modifiers [][]byte

	mu   sync.Mutex
	down [32]byte // those of its keys that are down, as QueryKeymap has them
}

func (c *chord) has(code byte) bool {
	return code == c.key || slices.ContainsFunc(c.modifiers, func(keys []byte) bool { return slices.Contains(keys, code) })
}

// whole reports whether the combination is among the keys that are down.
func (c *chord) whole(down []byte) bool {
	return isSet(down, c.key) && !slices.ContainsFunc(c.modifiers, func(keys []byte) bool {
		return !slices.ContainsFunc(keys, func(code byte) bool { return isSet(down, code) })
	})
}

// begin takes the keys that are down before the first event.
func (c *chord) begin(down []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for code := range 256 {
		if isSet(down, byte(code)) && c.has(byte(code)) {
			c.down[code/8] |= 1 << (code % 8)
		}
	}
}

// on takes one event and reports whether it completed the combination. What
// other keys do is not looked at.
func (c *chord) on(e xserver.RawEvent) (pressed bool) {
	code := byte(e.Code)
	if e.Code > 255 || !c.has(code) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.Kind == xserver.RawKeyRelease {
		c.down[code/8] &^= 1 << (code % 8)
		return false
	}
	before := c.whole(c.down[:])
	c.down[code/8] |= 1 << (code % 8)
	return c.whole(c.down[:]) && (!before || code == c.key)
}

// watchRaw has raw events tell of presses, by their time; false when the server
// has none.
func (p *PanicKey) watchRaw(pressed chan<- uint32) (told bool, err error) {
	raw, err := xserver.WatchRaw(p.conn, func(e xserver.RawEvent) {
		if p.chord.on(e) {
			tell(pressed, e.Time)
		}
	})
	if errors.Is(err, xserver.ErrNoRaw) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	reply, err := xproto.QueryKeymap(p.conn.Conn).Reply()
	if err != nil {
		return false, fmt.Errorf("query keymap: %w", err)
	}
	p.chord.begin(reply.Keys)
	raw.Select(xserver.RawKeyPress, xserver.RawKeyRelease)
	return true, nil
}

func tell(pressed chan<- uint32, at uint32) {
	select {
	case pressed <- at:
	default: // one is waiting
	}
}

// listen reports presses until the connection ends; with poll it also looks.
func (p *PanicKey) listen(onPress func(), pressed chan uint32, poll bool) {
	defer close(p.done)
	go p.events(pressed)
	var look <-chan time.Time
	if poll {
		ticker := time.NewTicker(panicPoll)
		defer ticker.Stop()
		look = ticker.C
	}
	known := false // this press is reported
	var last uint32
	for {
		select {
		case at, open := <-pressed:
			if !open {
				return
			}
			if !known || poll || at != last { // a raw event and that of the combination have one time
				onPress()
			}
			known, last = true, at
		case <-look:
			down := p.isDown()
			if down && !known {
				onPress()
			}
			known = down
		}
	}
}

// events passes presses on until the connection ends.
func (p *PanicKey) events(pressed chan<- uint32) {
	defer close(pressed)
	for {
		event, err := p.conn.WaitForEvent()
		if event == nil && err == nil {
			return
		}
		if press, ok := event.(xproto.KeyPressEvent); ok {
			tell(pressed, uint32(press.Time))
		}
	}
}

// isDown reports whether the combination is down, whoever gets the keys.
func (p *PanicKey) isDown() bool {
	reply, err := xproto.QueryKeymap(p.conn.Conn).Reply()
	return err == nil && p.chord.whole(reply.Keys)
}
