package window

import (
	"encoding/binary"
	"fmt"
	"image"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xproto"
)

// desktop is our own connection to the X server, for what Gio does not do:
// where a window stands, of what kind it is, and that it stays above others. It
// also keeps the list of our windows.
type desktop struct {
	conn  *xgb.Conn
	root  xproto.Window
	atoms map[string]xproto.Atom // filled by openDesktop, read only after
	randr bool

	own  atomic.Pointer[[]uint32] // replaced whole, never changed in place
	keep keeper
	done chan struct{} // closed when the event loop ended
}

// role is the part a window plays; it decides how the window manager treats it.
type role int

const (
	rolePanel role = iota
	roleConsent
	roleBar
	roleSummary
	roleChat
	roleNews // the chat when it comes by itself: it does not take the keyboard
)

// atomNames are all atoms the package uses.
var atomNames = [...]string{
	"UTF8_STRING", "RESOURCE_MANAGER", "WM_CLIENT_MACHINE", "_MOTIF_WM_HINTS",
	"_NET_SUPPORTED", "_NET_SUPPORTING_WM_CHECK", "_NET_WORKAREA", "_NET_ACTIVE_WINDOW",
	"_NET_WM_PID", "_NET_WM_DESKTOP", "_NET_WM_USER_TIME", "_NET_WM_STATE", "_NET_WM_STATE_ABOVE", "_NET_WM_STATE_STICKY",
	"_NET_WM_STATE_SKIP_TASKBAR", "_NET_WM_STATE_SKIP_PAGER", "_NET_WM_STATE_DEMANDS_ATTENTION",
	"_NET_WM_WINDOW_TYPE", "_NET_WM_WINDOW_TYPE_NORMAL", "_NET_WM_WINDOW_TYPE_DIALOG", "_NET_WM_WINDOW_TYPE_UTILITY",
}

// openDesktop connects to the X server named by DISPLAY.
func openDesktop() (*desktop, error) {
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, fmt.Errorf("connect to the X server: %w", err)
	}
	d := &desktop{conn: conn, root: xproto.Setup(conn).DefaultScreen(conn).Root, atoms: map[string]xproto.Atom{}, done: make(chan struct{})}
	d.own.Store(new([]uint32))
	cookies := make([]xproto.InternAtomCookie, len(atomNames))
	for i, n := range atomNames {
		cookies[i] = xproto.InternAtom(conn, false, uint16(len(n)), n)
	}
	for i, n := range atomNames {
		reply, err := cookies[i].Reply()
		if err != nil {
			conn.Close()
			return nil, fmt.Errorf("intern X atom %s: %w", n, err)
		}
		d.atoms[n] = reply.Atom
	}
	d.randr = randr.Init(conn) == nil
	go d.run()
	return d, nil
}

// run reads what the server sends until close. Errors of requests that nobody
// waits for concern windows that are gone already; there is nothing to do.
func (d *desktop) run() {
	defer close(d.done)
	for {
		ev, err := d.conn.WaitForEvent()
		if ev == nil && err == nil {
			return
		}
		if v, ok := ev.(xproto.VisibilityNotifyEvent); ok && v.State != xproto.VisibilityUnobscured {
			d.onObscured(v.Window)
		}
	}
}

func (d *desktop) close() {
	d.conn.Close()
	<-d.done
}

// windows lists our windows. The caller must not change the slice.
func (d *desktop) windows() []uint32 { return *d.own.Load() }

func (d *desktop) add(win xproto.Window) {
	for {
		old := d.own.Load()
		list := append(slices.Clone(*old), uint32(win))
		if d.own.CompareAndSwap(old, &list) {
			return
		}
	}
}

func (d *desktop) remove(win xproto.Window) {
	for {
		old := d.own.Load()
		list := slices.DeleteFunc(slices.Clone(*old), func(w uint32) bool { return w == uint32(win) })
		if d.own.CompareAndSwap(old, &list) {
			return
		}
	}
}

// scale is the size of a dp in pixels, read from where Gio reads it too.
func (d *desktop) scale() float32 {
	raw := d.property(d.root, "RESOURCE_MANAGER", xproto.AtomString)
	for line := range strings.Lines(string(raw)) {
		value, ok := strings.CutPrefix(line, "Xft.dpi:")
		if !ok {
			continue
		}
		if dpi, err := strconv.ParseFloat(strings.TrimSpace(value), 32); err == nil && dpi > 0 {
			return float32(dpi) / 96
		}
	}
	return 1
}

