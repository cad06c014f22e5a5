package window_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"image"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"beside/client/internal/window"
)

// desk is a real X server of the test's own, and the hands of a person at it:
// input comes through XTEST on another connection, as from any other program.
type desk struct {
	t    *testing.T
	conn *xgb.Conn
	root xproto.Window

	managed bool // openbox runs
}

// with is d for a subtest.
func (d *desk) with(t *testing.T) *desk {
	sub := *d
	sub.t = t
	return &sub
}

const patience = 20 * time.Second

// newDesk starts Xvfb, with openbox when wm is set, and points DISPLAY at it.
func newDesk(t *testing.T, wm bool) *desk {
	t.Helper()
	return newDeskAt(t, startXvfb(t), wm)
}

// newDeskAt is newDesk on a display that runs.
func newDeskAt(t *testing.T, display string, wm bool) *desk {
	t.Helper()
	t.Setenv("DISPLAY", display)
	t.Setenv("XMODIFIERS", "")
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatalf("connect to %s: %v", display, err)
	}
	t.Cleanup(conn.Close)
	for _, init := range []func(*xgb.Conn) error{xtest.Init, damage.Init} {
		if err := init(conn); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := damage.QueryVersion(conn, 1, 1).Reply(); err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, conn: conn, root: xproto.Setup(conn).DefaultScreen(conn).Root}
	if wm {
		d.run("openbox", "--sm-disable")
		d.until("openbox to manage the screen", func() bool { return len(d.prop(d.root, "_NET_SUPPORTING_WM_CHECK")) == 4 })
		d.managed = true
	}
	return d
}

