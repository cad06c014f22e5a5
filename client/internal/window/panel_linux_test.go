package window_test

import (
	"context"
	"errors"
	"os/exec"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
	"go.uber.org/goleak"

	"beside/client/internal/window"
	"beside/signaling/grant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// later runs f in a goroutine of its own and brings what it returns.
func later[T any](f func() T) <-chan T {
	out := make(chan T, 1)
	go func() { out <- f() }()
	return out
}

type linkResult struct {
	text string
	err  error
}

func askLink(t *testing.T, u window.UI, q window.LinkQuestion) <-chan linkResult {
	return later(func() linkResult {
		text, err := u.AskLink(t.Context(), q)
		return linkResult{text, err}
	})
}

// Places of the panel's buttons are those of the consent window.

func TestAskLinkBringsWhatWasTyped(t *testing.T) {
	d := newDesk(t, true)
	u := d.open(window.Config{})
	link := askLink(t, u, window.LinkQuestion{Text: "old"})
	win := d.shown(u)
	d.ready(win) // Continue is active: the field is not empty
	d.until("the old text to be selected", func() bool { return d.body(win, 44, 0xd5dbe2) })
	const a, b = 38, 56
	d.step(win, a, b) // replaces the selected old text
	d.keys(keyReturn)
	if got := await(d, "the link", link); got.err != nil || got.text != "ab" {
		t.Errorf("AskLink: got %q, %v; want ab", got.text, got.err)
	}

	// The same window goes on with the next page.
	link = askLink(t, u, window.LinkQuestion{Problem: "That was not a link."})
	d.until("the note of what was wrong", func() bool { return d.body(win, 34, 0xf3f6f9) })
	d.until("Continue to rest: the field is empty", func() bool { return d.at(win, allowEdgeX, buttonY) == 0xd5dbe2 })
	if own := u.OwnWindows(); len(own) != 1 || own[0] != uint32(win) {
		t.Errorf("windows: got %v, want the same one %d", own, win)
	}
	d.click(win, declineX, buttonY)
	if got := await(d, "Cancel", link); !errors.Is(got.err, window.ErrClosed) {
		t.Errorf("AskLink cancelled: got %v, want ErrClosed", got.err)
	}
}

// The rows of words begin below the heading; each is a tab stop, in order, and "none
// of these" is the last.
func TestAskWordsTakesARowAndContinue(t *testing.T) {
	q := window.WordsQuestion{
		Party: window.Party{Organisation: "Example"}, Technician: "Anna Berger",
		Choices: [3]string{"amber bridge candle dolphin", "eagle forest garden hammer", "island jacket kettle lemon"},
	}
	tests := []struct {
		name string
		act  func(d *desk, win xproto.Window)
		want window.Pick
	}{
		{"Enter at once", func(d *desk, _ xproto.Window) { d.keys(keyReturn) }, window.Pick{}},
		{"Escape after a choice", func(d *desk, w xproto.Window) {
			d.step(w, keyTab, keySpace)
			d.keys(keyEscape)
		}, window.Pick{}},
		{"closing", func(d *desk, w xproto.Window) { d.closeButton(w) }, window.Pick{}},
		{"the first row", func(d *desk, w xproto.Window) {
			d.step(w, keyTab, keySpace)
			d.ready(w)
			d.click(w, allowX, buttonY)
		}, window.Pick{How: window.PickedWords}},
		{"the last choice counts", func(d *desk, w xproto.Window) {
			d.step(w, keyTab, keySpace, keyTab, keySpace, keyTab, keySpace)
			d.ready(w)
			d.click(w, allowX, buttonY)
		}, window.Pick{How: window.PickedWords, Choice: 2}},
		{"none of these, by keyboard", func(d *desk, w xproto.Window) {
			d.step(w, keyTab, keyTab, keyTab, keyTab, keySpace) // the rows
			d.ready(w)
			d.step(w, keyTab, keyTab) // Cancel, Continue
			d.keys(keyReturn)
		}, window.Pick{How: window.PickedNone}},
	}
	d := newDesk(t, true)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := d.with(t)
			u := d.open(window.Config{})
			picked := later(func() window.Pick {
				pick, err := u.AskWords(t.Context(), q)
				if err != nil {
					t.Errorf("AskWords: %v", err)
				}
				return pick
			})
			win := d.shown(u)
			d.until("Continue to rest: nothing is chosen", func() bool { return d.at(win, allowEdgeX, buttonY) == 0xd5dbe2 })
			tt.act(d, win)
			if got := await(d, "a pick", picked); got != tt.want {
				t.Errorf("AskWords: got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestAskHostMeansNoUnlessConnectIsPressed(t *testing.T) {
	tests := []struct {
		name string
		act  func(d *desk, win xproto.Window)
		want bool
	}{
		{"Enter", func(d *desk, _ xproto.Window) { d.keys(keyReturn) }, false},
		{"Escape", func(d *desk, _ xproto.Window) { d.keys(keyEscape) }, false},
		{"closing", func(d *desk, w xproto.Window) { d.closeButton(w) }, false},
		{"Connect", func(d *desk, w xproto.Window) { d.click(w, allowX, buttonY) }, true},
		{"Connect by keyboard", func(d *desk, w xproto.Window) { d.step(w, keyTab); d.keys(keySpace) }, true},
	}
	d := newDesk(t, true)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := d.with(t)
			u := d.open(window.Config{})
			yes := later(func() bool {
				yes, err := u.AskHost(t.Context(), "help.example.org")
				if err != nil {
					t.Errorf("AskHost: %v", err)
				}
				return yes
			})
			win := d.shown(u)
			d.ready(win)
			tt.act(d, win)
			if got := await(d, "an answer", yes); got != tt.want {
				t.Errorf("AskHost: got %t, want %t", got, tt.want)
			}
		})
	}
}

