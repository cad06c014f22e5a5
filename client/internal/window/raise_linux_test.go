package window_test

import (
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"beside/client/internal/window"
)

// With a window manager and without one, what the person lost sight of comes back.
func TestRaiseBringsTheWindowBack(t *testing.T) {
	for name, managed := range map[string]bool{"openbox": true, "no window manager": false} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, managed)
			u := d.open(window.Config{})
			u.Raise() // no window yet: nothing happens
			link := askLink(t, u, window.LinkQuestion{})
			win := d.shown(u)
			d.stranger(d.place(win).Inset(-40))
			d.until("the window to be covered", func() bool { return d.at(win, 8, 4) == strange })
			u.Raise()
			d.until("the window to be above", func() bool { return d.at(win, 8, 4) == white })
			d.until("the keyboard", func() bool { return d.focused() == win })
			if managed {
				d.iconify(win)
				u.Raise()
				d.until("the window to be back", func() bool { return d.at(win, 8, 4) == white })
			}
			d.keys(keyEscape)
			await(d, "the answer", link)
		})
	}
}

// A second start of the program is no answer, and no click meant for something
// else becomes one.
func TestRaiseNeverAnswers(t *testing.T) {
	d := newDesk(t, true)
	const deaf = 3 * time.Second
	u := d.open(window.Config{AllowAfter: deaf})
	answer := ask(t.Context(), u, question(threeScopes))
	win := d.shown(u)
	d.ready(win)
	raised := time.Now()
	u.Raise()
	d.until("Allow to rest again", func() bool { return d.at(win, allowEdgeX, buttonY) != accent })
	d.dash(win, allowX, buttonY)
	d.keys(keyReturn)
	d.moveTo(d.point(win, 8, 8))
	d.ready(win)
	if took := time.Since(raised); took < deaf {
		t.Errorf("Allow was active %v after the raise, want %v", took, deaf)
	}
	select {
	case a := <-answer:
		t.Fatalf("answered by what came just after the raise: %+v", a)
	default:
	}
	d.click(win, allowX, buttonY)
	if a := await(d, "the answer", answer); a.answer.How != window.Allowed {
		t.Errorf("got %+v, want Allowed by a click that was meant", a)
	}
}

// iconify asks the window manager to make a window small, and waits for it.
func (d *desk) iconify(win xproto.Window) {
	d.t.Helper()
	const iconic = 3 // ICCCM 4.1.4
	ev := xproto.ClientMessageEvent{Format: 32, Window: win, Type: d.atom("WM_CHANGE_STATE"),
		Data: xproto.ClientMessageDataUnionData32New([]uint32{iconic, 0, 0, 0, 0})}
	xproto.SendEvent(d.conn, false, d.root, xproto.EventMaskSubstructureRedirect|xproto.EventMaskSubstructureNotify, string(ev.Bytes()))
	d.until("the window to be small", func() bool {
		a, err := xproto.GetWindowAttributes(d.conn, win).Reply()
		return err == nil && a.MapState != xproto.MapStateViewable
	})
}
