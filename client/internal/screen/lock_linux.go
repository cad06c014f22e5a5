package screen

import (
	"context"
	"fmt"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/jezek/xgb"
	"github.com/jezek/xgb/screensaver"
	"github.com/jezek/xgb/xproto"

	"beside/client/internal/xserver"
)

// Lock tells whether the screen is locked, as far as anybody says so: the X
// server's own saver is on, a saver wrote the property of XScreenSaver, or the
// desktop told logind (GNOME and KDE do). A locker that tells none of them is
// not seen; nothing of what is on the screen is read.
type Lock struct {
	x    *xserver.Conn // nil where the display does not say
	root xproto.Window
	told xproto.Atom // _SCREENSAVER_STATUS
	bus  *dbus.Conn  // nil where there is no logind
}

// lockTimeout bounds one question. A display that hangs for so long, held by
// another program, is asked no more.
const lockTimeout = time.Second

// OpenLock connects to the desktop in $DISPLAY and to the system's bus. What is
// not there is not asked.
func OpenLock(ctx context.Context) *Lock {
	l := &Lock{}
	if x, err := xserver.Dial(xserver.Here()); err == nil {
		if err := l.useX(x); err != nil {
			x.Close()
		}
	}
	if bus, err := dbus.ConnectSystemBus(dbus.WithContext(ctx)); err == nil {
		l.bus = bus
	}
	return l
}

func (l *Lock) useX(x *xserver.Conn) error {
	if err := screensaver.Init(x.Conn); err != nil {
		return fmt.Errorf("no MIT-SCREEN-SAVER extension: %w", err)
	}
	const name = "_SCREENSAVER_STATUS"
	atom, err := xproto.InternAtom(x.Conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		return fmt.Errorf("intern %s: %w", name, err)
	}
	l.x, l.root, l.told = x, xproto.Setup(x.Conn).DefaultScreen(x.Conn).Root, atom.Atom
	return nil
}

// Locked reports whether the screen is known to be locked. It asks anew.
func (l *Lock) Locked() bool {
	return l.x != nil && l.displaySays() || l.bus != nil && l.logindSays()
}

func (l *Lock) displaySays() bool {
	timeout := time.AfterFunc(lockTimeout, l.x.Cut)
	defer timeout.Stop()
	return l.saverOn() || l.saverSaysLocked()
}

func (l *Lock) saverOn() bool {
	info, err := screensaver.QueryInfo(l.x.Conn, xproto.Drawable(l.root)).Reply()
	return err == nil && info.State == screensaver.StateOn
}

// saverSaysLocked reads what xscreensaver(1) keeps on the root window: first of
// all the atom BLANK or LOCK, or 0.
func (l *Lock) saverSaysLocked() bool {
	p, err := xproto.GetProperty(l.x.Conn, false, l.root, l.told, xproto.GetPropertyTypeAny, 0, 1).Reply()
	if err != nil || p.Format != 32 || len(p.Value) < 4 {
		return false
	}
	atom := xproto.Atom(xgb.Get32(p.Value))
	if atom == xproto.AtomNone {
		return false
	}
	name, err := xproto.GetAtomName(l.x.Conn, atom).Reply()
	return err == nil && name.Name == "LOCK"
}

// logindSays asks for the hint that desktops give of this login
// (org.freedesktop.login1(5)).
func (l *Lock) logindSays() bool {
	ctx, cancel := context.WithTimeout(context.Background(), lockTimeout)
	defer cancel()
	var hint dbus.Variant
	err := l.bus.Object("org.freedesktop.login1", "/org/freedesktop/login1/session/auto").
		CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, "org.freedesktop.login1.Session", "LockedHint").Store(&hint)
	locked, is := hint.Value().(bool)
	return err == nil && is && locked
}

// Close ends the connections.
func (l *Lock) Close() {
	if l.x != nil {
		l.x.Close()
	}
	if l.bus != nil {
		_ = l.bus.Close()
	}
}
