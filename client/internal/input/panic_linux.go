package input

import (
	"fmt"

	"github.com/jezek/xgb/xproto"

	"beside/client/internal/xserver"
)

// PanicKey is a combination of keys that works whatever window has the focus.
type PanicKey struct {
	name  string
	chord chord
	conn  *xserver.Conn
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

// GrabPanicKey takes the first of Ctrl+Alt+Shift with S, X or End that no other
// program has taken, on the desktop in $DISPLAY. It calls onPress, from a
// goroutine of its own, each time the combination is pressed, until Close;
// onPress must not wait for Close.
// ErrNoInput means that all are taken, or that there is no such desktop.
func GrabPanicKey(onPress func()) (*PanicKey, error) {
	conn, err := xserver.Dial(xserver.Here())
	if err != nil {
		return nil, fmt.Errorf("%w: connect to the display: %w", ErrNoInput, err)
	}
	p := &PanicKey{conn: conn, done: make(chan struct{})}
	if err := p.grab(); err != nil {
		conn.Close()
		return nil, err
	}
	pressed := make(chan uint32, 1)
	told, err := p.watchRaw(pressed)
	if err != nil {
		conn.Close()
		return nil, err
	}
	go p.listen(onPress, pressed, !told)
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
	k, err := openXkb(p.conn.Conn)
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
		p.chord.modifiers = append(p.chord.modifiers, layout.keysOf(mask))
	}
	root := xproto.Setup(p.conn.Conn).DefaultScreen(p.conn.Conn).Root
	for _, choice := range panicChoices {
		code, ok := layout.find(choice.keysym)
		if !ok {
			code = xproto.Keycode(choice.evdev + 8)
		}
		if p.grabKey(root, code, uint16(base)) {
			p.name, p.chord.key = "Ctrl+Alt+Shift+"+choice.name, byte(code)
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
		err := xproto.GrabKeyChecked(p.conn.Conn, true, root, base|extra, code, xproto.GrabModeAsync, xproto.GrabModeAsync).Check()
		if err != nil && extra&^usual == 0 {
			xproto.UngrabKey(p.conn.Conn, code, root, xproto.ModMaskAny)
			return false
		}
	}
	return true
}
