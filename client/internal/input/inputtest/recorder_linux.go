package inputtest

import (
	"encoding/json"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// recorder is the process behind a Window.
type recorder struct {
	conn            *xgb.Conn
	window          xproto.Window
	protocols, ping xproto.Atom
	lag             time.Duration // that it takes for a key; 0: it does not look keys up
	out             *json.Encoder
}

// record runs the process: place and size of the window, and its lag.
func record(args []string) error {
	var n [5]int
	for i := range n {
		var err error
		if n[i], err = strconv.Atoi(args[i]); err != nil {
			return err
		}
	}
	conn, err := xgb.NewConn()
	if err != nil {
		return err
	}
	r := &recorder{conn: conn, lag: time.Duration(n[4]) * time.Millisecond, out: json.NewEncoder(os.Stdout)}
	if r.window, err = OpenWindow(conn, n[0], n[1], n[2], n[3]); err != nil {
		return err
	}
	if r.lag > 0 {
		if err := r.answerPings(); err != nil {
			return err
		}
	}
	if err := r.out.Encode(r.window); err != nil {
		return err
	}
	for {
		event, xerr := conn.WaitForEvent()
		if event == nil && xerr == nil {
			return io.EOF
		}
		if err := r.onEvent(event); err != nil {
			return err
		}
	}
}

func (r *recorder) onEvent(event xgb.Event) error {
	var e Event
	switch ev := event.(type) {
	case xproto.KeyPressEvent:
		e = Event{"key", int(ev.Detail), true, int(ev.RootX), int(ev.RootY), int(ev.State), 0}
		if r.lag > 0 {
			time.Sleep(r.lag) // it is the slow program that the test is about
			reply, err := xproto.GetKeyboardMapping(r.conn, ev.Detail, 1).Reply()
			if err != nil {
				return err
			}
			e.Sym = int(reply.Keysyms[ev.State&xproto.ModMaskShift]) // plain, or with Shift
		}
	case xproto.KeyReleaseEvent:
		e = Event{"key", int(ev.Detail), false, int(ev.RootX), int(ev.RootY), int(ev.State), 0}
	case xproto.ButtonPressEvent:
		e = Event{"button", int(ev.Detail), true, int(ev.RootX), int(ev.RootY), int(ev.State), 0}
	case xproto.ButtonReleaseEvent:
		e = Event{"button", int(ev.Detail), false, int(ev.RootX), int(ev.RootY), int(ev.State), 0}
	case xproto.PropertyNotifyEvent:
		e = Event{Kind: "mark"}
	case xproto.FocusInEvent:
		e = Event{Kind: "focus", Down: true}
	case xproto.FocusOutEvent:
		e = Event{Kind: "focus"}
	case xproto.ClientMessageEvent:
		if ev.Type == r.protocols && ev.Data.Data32[0] == uint32(r.ping) {
			root := xproto.Setup(r.conn).DefaultScreen(r.conn).Root
			ev.Window = root
			xproto.SendEvent(r.conn, false, root, xproto.EventMaskSubstructureNotify|xproto.EventMaskSubstructureRedirect, string(ev.Bytes()))
		}
		return nil
	default:
		return nil
	}
	return r.out.Encode(e)
}

// answerPings says that the window answers _NET_WM_PING.
func (r *recorder) answerPings() error {
	for name, atom := range map[string]*xproto.Atom{"WM_PROTOCOLS": &r.protocols, "_NET_WM_PING": &r.ping} {
		reply, err := xproto.InternAtom(r.conn, false, uint16(len(name)), name).Reply()
		if err != nil {
			return err
		}
		*atom = reply.Atom
	}
	value := make([]byte, 4)
	xgb.Put32(value, uint32(r.ping))
	return xproto.ChangePropertyChecked(r.conn, xproto.PropModeReplace, r.window, r.protocols, xproto.AtomAtom, 32, 1, value).Check()
}
