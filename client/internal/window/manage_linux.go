package window

import (
	"encoding/binary"
	"image"
	"os"
	"sync"
	"time"

	"github.com/jezek/xgb/xproto"
)

// Values of the EWMH and ICCCM specifications.
const (
	stateAdd       = 1
	sourceUser     = 2 // EWMH: the request stems from the person; a question about safety does not wait
	sizeUSPosition = 1 << 0
	sizePSize      = 1 << 3
	sizePMin       = 1 << 4
	sizePMax       = 1 << 5
	motifDecor     = 1 << 1
	allDesktops    = 0xffffffff
)

// states are the EWMH states a role has from the start.
func (r role) states() []string {
	switch r {
	case roleBar:
		return []string{"_NET_WM_STATE_ABOVE", "_NET_WM_STATE_STICKY", "_NET_WM_STATE_SKIP_TASKBAR", "_NET_WM_STATE_SKIP_PAGER"}
	case roleConsent:
		return []string{"_NET_WM_STATE_ABOVE", "_NET_WM_STATE_STICKY"}
	}
	return nil
}

func (r role) windowType() string {
	switch r {
	case roleBar:
		return "_NET_WM_WINDOW_TYPE_UTILITY"
	case roleConsent:
		return "_NET_WM_WINDOW_TYPE_DIALOG"
	}
	return "_NET_WM_WINDOW_TYPE_NORMAL"
}

// prepare writes what the window manager reads when a window appears. Gio asks
// for the mapping before we learn of the window, but its request still waits in
// Xlib's buffer then, so that these properties come first and nothing jumps; if
// that ever changes, present repeats what matters.
func (d *desktop) prepare(win xproto.Window, r role, at image.Rectangle, fixed bool) {
	xproto.ChangeWindowAttributes(d.conn, win, xproto.CwBackPixel|xproto.CwEventMask,
		[]uint32{0xffffff, xproto.EventMaskVisibilityChange}) // paper white until the first frame
	// Gio's default class is the program's file name, which may hold the invitation's secret.
	d.setString(win, xproto.AtomWmClass, xproto.AtomString, "beside\x00Beside\x00")
	d.setString(win, d.atoms["WM_CLIENT_MACHINE"], xproto.AtomString, hostname())
	d.set32(win, d.atoms["_NET_WM_PID"], xproto.AtomCardinal, uint32(os.Getpid()))
	d.set32(win, d.atoms["_NET_WM_WINDOW_TYPE"], xproto.AtomAtom, uint32(d.atoms[r.windowType()]))
	var states []uint32
	for _, s := range r.states() {
		states = append(states, uint32(d.atoms[s]))
	}
	d.set32(win, d.atoms["_NET_WM_STATE"], xproto.AtomAtom, states...)
	if r == roleBar {
		d.set32(win, d.atoms["_MOTIF_WM_HINTS"], d.atoms["_MOTIF_WM_HINTS"], motifDecor, 0, 0, 0, 0)
	}
	if r == roleBar || r == roleNews {
		d.set32(win, d.atoms["_NET_WM_USER_TIME"], xproto.AtomCardinal, 0) // does not take the keyboard
	}
	if len(states) > 0 {
		d.set32(win, d.atoms["_NET_WM_DESKTOP"], xproto.AtomCardinal, allDesktops) // for managers without the sticky state
	}
	d.hint(win, at, fixed)
	d.move(win, at)
	// A round trip: the server has all of this before Gio's mapping.
	_, _ = xproto.GetInputFocus(d.conn).Reply()
}

// hint writes WM_NORMAL_HINTS: the place is meant, and the bar's size is fixed.
func (d *desktop) hint(win xproto.Window, at image.Rectangle, fixed bool) {
	h := make([]uint32, 18)
	h[0] = sizeUSPosition | sizePSize | sizePMin
	h[1], h[2], h[3], h[4] = uint32(int32(at.Min.X)), uint32(int32(at.Min.Y)), uint32(at.Dx()), uint32(at.Dy())
	h[5], h[6] = uint32(at.Dx()/2), uint32(at.Dy()/2)
	if fixed {
		h[0] |= sizePMax
		h[5], h[6], h[7], h[8] = h[3], h[4], h[3], h[4]
	}
	d.set32(win, xproto.AtomWmNormalHints, xproto.AtomWmSizeHints, h...)
}

// present brings a window that was just drawn for the first time to the person.
func (d *desktop) present(win xproto.Window, r role) {
	for _, s := range r.states() {
		d.tell(win, "_NET_WM_STATE", stateAdd, uint32(d.atoms[s]), 0, 1)
	}
	d.keep.set(win, r)
	if r == roleBar || r == roleNews {
		d.raise(win)
		return
	}
	if !d.managed("_NET_ACTIVE_WINDOW") {
		d.raise(win)
		xproto.SetInputFocus(d.conn, xproto.InputFocusPointerRoot, win, xproto.TimeCurrentTime)
		return
	}
	d.tell(win, "_NET_ACTIVE_WINDOW", sourceUser)
	if r == roleConsent {
		d.tell(win, "_NET_WM_STATE", stateAdd, uint32(d.atoms["_NET_WM_STATE_DEMANDS_ATTENTION"]), 0, 1)
	}
}

// managed reports whether a window manager runs that knows the hint.
func (d *desktop) managed(hint string) bool {
	if len(d.property(d.root, "_NET_SUPPORTING_WM_CHECK", xproto.AtomWindow)) < 4 {
		return false
	}
	list := d.property(d.root, "_NET_SUPPORTED", xproto.AtomAtom)
	for ; len(list) >= 4; list = list[4:] {
		if xproto.Atom(binary.NativeEndian.Uint32(list)) == d.atoms[hint] {
			return true
		}
	}
	return false
}

func (d *desktop) raise(win xproto.Window) {
	xproto.ConfigureWindow(d.conn, win, xproto.ConfigWindowStackMode, []uint32{xproto.StackModeAbove})
}

// keeper knows which windows must stay on top where no window manager does it.
type keeper struct {
	mu       sync.Mutex
	bar      xproto.Window
	question xproto.Window
	last     time.Time // of the last raise
}

// raiseEvery bounds the struggle with another program that also raises itself.
const raiseEvery = 200 * time.Millisecond

func (k *keeper) set(win xproto.Window, r role) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch r {
	case roleBar:
		k.bar = win
	case roleConsent:
		k.question = win
	}
}

// onTop is the bar, 0 when there is none.
func (k *keeper) onTop() xproto.Window {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.bar
}

// forget drops a window that is going, and returns the bar if it may now be covered.
func (k *keeper) forget(win xproto.Window) (bar xproto.Window) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch win {
	case k.bar:
		k.bar = 0
	case k.question:
		k.question = 0
		return k.bar
	}
	return 0
}

// due reports whether win is to be raised now, or after the returned wait. While
// a question is open only the question is: the two may overlap and would never rest.
func (k *keeper) due(win xproto.Window, now time.Time) (wait time.Duration, yes bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if win != k.question && (win != k.bar || k.question != 0) {
		return 0, false
	}
	wait = max(k.last.Add(raiseEvery).Sub(now), 0)
	k.last = now.Add(wait)
	return wait, true
}

// onObscured puts one of our windows on top again, on the event loop.
func (d *desktop) onObscured(win xproto.Window) {
	wait, yes := d.keep.due(win, time.Now())
	if !yes || d.managed("_NET_WM_STATE_ABOVE") {
		return
	}
	if wait > 0 {
		<-time.After(wait)
	}
	d.raise(win)
}
