package xserver

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// RawKind is a kind of raw event: what a device did, before any grab or window
// has a say (X Input Extension 2.2, XI_RawKeyPress and the following).
type RawKind uint16

// The kinds that are used.
const (
	RawKeyPress    RawKind = 13
	RawKeyRelease  RawKind = 14
	RawButtonPress RawKind = 15
	RawMotion      RawKind = 17
	RawTouchBegin  RawKind = 22 // a finger moves the pointer without a RawMotion
	RawTouchUpdate RawKind = 23
)

// RawEvent is one raw event.
type RawEvent struct {
	Kind   RawKind
	Time   uint32 // of the server, in milliseconds; that of the core event it also caused
	Code   uint32 // number of the key
	Source uint16 // the slave device; see Devices
}

// ErrNoRaw: the server has no X Input Extension 2.2, so somebody has to look.
var ErrNoRaw = errors.New("the X server tells of no raw events")

const (
	xinput         = "XInputExtension"
	xiSelectEvents = 46
	xiQueryVersion = 47
	allMasters     = 1 // XIAllMasterDevices: each act once, of whatever device
)

// Raw watches raw events over one connection.
type Raw struct {
	conn   *Conn
	root   xproto.Window
	opcode byte
}

// WatchRaw prepares raw events, of which none comes before Select. It calls on
// for each, on the goroutine that reads the connection: on must not wait. One
// connection has one Raw. It returns ErrNoRaw where there are none.
func WatchRaw(c *Conn, on func(RawEvent)) (*Raw, error) {
	r, err := xproto.QueryExtension(c.Conn, uint16(len(xinput)), xinput).Reply()
	if err != nil {
		return nil, fmt.Errorf("ask the X server for %s: %w", xinput, err)
	}
	if !r.Present {
		return nil, ErrNoRaw
	}
	raw := &Raw{conn: c, root: xproto.Setup(c.Conn).DefaultScreen(c.Conn).Root, opcode: r.MajorOpcode}
	if err := raw.agree(); err != nil {
		return nil, err
	}
	take := func(event []byte) {
		if e, ok := parseRaw(event, raw.opcode); ok {
			on(e)
		}
	}
	c.wire.generic.Store(&take)
	return raw, nil
}

// agree tells the server that we know version 2.2, and fails below it: there is
// no touch, and before 2.1 a grab of another program keeps raw events from us.
func (r *Raw) agree() error {
	request := make([]byte, 8)
	r.head(request, xiQueryVersion)
	binary.LittleEndian.PutUint16(request[4:], 2)
	binary.LittleEndian.PutUint16(request[6:], 2)
	cookie := r.conn.NewCookie(true, true)
	r.conn.NewRequest(request, cookie)
	reply, err := cookie.Reply()
	if err != nil {
		// A server that knows only version 1 takes the request for an error.
		if _, isX := err.(xgb.Error); isX {
			return ErrNoRaw
		}
		return fmt.Errorf("agree on %s: %w", xinput, err)
	}
	if len(reply) < packet {
		return ErrNoRaw
	}
	major, minor := binary.LittleEndian.Uint16(reply[8:]), binary.LittleEndian.Uint16(reply[10:])
	if major < 2 || major == 2 && minor < 2 {
		return ErrNoRaw
	}
	return nil
}

// Select has the server tell of these kinds, and of no others, from here on. It
// does not wait; what comes after on the connection is answered after it.
func (r *Raw) Select(kinds ...RawKind) {
	var mask uint32
	for _, k := range kinds {
		mask |= 1 << k
	}
	request := make([]byte, 20)
	r.head(request, xiSelectEvents)
	binary.LittleEndian.PutUint32(request[4:], uint32(r.root))
	binary.LittleEndian.PutUint16(request[8:], 1) // masks
	binary.LittleEndian.PutUint16(request[12:], allMasters)
	binary.LittleEndian.PutUint16(request[14:], 1) // words of this mask
	binary.LittleEndian.PutUint32(request[16:], mask)
	r.conn.NewRequest(request, r.conn.NewCookie(false, false))
}

func (r *Raw) head(request []byte, minor byte) {
	request[0], request[1] = r.opcode, minor
	binary.LittleEndian.PutUint16(request[2:], uint16(len(request)/4))
}

// parseRaw reads a generic event; false means that it is none of ours.
func parseRaw(b []byte, opcode byte) (e RawEvent, ok bool) {
	if len(b) < packet || b[0]&0x7f != kindGeneric || b[1] != opcode {
		return RawEvent{}, false
	}
	e = RawEvent{
		Kind:   RawKind(binary.LittleEndian.Uint16(b[8:])),
		Time:   binary.LittleEndian.Uint32(b[12:]),
		Code:   binary.LittleEndian.Uint32(b[16:]),
		Source: binary.LittleEndian.Uint16(b[20:]),
	}
	switch e.Kind {
	case RawKeyPress, RawKeyRelease, RawButtonPress, RawMotion, RawTouchBegin, RawTouchUpdate:
		return e, true
	}
	return RawEvent{}, false
}