func TestWaitIsCancelledOrEnds(t *testing.T) {
	d := newDesk(t, true)
	u := d.open(window.Config{})
	w := window.Waiting{Party: window.Party{Organisation: "Example"}, Stage: window.Connecting}
	ctx, cancel := context.WithCancel(t.Context())
	waited := later(func() error { return u.Wait(ctx, w) })
	win := d.shown(u)
	cancel()
	if err := await(d, "the end of waiting", waited); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait with a cancelled context: got %v, want context.Canceled", err)
	}
	w.Stage = window.AwaitingTechnician
	d.see(win, func() { waited = later(func() error { return u.Wait(t.Context(), w) }) })
	d.keys(keyEscape)
	if err := await(d, "Cancel", waited); !errors.Is(err, window.ErrClosed) {
		t.Errorf("Wait cancelled: got %v, want ErrClosed", err)
	}
	// The panel rests now; closing it counts for the page that comes next.
	d.closeButton(win)
	d.until("the panel to be gone", func() bool { return len(u.OwnWindows()) == 0 })
	if err := await(d, "the next page", later(func() error { return u.Wait(t.Context(), w) })); !errors.Is(err, window.ErrClosed) {
		t.Errorf("Wait after the panel was closed: got %v, want ErrClosed", err)
	}
}

// A question takes the panel away without anybody having cancelled.
func TestQuestionReplacesWaiting(t *testing.T) {
	d := newDesk(t, true)
	u := d.open(window.Config{AllowAfter: time.Millisecond})
	ctx, cancel := context.WithCancel(t.Context())
	waited := later(func() error {
		return u.Wait(ctx, window.Waiting{Stage: window.AwaitingTechnician})
	})
	d.shown(u)
	answer := ask(t.Context(), u, question(grant.SetOf(grant.View)))
	d.until("the question in place of the panel", func() bool {
		own := u.OwnWindows()
		return len(own) == 1 && string(d.prop(xproto.Window(own[0]), "_NET_WM_NAME")) == "Beside: your permission"
	})
	win := d.shown(u)
	d.ready(win)
	select {
	case err := <-waited:
		t.Errorf("Wait ended by the question: got %v, want it to wait for its context", err)
	default:
	}
	cancel()
	if err := await(d, "the end of waiting", waited); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait: got %v, want context.Canceled", err)
	}
	d.keys(keyReturn)
	if got := await(d, "an answer", answer); got.answer.How != window.Declined {
		t.Errorf("Ask: got %q, want declined", got.answer.How)
	}
}

