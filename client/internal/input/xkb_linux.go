package input

import (
	"errors"
	"fmt"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// xkb speaks the four requests of the X keyboard extension that typing needs
// (X Keyboard Extension, Protocol Specification, appendix D); xgb has no binding
// of it. The core protocol alone does not tell which modifiers give which level.
type xkb struct {
	conn  *xgb.Conn
	major byte
}

const (
	xkbUseExtension = 0
	xkbGetState     = 4
	xkbLatchLock    = 5
	xkbGetMap       = 8

	xkbCoreKeyboard = 0x0100

	xkbKeyTypes    = 1 << 0
	xkbKeySyms     = 1 << 1
	xkbModifierMap = 1 << 2
)

var errXkbReply = errors.New("malformed reply of the keyboard extension")

func openXkb(conn *xgb.Conn) (*xkb, error) {
	const name = "XKEYBOARD"
	ext, err := xproto.QueryExtension(conn, uint16(len(name)), name).Reply()
	if err != nil {
		return nil, fmt.Errorf("query keyboard extension: %w", err)
	}
	if !ext.Present {
		return nil, fmt.Errorf("%w: no keyboard extension", ErrNoInput)
	}
	k := &xkb{conn: conn, major: ext.MajorOpcode}
	buf := k.request(xkbUseExtension, 8)
	xgb.Put16(buf[4:], 1) // wanted version 1.0
	reply, err := k.ask(buf)
	if err != nil {
		return nil, fmt.Errorf("use keyboard extension: %w", err)
	}
	if reply[1] == 0 {
		return nil, fmt.Errorf("%w: keyboard extension of another version", ErrNoInput)
	}
	return k, nil
}

func (k *xkb) request(minor byte, size int) []byte {
	buf := make([]byte, size)
	buf[0], buf[1] = k.major, minor
	xgb.Put16(buf[2:], uint16(size/4))
	return buf
}

func (k *xkb) ask(buf []byte) ([]byte, error) {
	cookie := k.conn.NewCookie(true, true)
	k.conn.NewRequest(buf, cookie)
	return cookie.Reply()
}

// keyboardState is what of the keyboard outlasts a key press.
type keyboardState struct {
	locked, latched byte // modifier masks
	group           byte // layout in use
}

func (k *xkb) state() (keyboardState, error) {
	buf := k.request(xkbGetState, 8)
	xgb.Put16(buf[4:], xkbCoreKeyboard)
	reply, err := k.ask(buf)
	if err != nil {
		return keyboardState{}, fmt.Errorf("get keyboard state: %w", err)
	}
	return keyboardState{latched: reply[10], locked: reply[11], group: reply[12]}, nil
}

// setLocks makes the lock modifiers of mask those of on, and clears all latches.
func (k *xkb) setLocks(mask, on byte) {
	buf := k.request(xkbLatchLock, 16)
	xgb.Put16(buf[4:], xkbCoreKeyboard)
	buf[6], buf[7] = mask, on
	buf[10] = 0xff // affect every latch, set none
	k.conn.NewRequest(buf, k.conn.NewCookie(false, false))
}

// keymap reads the layout as it is now.
func (k *xkb) keymap() (*keymap, error) {
	buf := k.request(xkbGetMap, 28)
	xgb.Put16(buf[4:], xkbCoreKeyboard)
	xgb.Put16(buf[6:], xkbKeyTypes|xkbKeySyms|xkbModifierMap)
	reply, err := k.ask(buf)
	if err != nil {
		return nil, fmt.Errorf("get keyboard map: %w", err)
	}
	m, err := parseKeymap(reply)
	if err != nil {
		return nil, fmt.Errorf("get keyboard map: %w", err)
	}
	return m, nil
}

// wire takes fields off a reply and remembers when it ran out of bytes.
type wire struct {
	buf   []byte
	short bool
}

func (w *wire) take(n int) []byte {
	if n > len(w.buf) {
		w.short = true
		return make([]byte, n)
	}
	part := w.buf[:n]
	w.buf = w.buf[n:]
	return part
}

func parseKeymap(reply []byte) (*keymap, error) {
	if len(reply) < 40 {
		return nil, errXkbReply
	}
	firstType, types := reply[14], reply[15]
	firstKey, keys := int(reply[17]), int(reply[20])
	modEntries := int(reply[33])
	if firstType != 0 || firstKey+keys > 256 {
		return nil, errXkbReply
	}
	w := &wire{buf: reply[40:]}
	m := &keymap{}
	for range types {
		m.types = append(m.types, w.keyType())
	}
	for i := range keys {
		m.keys[firstKey+i] = w.key()
	}
	for range modEntries {
		e := w.take(2)
		m.mods[e[0]] = e[1]
	}
	if w.short {
		return nil, errXkbReply
	}
	for _, k := range m.keys {
		for _, t := range k.types {
			if int(t) >= len(m.types) {
				return nil, errXkbReply
			}
		}
	}
	return m, nil
}

func (w *wire) keyType() keyType {
	head := w.take(8)
	t := keyType{mask: head[0]}
	entries, preserve := int(head[5]), head[6] != 0
	for range entries {
		e := w.take(8)
		if e[0] != 0 { // the entry's virtual modifiers are bound
			t.levels = append(t.levels, keyLevel{mods: e[1], level: int(e[2])})
		}
	}
	if preserve {
		w.take(4 * entries)
	}
	return t
}

func (w *wire) key() keySyms {
	head := w.take(8)
	k := keySyms{types: [4]byte(head[:4]), groupInfo: head[4], width: int(head[5])}
	n := int(xgb.Get16(head[6:]))
	raw := w.take(4 * n)
	k.syms = make([]uint32, n)
	for i := range k.syms {
		k.syms[i] = xgb.Get32(raw[4*i:])
	}
	return k
}
