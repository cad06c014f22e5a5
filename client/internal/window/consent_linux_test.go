package window_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"beside/client/internal/window"
	"beside/signaling/grant"
)

// Places of the consent window's buttons, from its far corner.
const (
	allowX, declineX, buttonY = -28 - 52, -28 - 104 - 12 - 52, -16 - 20
	allowEdgeX                = -28 - 8 // inside Allow, beside its text
)

var threeScopes = grant.SetOf(grant.View, grant.Control, grant.FilesSend)

func question(s grant.Set) window.Question {
	return window.Question{Party: window.Party{Organisation: "Example"}, Technician: "Anna Berger", Scopes: s}
}

type result struct {
	answer window.Answer
	err    error
}

// ask asks in a goroutine of its own.
func ask(ctx context.Context, u window.UI, q window.Question) <-chan result {
	out := make(chan result, 1)
	go func() {
		a, err := u.Ask(ctx, q)
		out <- result{a, err}
	}()
	return out
}

// ready waits until the window listens: its Allow button has its colour.
func (d *desk) ready(win xproto.Window) {
	d.t.Helper()
	d.until("Allow to become active", func() bool { return d.at(win, allowEdgeX, buttonY) == accent })
}

func TestConsentAnswers(t *testing.T) {
	tests := []struct {
		name string
		ask  grant.Set
		act  func(d *desk, win xproto.Window)
		how  window.How
		want grant.Set
		term time.Duration
	}{
		{"Enter declines", threeScopes, func(d *desk, _ xproto.Window) { d.keys(keyReturn) }, window.Declined, grant.Set{}, 0},
		{"Escape declines", threeScopes, func(d *desk, w xproto.Window) { d.step(w, keyTab, keyTab); d.keys(keyEscape) }, window.Declined, grant.Set{}, 0},
		{"a click declines", threeScopes, func(d *desk, w xproto.Window) { d.click(w, declineX, buttonY) }, window.Declined, grant.Set{}, 0},
		{"closing declines", threeScopes, func(d *desk, w xproto.Window) { d.closeButton(w) }, window.Closed, grant.Set{}, 0},
		{"Allow gives what is ticked at first", threeScopes, func(d *desk, w xproto.Window) { d.click(w, allowX, buttonY) }, window.Allowed, grant.SetOf(grant.View), time.Hour},
		{"a right asked alone is ticked", grant.SetOf(grant.Control), func(d *desk, w xproto.Window) { d.click(w, allowX, buttonY) }, window.Allowed, grant.SetOf(grant.Control), time.Hour},
		{"Allow gives exactly what is ticked", threeScopes, func(d *desk, w xproto.Window) {
			for range 1 + len(window.Terms) {
				d.back(w)
			}
			d.step(w, keySpace) // files on
			d.back(w)
			d.back(w)
			d.step(w, keySpace) // view off
			d.click(w, allowX, buttonY)
		}, window.Allowed, grant.SetOf(grant.FilesSend), time.Hour},
		{"keyboard alone", threeScopes, func(d *desk, w xproto.Window) {
			d.step(w, keyTab, keyTab, keyTab, keySpace)               // Allow, view, control on
			d.step(w, keyTab, keyTab, keyTab, keyTab, keyTab, keyTab) // files, three terms, Decline, Allow
			d.keys(keyReturn)
		}, window.Allowed, grant.SetOf(grant.View, grant.Control), time.Hour},
		{"for a shorter time", grant.SetOf(grant.View), func(d *desk, w xproto.Window) {
			for range len(window.Terms) {
				d.back(w)
			}
			d.step(w, keySpace) // a quarter of an hour
			d.click(w, allowX, buttonY)
		}, window.Allowed, grant.SetOf(grant.View), 15 * time.Minute},
		{"nothing ticked cannot be allowed", threeScopes, func(d *desk, w xproto.Window) {
			d.step(w, keyTab, keyTab, keySpace)
			d.until("Allow to rest", func() bool { return d.at(w, allowEdgeX, buttonY) != accent })
			d.click(w, allowX, buttonY)
			d.keys(keyEscape)
		}, window.Declined, grant.Set{}, 0},
	}
	d := newDesk(t, true)
	u := d.open(window.Config{AllowAfter: 50 * time.Millisecond})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := d.with(t)
			answer := ask(t.Context(), u, question(tt.ask))
			win := d.shown(u)
			d.ready(win)
			tt.act(d, win)
			got := await(d, "an answer", answer)
			if got.err != nil || got.answer.How != tt.how || got.answer.Scopes != tt.want {
				t.Errorf("Ask: got %q %q, %v; want %q %q", got.answer.How, got.answer.Scopes, got.err, tt.how, tt.want)
			}
			term := time.Duration(0)
			if tt.how == window.Allowed {
				term = tt.term
			}
			if got.answer.For != term {
				t.Errorf("Ask: allowed for %v, want %v", got.answer.For, term)
			}
			if own := u.OwnWindows(); len(own) != 0 {
				t.Errorf("windows after the answer: got %v, want none", own)
			}
		})
	}
}

