package input

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// settler finds out whether the program that is typed into has handled its keys,
// by the ping that window managers use (Extended Window Manager Hints,
// _NET_WM_PING): programs answer it in its turn, behind the keys before it.
type settler struct {
	conn            *xgb.Conn
	root            xproto.Window
	protocols, ping xproto.Atom
	pongs           chan uint32 // the newest answer
	count           uint32      // of pings sent
}

// settleLimit is how long a program may take to answer.
const settleLimit = 3 * time.Second

func openSettler(conn *xgb.Conn, root xproto.Window) (*settler, error) {
	s := &settler{conn: conn, root: root, pongs: make(chan uint32, 1)}
	for name, atom := range map[string]*xproto.Atom{"WM_PROTOCOLS": &s.protocols, "_NET_WM_PING": &s.ping} {
		reply, err := xproto.InternAtom(conn, false, uint16(len(name)), name).Reply()
		if err != nil {
			return nil, fmt.Errorf("intern %s: %w", name, err)
		}
		*atom = reply.Atom
	}
	// Answers go to the root window.
	mask := []uint32{xproto.EventMaskSubstructureNotify}
	if err := xproto.ChangeWindowAttributesChecked(conn, root, xproto.CwEventMask, mask).Check(); err != nil {
		return nil, fmt.Errorf("listen on the root window: %w", err)
	}
	// Tells our pings from a window manager's, which carry times of the server.
	s.count = uint32(time.Now().UnixNano()) | 1<<31
	return s, nil
}

// onEvent takes the answers out of what the server tells. It may run beside the
// other methods.
func (s *settler) onEvent(event xgb.Event) {
	e, ok := event.(xproto.ClientMessageEvent)
	if !ok || e.Format != 32 || e.Type != s.protocols || len(e.Data.Data32) < 2 || xproto.Atom(e.Data.Data32[0]) != s.ping {
		return
	}
	select {
	case <-s.pongs:
	default:
	}
	select {
	case s.pongs <- e.Data.Data32[1]:
	default:
	}
}

// ask pings the program that has the focus; false when it does not answer pings.
func (s *settler) ask() (bool, error) {
	focus, err := xproto.GetInputFocus(s.conn).Reply()
	if err != nil {
		return false, fmt.Errorf("get input focus: %w", err)
	}
	window := focus.Focus
	for range maxGuardDepth {
		if window == xproto.WindowNone || window == xproto.InputFocusPointerRoot || window == s.root {
			return false, nil
		}
		if s.answers(window) {
			s.count++
			s.send(window)
			return true, nil
		}
		tree, err := xproto.QueryTree(s.conn, window).Reply()
		if err != nil {
			return false, nil // the window is gone
		}
		window = tree.Parent
	}
	return false, nil
}

// answered reports whether pong is the answer to the last ping.
func (s *settler) answered(pong uint32) bool { return pong == s.count }

func (s *settler) answers(window xproto.Window) bool {
	prop, err := xproto.GetProperty(s.conn, false, window, s.protocols, xproto.AtomAtom, 0, 64).Reply()
	if err != nil || prop.Format != 32 {
		return false
	}
	for i := 0; i+4 <= len(prop.Value); i += 4 {
		if xproto.Atom(binary.LittleEndian.Uint32(prop.Value[i:])) == s.ping {
			return true
		}
	}
	return false
}

func (s *settler) send(window xproto.Window) {
	event := xproto.ClientMessageEvent{
		Format: 32, Window: window, Type: s.protocols,
		Data: xproto.ClientMessageDataUnionData32New([]uint32{uint32(s.ping), s.count, uint32(window), 0, 0}),
	}
	xproto.SendEvent(s.conn, false, window, xproto.EventMaskNoEvent, string(event.Bytes()))
}
