package window

import (
	"github.com/jezek/xgb/xproto"
)

// Raise implements UI.
func (u *ui) Raise() {
	if u.enter() != nil {
		return
	}
	defer u.calls.Done()
	u.mu.Lock()
	startle := u.startle
	u.mu.Unlock()
	if startle != nil {
		startle()
	}
	for _, win := range u.desk.windows() {
		u.desk.bringForward(xproto.Window(win))
	}
}

// onStartle names what Raise does to the open question first; nil when none is.
func (u *ui) onStartle(f func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.startle = f
}

// bringForward puts a window before the person, also one that was made small.
func (d *desktop) bringForward(win xproto.Window) {
	switch bar := d.keep.onTop(); {
	case win == bar: // it is above others already, and never takes the keyboard
		return
	case d.managed("_NET_ACTIVE_WINDOW"):
		xproto.MapWindow(d.conn, win) // ICCCM 4.1.4: also for managers that only activate what they show
		d.tell(win, "_NET_ACTIVE_WINDOW", sourceUser)
	default:
		xproto.MapWindow(d.conn, win)
		d.raise(win)
		xproto.SetInputFocus(d.conn, xproto.InputFocusPointerRoot, win, xproto.TimeCurrentTime)
		if bar != 0 {
			d.raise(bar)
		}
	}
}