func TestDefaults(t *testing.T) {
	if window.DefaultAllowAfter != time.Second || window.DefaultAnswerWithin != 2*time.Minute {
		t.Errorf("Allow after %v, no answer after %v; want 1 s and 2 min", window.DefaultAllowAfter, window.DefaultAnswerWithin)
	}
}

// A storm of clicks and keys on every control does nothing before Allow is active.
func TestNothingCountsAtFirst(t *testing.T) {
	const deaf, storm = 5 * time.Second, 2 * time.Second // what is between bears a busy machine
	d := newDesk(t, true)
	u := d.open(window.Config{AllowAfter: deaf})
	start := time.Now() // the window is shown later than this
	answer := ask(t.Context(), u, question(threeScopes))
	win := d.shown(u)
	const resting = 0xd5dbe2
	d.until("Allow to rest", func() bool { return d.at(win, allowEdgeX, buttonY) == resting })
	// A window manager takes each click up by itself: more of them would still be coming when they count.
	for round := 0; round < 50 && time.Since(start) < storm; round++ {
		d.dash(win, allowX, buttonY)
		d.dash(win, declineX, buttonY)
		d.keys(keyReturn, keySpace, keyEscape)
		select {
		case got := <-answer:
			t.Fatalf("an answer after %v: %q %q", time.Since(start), got.answer.How, got.answer.Scopes)
		default:
		}
	}
	// A press that began too early does not count when it ends later.
	d.moveTo(d.point(win, allowX, buttonY))
	d.press()
	d.until("the button to be down", d.buttonDown)
	d.until("Allow to become active", func() bool { return d.at(win, allowEdgeX, buttonY) != resting })
	if early := time.Since(start); early < deaf {
		t.Errorf("Allow became active after %v, want at least %v", early, deaf)
	}
	d.release()
	d.until("the button to be up", func() bool { return !d.buttonDown() })
	d.click(win, allowX, buttonY-60) // beside the buttons: in order after the release
	select {
	case got := <-answer:
		t.Fatalf("a press from before Allow was active counted: %q", got.answer.How)
	default:
	}
	d.click(win, allowX, buttonY)
	if got := await(d, "an answer", answer); got.answer.How != window.Allowed || got.answer.Scopes != grant.SetOf(grant.View) {
		t.Errorf("a real click: got %q %q, want allowed view", got.answer.How, got.answer.Scopes)
	}
}

func TestNoAnswerIsNo(t *testing.T) {
	d := newDesk(t, false)
	u := d.open(window.Config{AnswerWithin: 700 * time.Millisecond, AllowAfter: time.Millisecond})
	got := await(d, "the timeout", ask(t.Context(), u, question(threeScopes)))
	if got.err != nil || got.answer.How != window.TimedOut || !got.answer.Scopes.Empty() {
		t.Errorf("Ask without an answer: got %q %q, %v; want timeout", got.answer.How, got.answer.Scopes, got.err)
	}
}

func TestAskEndsWithItsContext(t *testing.T) {
	d := newDesk(t, false)
	u := d.open(window.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	first := ask(ctx, u, question(threeScopes))
	d.shown(u)
	second := ask(ctx, u, question(threeScopes)) // waits for its turn
	cancel()
	for _, ch := range []<-chan result{first, second} {
		if got := await(d, "the end", ch); !errors.Is(got.err, context.Canceled) || got.answer != (window.Answer{}) {
			t.Errorf("Ask with a cancelled context: got %+v, want the zero Answer and context.Canceled", got)
		}
	}
	if _, err := u.Ask(t.Context(), question(grant.Set{})); err == nil {
		t.Error("Ask for nothing: got no error, want one")
	}
}

func TestCloseEndsEveryCall(t *testing.T) {
	d := newDesk(t, false)
	u := d.open(window.Config{})
	answer := ask(t.Context(), u, question(threeScopes))
	d.shown(u)
	u.Close()
	if got := await(d, "the end", answer); !errors.Is(got.err, window.ErrClosed) || got.answer != (window.Answer{}) {
		t.Errorf("Ask during Close: got %+v, want the zero Answer and ErrClosed", got)
	}
	if _, err := u.OpenBar(window.BarState{}); !errors.Is(err, window.ErrClosed) {
		t.Errorf("OpenBar after Close: got %v, want ErrClosed", err)
	}
}

func TestConsentWithoutWindowManagerTakesTheKeyboard(t *testing.T) {
	d := newDesk(t, false)
	u := d.open(window.Config{AllowAfter: time.Millisecond})
	answer := ask(t.Context(), u, question(threeScopes))
	win := d.shown(u)
	d.ready(win)
	covered := d.stranger(d.place(win).Inset(-4))
	d.until("the question above the other window", func() bool { return d.at(win, 20, -20) != strange })
	d.keys(keyEscape)
	if got := await(d, "an answer", answer); got.answer.How != window.Declined {
		t.Errorf("Escape: got %q, want declined", got.answer.How)
	}
	xproto.DestroyWindow(d.conn, covered)
}