func TestTellOffersAnotherTry(t *testing.T) {
	d := newDesk(t, true)
	u := d.open(window.Config{})
	again := later(func() bool {
		again, err := u.Tell(t.Context(), window.Problem{What: "The broker does not answer", Next: "Check your connection.", Retry: true})
		if err != nil {
			t.Errorf("Tell: %v", err)
		}
		return again
	})
	win := d.shown(u)
	d.ready(win)
	d.keys(keyReturn)
	if !await(d, "an answer", again) {
		t.Error("Enter on Try again: got no, want yes")
	}
}

func TestSummaryIsReadAndClosed(t *testing.T) {
	d := newDesk(t, true)
	u := d.open(window.Config{})
	now := time.Now()
	s := window.Summary{
		Party: window.Party{Organisation: "Example"}, Technician: "Anna Berger", Start: now.Add(-time.Hour), Stop: now,
		Allowed: grant.SetOf(grant.View), End: window.EndedByYou,
		Steps: []window.Step{{At: now.Add(-time.Hour), Kind: window.Gave, Scopes: grant.SetOf(grant.View)}},
	}
	for _, act := range []func(win xproto.Window){
		func(xproto.Window) { d.keys(keyReturn) },
		func(xproto.Window) { d.keys(keyEscape) },
		func(win xproto.Window) { d.closeButton(win) },
		func(win xproto.Window) { d.click(win, allowX, buttonY) },
	} {
		read := later(func() error { return u.Summarise(t.Context(), s) })
		win := d.shown(u)
		d.ready(win)
		act(win)
		if err := await(d, "the summary to be closed", read); err != nil {
			t.Errorf("Summarise: got %v, want nil", err)
		}
	}
}

// The receipt is opened in the person's browser; where none opens, its address is
// shown and can be copied.
func TestReceiptOfTheLastWindow(t *testing.T) {
	d := newDesk(t, true)
	u := d.open(window.Config{})
	const address = "https://help.example/j/Zm9v#fragment"
	opened := make(chan string, 1)
	fails := make(chan error, 1)
	s := window.Summary{
		Party: window.Party{Organisation: "Example"}, Technician: "Anna Berger", End: window.EndedByYou, Report: func() {},
		Receipt: address,
		Browse: func(address string) error {
			opened <- address
			return <-fails
		},
	}
	read := later(func() error { return u.Summarise(t.Context(), s) })
	win := d.shown(u)
	d.ready(win)
	d.back(win) // from Close to the report
	d.back(win) // and to the receipt
	for _, err := range []error{nil, errors.New("no browser")} {
		d.see(win, func() { d.keys(keySpace) })
		if got := await(d, "the browser", opened); got != address {
			t.Errorf("opened %q, want %q", got, address)
		}
		d.see(win, func() { fails <- err })
	}
	// Now window.summary.receipt.unable is there, and the button copies.
	d.see(win, func() { d.keys(keySpace) })
	out, err := exec.Command("xclip", "-o", "-selection", "clipboard").Output()
	if err != nil || string(out) != address {
		t.Errorf("copied %q, %v, want %q", out, err, address)
	}
	d.keys(keyEscape)
	if err := await(d, "the summary to be closed", read); err != nil {
		t.Errorf("Summarise: got %v, want nil", err)
	}
}

// Where OpenGL is missing nothing is asked and nothing is said to be on the screen.
func TestWithoutOpenGLEveryCallSaysWhy(t *testing.T) {
	t.Setenv("LIBGL_DRIVERS_PATH", t.TempDir())
	d := newDesk(t, true)
	u := d.open(window.Config{})
	calls := map[string]func() error{
		"Ask": func() error {
			a, err := u.Ask(t.Context(), question(grant.SetOf(grant.View)))
			if a != (window.Answer{}) {
				t.Errorf("Ask: got %+v, want the zero Answer", a)
			}
			return err
		},
		"OpenBar": func() error { _, err := u.OpenBar(window.BarState{}); return err },
		"Wait":    func() error { return u.Wait(t.Context(), window.Waiting{}) },
	}
	for name, call := range calls {
		if err := await(d, name, later(call)); err == nil || errors.Is(err, window.ErrClosed) {
			t.Errorf("%s: got %v, want why nothing can be drawn", name, err)
		}
	}
}
