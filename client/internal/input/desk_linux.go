package input

import (
	"fmt"
	"image"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// desk is a connection to the display and the requests that change something on
// it. None of them waits for the server.
type desk struct {
	conn        *xgb.Conn
	root        xproto.Window
	first, last xproto.Keycode // range of key numbers
	xkb         *xkb
}

func openDesk() (*desk, error) {
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("%w: connect to the display: %w", ErrNoInput, err)
	}
	if err := xtest.Init(conn); err != nil {
		conn.Close()
		return nil, fmt.Errorf("%w: no XTEST extension: %w", ErrNoInput, err)
	}
	k, err := openXkb(conn)
	if err != nil {
		conn.Close()
		return nil, err
	}
	setup := xproto.Setup(conn)
	return &desk{
		conn: conn, root: setup.DefaultScreen(conn).Root,
		first: setup.MinKeycode, last: setup.MaxKeycode, xkb: k,
	}, nil
}

func (d *desk) fake(event, detail byte, at image.Point) {
	xtest.FakeInput(d.conn, event, detail, 0, d.root, int16(at.X), int16(at.Y), 0)
}

func (d *desk) key(code byte, down bool) {
	event := byte(xproto.KeyRelease)
	if down {
		event = xproto.KeyPress
	}
	d.fake(event, code, image.Point{})
}

func (d *desk) button(number byte, down bool) {
	event := byte(xproto.ButtonRelease)
	if down {
		event = xproto.ButtonPress
	}
	d.fake(event, number, image.Point{})
}

func (d *desk) motion(to image.Point) { d.fake(xproto.MotionNotify, 0, to) }

func (d *desk) setRepeat(code byte, on bool) {
	mode := uint32(xproto.AutoRepeatModeOff)
	if on {
		mode = xproto.AutoRepeatModeOn
	}
	xproto.ChangeKeyboardControl(d.conn, xproto.KbKey|xproto.KbAutoRepeatMode, []uint32{uint32(code), mode})
}

// setKey gives a key a character by itself and one with Shift, whatever else is
// on. There have to be two: of one alone the server makes both letter cases.
func (d *desk) setKey(code xproto.Keycode, plain, shifted uint32) {
	syms := []xproto.Keysym{xproto.Keysym(plain), xproto.Keysym(shifted)}
	xproto.ChangeKeyboardMapping(d.conn, 1, code, 2, syms)
}

// putBack undoes what a Held stands for.
func (d *desk) putBack(h Held) {
	switch h.Kind {
	case HeldKey:
		d.key(h.Code, false)
	case HeldButton:
		d.button(h.Code, false)
	case HeldRepeat:
		d.setRepeat(h.Code, true)
	case HeldSpare:
		d.setKey(xproto.Keycode(h.Code), keysymNone, keysymNone)
	case HeldLock:
		d.xkb.setLocks(h.Code, h.Code)
	}
}

// modifiers returns the modifier mask that each key sets.
func (d *desk) modifiers() (mods [256]byte, err error) {
	reply, err := xproto.GetModifierMapping(d.conn).Reply()
	if err != nil {
		return mods, fmt.Errorf("get modifier mapping: %w", err)
	}
	for i, code := range reply.Keycodes {
		if code != 0 {
			mods[code] |= 1 << (i / int(reply.KeycodesPerModifier))
		}
	}
	return mods, nil
}

// repeats reports whether the server repeats a key that stays down.
func (d *desk) repeats(code byte) (bool, error) {
	reply, err := xproto.GetKeyboardControl(d.conn).Reply()
	if err != nil {
		return false, fmt.Errorf("get keyboard control: %w", err)
	}
	return isSet(reply.AutoRepeats, code), nil
}

// down lists the keys that are down, whoever holds them.
func (d *desk) down() ([]byte, error) {
	reply, err := xproto.QueryKeymap(d.conn).Reply()
	if err != nil {
		return nil, fmt.Errorf("query keymap: %w", err)
	}
	var codes []byte
	for code := range 256 {
		if isSet(reply.Keys, byte(code)) {
			codes = append(codes, byte(code))
		}
	}
	return codes, nil
}

func isSet(bits []byte, i byte) bool { return bits[i/8]&(1<<(i%8)) != 0 }
