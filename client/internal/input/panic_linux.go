package input

import (
	"fmt"
	"slices"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// PanicKey is a combination of keys that works whatever window has the focus.
type PanicKey struct {
	name  string
	code  byte
	chord [][]byte // keys of Ctrl, of Alt and of Shift: one of each must be down
	conn  *xgb.Conn
	done  chan struct{}
}

// panicChoices are the keys that, with Ctrl+Alt+Shift, are tried in turn.
var panicChoices = [...]struct {
	name   string
	keysym uint32
	evdev  byte // where the layout has no such letter
}{
	{"S", 's', 31},
	{"X", 'x', 45},
	{"End", 0xff57, 107},
}

// panicLocks are the modifiers that may be on besides: NumLock, CapsLock and
// AltGr, Super and such, which a technician may be holding down.
const panicLocks = xproto.ModMaskLock | xproto.ModMask2 | xproto.ModMask3 | xproto.ModMask4 | xproto.ModMask5

// panicPoll is how often the keys are looked at as well: while a program holds
// the whole keyboard, as menus do, no combination is reported.
const panicPoll = 50 * time.Millisecond

// GrabPanicKey takes the first of Ctrl+Alt+Shift with S, X or End that no other
// program has taken, on the desktop in $DISPLAY. It calls onPress, from a
// goroutine of its own, each time the combination is pressed, until Close;
// onPress must not wait for Close.
// ErrNoInput means that all are taken, or that there is no such desktop.
func GrabPanicKey(onPress func()) (*PanicKey, error) {
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("%w: connect to the display: %w", ErrNoInput, err)
	}
	p := &PanicKey{conn: conn, done: make(chan struct{})}
	if err := p.grab(); err != nil {
		conn.Close()
		return nil, err
	}
	go p.listen(onPress)
	return p, nil
}

// Name is the combination that works, as people write it: "Ctrl+Alt+Shift+S".
func (p *PanicKey) Name() string { return p.name }

// Close gives the combination back. onPress is not called afterwards.
func (p *PanicKey) Close() {
	p.conn.Close()
	<-p.done
}

func (p *PanicKey) grab() error {
	k, err := openXkb(p.conn)
	if err != nil {
		return err
	}
	layout, err := k.keymap()
	if err != nil {
		return err
	}
	_, alt := layout.modifier(keysymAltL)
	if alt == 0 {
		return fmt.Errorf("%w: the keyboard has no Alt", ErrNoInput)
	}
	base := alt | xproto.ModMaskControl | xproto.ModMaskShift
	for _, mask := range []byte{xproto.ModMaskControl, alt, xproto.ModMaskShift} {
		p.chord = append(p.chord, layout.keysOf(mask))
	}
	root := xproto.Setup(p.conn).DefaultScreen(p.conn).Root
	for _, choice := range panicChoices {
		code, ok := layout.find(choice.keysym)
		if !ok {
			code = xproto.Keycode(choice.evdev + 8)
		}
		if p.grabKey(root, code, uint16(base)) {
			p.name, p.code = "Ctrl+Alt+Shift+"+choice.name, byte(code)
			return nil
		}
	}
	return fmt.Errorf("%w: all combinations for Stop are taken", ErrNoInput)
}

// grabKey takes code under base and under base with any other modifier on. It
// reports false, and takes none, when base itself, or with the usual locks, is
// another program's.
func (p *PanicKey) grabKey(root xproto.Window, code xproto.Keycode, base uint16) bool {
	const usual = xproto.ModMaskLock | xproto.ModMask2 // CapsLock and, nearly everywhere, NumLock
	for extra := uint16(0); extra <= panicLocks; extra++ {
		if extra&^panicLocks != 0 || extra&base != 0 {
			continue
		}
		err := xproto.GrabKeyChecked(p.conn, true, root, base|extra, code, xproto.GrabModeAsync, xproto.GrabModeAsync).Check()
		if err != nil && extra&^usual == 0 {
			xproto.UngrabKey(p.conn, code, root, xproto.ModMaskAny)
			return false
		}
	}
	return true
}

func (p *PanicKey) listen(onPress func()) {
	defer close(p.done)
	pressed := make(chan bool, 1)
	go p.events(pressed)
	poll := time.NewTicker(panicPoll)
	defer poll.Stop()
	reported := false // this press is known
	for {
		select {
		case _, open := <-pressed:
			if !open {
				return
			}
			reported = true
			onPress()
		case <-poll.C:
			down := p.down()
			if down && !reported {
				onPress()
			}
			reported = down
		}
	}
}

// events passes presses on until the connection ends.
func (p *PanicKey) events(pressed chan<- bool) {
	defer close(pressed)
	for {
		event, err := p.conn.WaitForEvent()
		if event == nil && err == nil {
			return
		}
		if _, ok := event.(xproto.KeyPressEvent); ok {
			select {
			case pressed <- true:
			default: // one is waiting
			}
		}
	}
}

// down reports whether the combination is down, whoever gets the keys.
func (p *PanicKey) down() bool {
	reply, err := xproto.QueryKeymap(p.conn).Reply()
	if err != nil || !isSet(reply.Keys, p.code) {
		return false
	}
	for _, keys := range p.chord {
		if !slices.ContainsFunc(keys, func(code byte) bool { return isSet(reply.Keys, code) }) {
			return false
		}
	}
	return true
}
