//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

const (
	pollEvery   = 50 * time.Millisecond
	clickTries  = 5               // a window that was still drawing may miss the first click
	closeWithin = 3 * time.Second // how long an answered window may take to go
)

// clickCommand answers one window with the mouse. It knows of the window only what a person sees of it: its title,
// and where on it the button is.
type clickCommand struct {
	Title  string        `help:"The window's title." required:""`
	Right  int16         `help:"Pixels from the window's right edge to the button." default:"80"`
	Bottom int16         `help:"Pixels from the window's bottom edge to the button." default:"36"`
	After  time.Duration `help:"How long to look at the window before the click." default:"1500ms"`
}

// Run answers every such window until it is ended: a person may be asked more than once.
func (c *clickCommand) Run(ctx context.Context) error {
	conn, err := xgb.NewConn()
	if err != nil {
		return fmt.Errorf("connect to the X server: %w", err)
	}
	defer conn.Close()
	if err := xtest.Init(conn); err != nil {
		return fmt.Errorf("start the XTEST extension: %w", err)
	}
	h := &hand{conn: conn, root: xproto.Setup(conn).DefaultScreen(conn).Root}
	for {
		var window xproto.Window
		seen := func() (found bool) { window, found = h.find(c.Title); return found }
		if err := poll(ctx, seen); err != nil {
			return nil // ended
		}
		if err := c.answer(ctx, h, window); err != nil {
			return err
		}
	}
}

// answer clicks and sees the window go.
func (c *clickCommand) answer(ctx context.Context, h *hand, window xproto.Window) error {
	for range clickTries {
		if err := pause(ctx, c.After); err != nil {
			return nil // ended
		}
		if err := h.click(window, c.Right, c.Bottom); err != nil && h.shows(window, c.Title) {
			return err
		}
		within, done := context.WithTimeout(ctx, closeWithin)
		err := poll(within, func() bool { return !h.shows(window, c.Title) })
		done()
		if err == nil {
			return nil
		}
	}
	return fmt.Errorf("the window titled %q is still open after %d clicks", c.Title, clickTries)
}

// hand sees windows and moves the pointer on one X server.
type hand struct {
	conn *xgb.Conn
	root xproto.Window
}

// find returns the first managed window of that title.
func (h *hand) find(title string) (xproto.Window, bool) {
	for _, w := range h.windows() {
		if h.title(w) == title {
			return w, true
		}
	}
	return 0, false
}

// shows reports whether that window is still there. Its title counts too: the X server gives the number of a window
// that went to the next one, which may be Beside's bar.
func (h *hand) shows(window xproto.Window, title string) bool {
	return slices.Contains(h.windows(), window) && h.title(window) == title
}

// windows lists what the window manager shows; none before there is a window manager.
func (h *hand) windows() []xproto.Window {
	value := h.property(h.root, "_NET_CLIENT_LIST")
	list := make([]xproto.Window, 0, len(value)/4)
	for ; len(value) >= 4; value = value[4:] {
		list = append(list, xproto.Window(xgb.Get32(value)))
	}
	return list
}

func (h *hand) title(w xproto.Window) string {
	if name := h.property(w, "_NET_WM_NAME"); len(name) > 0 {
		return string(name)
	}
	return string(h.property(w, "WM_NAME"))
}

// property returns a property's bytes, or nothing: a window may be gone at any moment.
func (h *hand) property(w xproto.Window, name string) []byte {
	atom, err := xproto.InternAtom(h.conn, true, uint16(len(name)), name).Reply()
	if err != nil || atom.Atom == xproto.AtomNone {
		return nil
	}
	reply, err := xproto.GetProperty(h.conn, false, w, atom.Atom, xproto.GetPropertyTypeAny, 0, 1<<16).Reply()
	if err != nil {
		return nil
	}
	return reply.Value
}

// click moves the pointer to a place in the window, then presses and releases the first button.
func (h *hand) click(w xproto.Window, fromRight, fromBottom int16) error {
	size, err := xproto.GetGeometry(h.conn, xproto.Drawable(w)).Reply()
	if err != nil {
		return fmt.Errorf("size of the window: %w", err)
	}
	at, err := xproto.TranslateCoordinates(h.conn, w, h.root,
		int16(size.Width)-fromRight, int16(size.Height)-fromBottom).Reply()
	if err != nil {
		return fmt.Errorf("place of the window: %w", err)
	}
	for _, act := range []struct {
		kind, detail byte
	}{{xproto.MotionNotify, 0}, {xproto.ButtonPress, 1}, {xproto.ButtonRelease, 1}} {
		err := xtest.FakeInputChecked(h.conn, act.kind, act.detail, 0, h.root, at.DstX, at.DstY, 0).Check()
		if err != nil {
			return fmt.Errorf("move the mouse: %w", err)
		}
	}
	return nil
}

// poll asks again and again until the answer is yes or the context ends.
func poll(ctx context.Context, done func() bool) error {
	for !done() {
		if err := pause(ctx, pollEvery); err != nil {
			return err
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return errors.New("it did not happen in time")
		}
		return ctx.Err()
	}
}