// area is the part of the screen that a window may fill: the monitor with the
// pointer, less what panels of the desktop occupy.
func (d *desktop) area() image.Rectangle {
	out := d.bounds()
	if m, ok := d.monitor(); ok {
		out = m.Intersect(out)
	}
	if raw := d.property(d.root, "_NET_WORKAREA", xproto.AtomCardinal); len(raw) >= 16 {
		x, y := int(binary.NativeEndian.Uint32(raw)), int(binary.NativeEndian.Uint32(raw[4:]))
		w, h := int(binary.NativeEndian.Uint32(raw[8:])), int(binary.NativeEndian.Uint32(raw[12:]))
		if r := image.Rect(x, y, x+w, y+h).Intersect(out); r.Dx() >= out.Dx()/2 && r.Dy() >= out.Dy()/2 {
			out = r
		}
	}
	return out
}

// bounds is the whole screen as it is now; the connection's set-up may be older
// than the last change of mode.
func (d *desktop) bounds() image.Rectangle {
	if geo, err := xproto.GetGeometry(d.conn, xproto.Drawable(d.root)).Reply(); err == nil {
		return image.Rect(0, 0, int(geo.Width), int(geo.Height))
	}
	screen := xproto.Setup(d.conn).DefaultScreen(d.conn)
	return image.Rect(0, 0, int(screen.WidthInPixels), int(screen.HeightInPixels))
}

// monitor is the monitor that holds the pointer.
func (d *desktop) monitor() (image.Rectangle, bool) {
	at, ok := d.pointer()
	if !ok || !d.randr {
		return image.Rectangle{}, false
	}
	list, err := randr.GetMonitors(d.conn, d.root, true).Reply()
	if err != nil {
		return image.Rectangle{}, false
	}
	for _, m := range list.Monitors {
		r := image.Rect(int(m.X), int(m.Y), int(m.X)+int(m.Width), int(m.Y)+int(m.Height))
		if at.In(r) {
			return r, true
		}
	}
	return image.Rectangle{}, false
}

// pointer is where the mouse pointer is.
func (d *desktop) pointer() (image.Point, bool) {
	p, err := xproto.QueryPointer(d.conn, d.root).Reply()
	if err != nil {
		return image.Point{}, false
	}
	return image.Pt(int(p.RootX), int(p.RootY)), true
}

// place is where a window is, in pixels of the root window.
func (d *desktop) place(win xproto.Window) (image.Rectangle, bool) {
	geo, err := xproto.GetGeometry(d.conn, xproto.Drawable(win)).Reply()
	if err != nil {
		return image.Rectangle{}, false
	}
	at, err := xproto.TranslateCoordinates(d.conn, win, d.root, 0, 0).Reply()
	if err != nil {
		return image.Rectangle{}, false
	}
	min := image.Pt(int(at.DstX), int(at.DstY))
	return image.Rectangle{Min: min, Max: min.Add(image.Pt(int(geo.Width), int(geo.Height)))}, true
}

// move asks for a place and size; with a window manager it decides.
func (d *desktop) move(win xproto.Window, r image.Rectangle) {
	xproto.ConfigureWindow(d.conn, win,
		xproto.ConfigWindowX|xproto.ConfigWindowY|xproto.ConfigWindowWidth|xproto.ConfigWindowHeight,
		[]uint32{uint32(int32(r.Min.X)), uint32(int32(r.Min.Y)), uint32(r.Dx()), uint32(r.Dy())})
}

func (d *desktop) property(win xproto.Window, atom string, kind xproto.Atom) []byte {
	reply, err := xproto.GetProperty(d.conn, false, win, d.atoms[atom], kind, 0, 1<<16).Reply()
	if err != nil {
		return nil
	}
	return reply.Value
}

func (d *desktop) set32(win xproto.Window, property, kind xproto.Atom, values ...uint32) {
	data := make([]byte, 0, 4*len(values))
	for _, v := range values {
		data = binary.NativeEndian.AppendUint32(data, v)
	}
	xproto.ChangeProperty(d.conn, xproto.PropModeReplace, win, property, kind, 32, uint32(len(values)), data)
}

func (d *desktop) setString(win xproto.Window, property, kind xproto.Atom, s string) {
	xproto.ChangeProperty(d.conn, xproto.PropModeReplace, win, property, kind, 8, uint32(len(s)), []byte(s))
}

// tell sends a client message about win to the window manager.
func (d *desktop) tell(win xproto.Window, message string, values ...uint32) {
	data := make([]uint32, 5)
	copy(data, values)
	ev := xproto.ClientMessageEvent{Format: 32, Window: win, Type: d.atoms[message], Data: xproto.ClientMessageDataUnionData32New(data)}
	xproto.SendEvent(d.conn, false, d.root, xproto.EventMaskSubstructureRedirect|xproto.EventMaskSubstructureNotify, string(ev.Bytes()))
}

func hostname() string {
	h, err := os.Hostname()
	if err != nil {
		return "localhost"
	}
	return h
}
