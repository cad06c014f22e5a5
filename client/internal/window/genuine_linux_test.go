package window_test

import (
	"testing"
	"time"

	"beside/client/internal/screen/xvfb"
	"beside/client/internal/window"
	"beside/signaling/grant"
)

// Where a person has a mouse, what a program presses allows nothing, also while
// the person presses elsewhere; the person's own press does.
func TestAllowMustComeFromAPerson(t *testing.T) {
	server, person := xvfb.StartWithPerson(t, "1280x800")
	d := newDeskAt(t, server.Display, false)
	u := d.open(window.Config{AllowAfter: 500 * time.Millisecond})
	answer := ask(t.Context(), u, question(grant.SetOf(grant.View)))
	win := d.shown(u)
	none := func(when string) {
		t.Helper()
		const deaf = 0xd5dbe2
		d.until("Allow to be deaf again", func() bool { return d.at(win, allowEdgeX, buttonY) == deaf })
		d.moveTo(d.point(win, 40, 40)) // under the pointer it has another colour
		select {
		case got := <-answer:
			t.Fatalf("%s: %q %q", when, got.answer.How, got.answer.Scopes)
		default:
		}
	}
	d.ready(win)
	d.click(win, allowX, buttonY)
	none("a program's click")

	d.ready(win)
	d.step(win, keyTab)
	d.keys(keyReturn)
	none("a program's keys")

	d.ready(win)
	person.Click(2, 2)
	d.click(win, allowX, buttonY)
	none("a program's click behind a person's")

	time.Sleep(1100 * time.Millisecond)
	d.ready(win)
	at := d.point(win, allowX, buttonY)
	person.Click(at.X, at.Y)
	if got := await(d, "an answer", answer); got.answer.How != window.Allowed || got.answer.Scopes != grant.SetOf(grant.View) {
		t.Errorf("a person's click: got %q %q, want allowed view", got.answer.How, got.answer.Scopes)
	}
}

// No and Stop need no such proof: a program may end what it cannot begin.
func TestDeclineMayComeFromAnybody(t *testing.T) {
	server, _ := xvfb.StartWithPerson(t, "1280x800")
	d := newDeskAt(t, server.Display, false)
	u := d.open(window.Config{AllowAfter: 50 * time.Millisecond})
	answer := ask(t.Context(), u, question(grant.SetOf(grant.View)))
	win := d.shown(u)
	d.ready(win)
	d.click(win, declineX, buttonY)
	if got := await(d, "an answer", answer); got.answer.How != window.Declined {
		t.Errorf("got %q, want declined", got.answer.How)
	}
}