// startXvfb starts a server on a display of its own choice, and returns its name.
func startXvfb(t *testing.T) string {
	t.Helper()
	number, theirs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer number.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{theirs}
	err = cmd.Start()
	theirs.Close()
	if err != nil {
		t.Fatalf("start Xvfb (make setup installs it): %v", err)
	}
	t.Cleanup(func() { // not Kill: it would leave its socket
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	_ = number.SetReadDeadline(time.Now().Add(patience))
	line, err := bufio.NewReader(number).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb says no display: %v", err)
	}
	return ":" + strings.TrimSpace(line)
}

// run starts a program on the desk and ends it with the test.
func (d *desk) run(name string, args ...string) {
	d.t.Helper()
	cmd := exec.Command(name, args...)
	if err := cmd.Start(); err != nil {
		d.t.Fatalf("start %s (make setup installs it): %v", name, err)
	}
	d.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
}

// until polls a condition and fails the test when it does not come.
func (d *desk) until(what string, cond func() bool) {
	d.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !cond(); <-tick.C {
		if time.Now().After(end) {
			d.t.Fatalf("waited %v in vain for %s", patience, what)
		}
		d.nudge()
	}
}

// nudge sends openbox an event that means nothing: it can leave events that it
// has read already, a click among them, until the next one comes.
func (d *desk) nudge() {
	if !d.managed {
		return
	}
	ev := xproto.ClientMessageEvent{Format: 32, Window: d.root, Type: d.atom("_BESIDE_TEST"), Data: xproto.ClientMessageDataUnionData32New(make([]uint32, 5))}
	xproto.SendEvent(d.conn, false, d.root, xproto.EventMaskSubstructureRedirect, string(ev.Bytes()))
}

// await waits for what a channel brings.
func await[T any](d *desk, what string, ch <-chan T) (v T) {
	d.t.Helper()
	d.until(what, func() bool {
		select {
		case v = <-ch:
			return true
		default:
			return false
		}
	})
	return v
}

// open makes a UI that ends with the test.
func (d *desk) open(cfg window.Config) window.UI {
	d.t.Helper()
	u, err := window.New(cfg)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(u.Close)
	return u
}

// shown waits for the only window of u, a dialog, to be on the screen and to have the
// keyboard, and returns it.
func (d *desk) shown(u window.UI) xproto.Window {
	d.t.Helper()
	win := d.onScreen(u)
	if d.managed {
		d.until("the keyboard to be the dialog's", func() bool { return d.focused() == win })
	}
	return win
}

// onScreen waits for the only window of u to be on the screen and returns it.
func (d *desk) onScreen(u window.UI) xproto.Window {
	d.t.Helper()
	var win xproto.Window
	d.until("a window on the screen", func() bool {
		list := u.OwnWindows()
		if len(list) != 1 {
			return false
		}
		win = xproto.Window(list[0])
		a, err := xproto.GetWindowAttributes(d.conn, win).Reply()
		return err == nil && a.MapState == xproto.MapStateViewable && d.at(win, 8, 4) == white
	})
	return win
}

// focused is the window that the keyboard goes to.
func (d *desk) focused() xproto.Window {
	f, err := xproto.GetInputFocus(d.conn).Reply()
	if err != nil {
		return 0
	}
	return f.Focus
}

const (
	white  = 0xffffff
	accent = 0x1a5a9e
)

// at is the colour on the screen, so that what covers the window counts. A
// negative place counts from the window's far edges.
func (d *desk) at(win xproto.Window, x, y int) uint32 {
	p := d.point(win, x, y)
	img, err := xproto.GetImage(d.conn, xproto.ImageFormatZPixmap, xproto.Drawable(d.root), int16(p.X), int16(p.Y), 1, 1, ^uint32(0)).Reply()
	if err != nil || len(img.Data) < 4 {
		return 0
	}
	return binary.LittleEndian.Uint32(img.Data) & 0xffffff
}

// body reports whether a colour is somewhere in a column of a dialog's body.
func (d *desk) body(win xproto.Window, x int, colour uint32) bool {
	const footer = 72
	r := d.place(win)
	img, err := xproto.GetImage(d.conn, xproto.ImageFormatZPixmap, xproto.Drawable(d.root),
		int16(r.Min.X+x), int16(r.Min.Y), 1, uint16(max(r.Dy()-footer, 1)), ^uint32(0)).Reply()
	if err != nil {
		return false
	}
	for i := 0; i+4 <= len(img.Data); i += 4 {
		if binary.LittleEndian.Uint32(img.Data[i:])&0xffffff == colour {
			return true
		}
	}
	return false
}

// point is a place in a window, on the screen.
func (d *desk) point(win xproto.Window, x, y int) image.Point {
	r := d.place(win)
	if x < 0 {
		x += r.Dx()
	}
	if y < 0 {
		y += r.Dy()
	}
	return r.Min.Add(image.Pt(x, y))
}

// place is where a window is on the screen.
func (d *desk) place(win xproto.Window) image.Rectangle {
	geo, err := xproto.GetGeometry(d.conn, xproto.Drawable(win)).Reply()
	if err != nil {
		return image.Rectangle{}
	}
	at, err := xproto.TranslateCoordinates(d.conn, win, d.root, 0, 0).Reply()
	if err != nil {
		return image.Rectangle{}
	}
	return image.Rect(int(at.DstX), int(at.DstY), int(at.DstX)+int(geo.Width), int(at.DstY)+int(geo.Height))
}

func (d *desk) fake(kind byte, detail byte, p image.Point) {
	d.t.Helper()
	if err := xtest.FakeInputChecked(d.conn, kind, detail, 0, d.root, int16(p.X), int16(p.Y), 0).Check(); err != nil {
		d.t.Fatalf("fake input: %v", err)
	}
}

func (d *desk) moveTo(p image.Point) { d.t.Helper(); d.fake(xproto.MotionNotify, 0, p) }
func (d *desk) press()               { d.t.Helper(); d.fake(xproto.ButtonPress, 1, image.Point{}) }
func (d *desk) release()             { d.t.Helper(); d.fake(xproto.ButtonRelease, 1, image.Point{}) }

// click clicks at a place of a window, as slowly as the server takes it: a
// window manager stops the pointer for a moment at each press.
func (d *desk) click(win xproto.Window, x, y int) {
	d.t.Helper()
	d.moveTo(d.point(win, x, y))
	d.press()
	d.until("the button to be down", d.buttonDown)
	d.release()
	d.until("the button to be up", func() bool { return !d.buttonDown() })
}

// dash clicks faster than any person.
func (d *desk) dash(win xproto.Window, x, y int) {
	d.t.Helper()
	d.moveTo(d.point(win, x, y))
	d.press()
	d.release()
}

func (d *desk) buttonDown() bool {
	p, err := xproto.QueryPointer(d.conn, d.root).Reply()
	return err == nil && p.Mask&xproto.KeyButMaskButton1 != 0
}

// Keycodes of the evdev keymap, which Xvfb has.
const (
	keyEscape = 9
	keyTab    = 23
	keyReturn = 36
	keyShift  = 50
	keySpace  = 65
)

// keys presses keys one after the other.
func (d *desk) keys(codes ...byte) {
	d.t.Helper()
	for _, c := range codes {
		d.fake(xproto.KeyPress, c, image.Point{})
		d.fake(xproto.KeyRelease, c, image.Point{})
	}
}

// see does something and waits for a window to look different. Gio loses a Tab
// that comes before the last key was drawn, which is faster than people type.
func (d *desk) see(win xproto.Window, act func()) {
	d.t.Helper()
	before := d.picture(win)
	act()
	d.until("a change in the window", func() bool { return !bytes.Equal(d.picture(win), before) })
}

// step presses keys as a person does, each seen before the next.
func (d *desk) step(win xproto.Window, codes ...byte) {
	d.t.Helper()
	for _, c := range codes {
		d.see(win, func() { d.keys(c) })
	}
}

// back is Shift+Tab.
func (d *desk) back(win xproto.Window) {
	d.t.Helper()
	d.see(win, func() {
		d.fake(xproto.KeyPress, keyShift, image.Point{})
		d.keys(keyTab)
		d.fake(xproto.KeyRelease, keyShift, image.Point{})
	})
}

// picture is what the screen shows where a window is.
func (d *desk) picture(win xproto.Window) []byte {
	r := d.place(win)
	img, err := xproto.GetImage(d.conn, xproto.ImageFormatZPixmap, xproto.Drawable(d.root), int16(r.Min.X), int16(r.Min.Y), uint16(r.Dx()), uint16(r.Dy()), ^uint32(0)).Reply()
	if err != nil {
		return nil
	}
	return img.Data
}

func (d *desk) atom(name string) xproto.Atom {
	d.t.Helper()
	a, err := xproto.InternAtom(d.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		d.t.Fatal(err)
	}
	return a.Atom
}

func (d *desk) prop(win xproto.Window, name string) []byte {
	p, err := xproto.GetProperty(d.conn, false, win, d.atom(name), xproto.GetPropertyTypeAny, 0, 1024).Reply()
	if err != nil {
		return nil
	}
	return p.Value
}

// has reports whether a list of atoms holds one.
func (d *desk) has(win xproto.Window, list, atom string) bool {
	want := d.atom(atom)
	for v := d.prop(win, list); len(v) >= 4; v = v[4:] {
		if xproto.Atom(binary.NativeEndian.Uint32(v)) == want {
			return true
		}
	}
	return false
}

// closeButton does what the close button of a window's frame does.
func (d *desk) closeButton(win xproto.Window) {
	d.t.Helper()
	ev := xproto.ClientMessageEvent{Format: 32, Window: win, Type: d.atom("WM_PROTOCOLS"),
		Data: xproto.ClientMessageDataUnionData32New([]uint32{uint32(d.atom("WM_DELETE_WINDOW")), 1 /* some time */, 0, 0, 0})}
	if err := xproto.SendEventChecked(d.conn, false, win, 0, string(ev.Bytes())).Check(); err != nil {
		d.t.Fatal(err)
	}
}

// stranger opens a window of another program over r, above all others.
func (d *desk) stranger(r image.Rectangle) xproto.Window {
	d.t.Helper()
	win, err := xproto.NewWindowId(d.conn)
	if err != nil {
		d.t.Fatal(err)
	}
	screen := xproto.Setup(d.conn).DefaultScreen(d.conn)
	err = xproto.CreateWindowChecked(d.conn, screen.RootDepth, win, d.root, int16(r.Min.X), int16(r.Min.Y), uint16(r.Dx()), uint16(r.Dy()), 0,
		xproto.WindowClassInputOutput, screen.RootVisual, xproto.CwBackPixel, []uint32{strange}).Check()
	if err != nil {
		d.t.Fatal(err)
	}
	hints := make([]byte, 72)
	binary.NativeEndian.PutUint32(hints, 1) // the place is meant
	xproto.ChangeProperty(d.conn, xproto.PropModeReplace, win, xproto.AtomWmNormalHints, xproto.AtomWmSizeHints, 32, 18, hints)
	xproto.MapWindow(d.conn, win)
	xproto.ConfigureWindow(d.conn, win, xproto.ConfigWindowStackMode, []uint32{xproto.StackModeAbove})
	d.until("the other window on the screen", func() bool { return d.at(win, -2, -2) == strange })
	return win
}

// strange is the colour of another program's window.
const strange = 0x00ff88
