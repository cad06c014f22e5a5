package input_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"beside/client/internal/input"
	"beside/client/internal/input/inputtest"
)

// xdotool is the person at the machine: another program than ours.
func xdotool(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("xdotool", args...).CombinedOutput(); err != nil {
		t.Fatalf("xdotool %v: %v: %s", args, err, out)
	}
}

func grabPanicKey(t *testing.T) (*input.PanicKey, chan struct{}) {
	t.Helper()
	presses := make(chan struct{}, 100)
	p, err := input.GrabPanicKey(func() { presses <- struct{}{} })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p, presses
}

func wantPress(t *testing.T, presses chan struct{}) {
	t.Helper()
	select {
	case <-presses:
	case <-time.After(inputtest.Patience):
		t.Fatal("the panic key was not reported")
	}
}

func TestPanicKeyWorksWithAnyOtherModifierOn(t *testing.T) {
	inputtest.Desktop(t)
	win := inputtest.NewWindow(t, 0, 0, 100, 100)
	win.Focus(t, inputtest.Connect(t))
	p, presses := grabPanicKey(t)
	if got, want := p.Name(), "Ctrl+Alt+Shift+S"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, on := range []string{"", "Caps_Lock", "Num_Lock", "Super_L", "ISO_Level3_Shift"} {
		if on != "" {
			xdotool(t, "keydown", on)
		}
		xdotool(t, "key", "ctrl+alt+shift+s")
		wantPress(t, presses)
		if on != "" {
			xdotool(t, "keyup", on)
		}
	}
}

func TestPanicKeyWorksWhileAProgramHoldsTheKeyboard(t *testing.T) {
	for name, withhold := range map[string]string{"told": "", "by looking": "XInputExtension"} {
		t.Run(name, func(t *testing.T) {
			inputtest.Desktop(t)
			display := os.Getenv("DISPLAY")
			inputtest.NewProxy(t, display, withhold)
			_, presses := grabPanicKey(t)
			t.Setenv("DISPLAY", display)
			conn := inputtest.Connect(t)
			win := inputtest.NewWindow(t, 0, 0, 100, 100)
			reply, err := xproto.GrabKeyboard(conn, false, win.ID, xproto.TimeCurrentTime, xproto.GrabModeAsync, xproto.GrabModeAsync).Reply()
			if err != nil || reply.Status != xproto.GrabStatusSuccess {
				t.Fatalf("grab the keyboard: %v, %v", reply, err)
			}
			for range 2 {
				xdotool(t, "keydown", "ctrl", "keydown", "alt", "keydown", "shift", "keydown", "s")
				wantPress(t, presses)
				xdotool(t, "keyup", "s", "keyup", "shift", "keyup", "alt", "keyup", "ctrl")
				// Held long enough to be seen up, by looking too.
				inputtest.Until(t, "the keys to be up", func() bool { return len(inputtest.Down(t, conn)) == 0 })
				select {
				case <-presses:
					t.Fatal("one press was reported twice")
				case <-time.After(200 * time.Millisecond):
				}
			}
		})
	}
}

// Where the server tells of keys nobody looks, so that an idle machine sleeps.
func TestPanicKeyAsksNothingAtRest(t *testing.T) {
	inputtest.Desktop(t)
	display := os.Getenv("DISPLAY")
	proxy := inputtest.NewProxy(t, display, "")
	_, presses := grabPanicKey(t)
	t.Setenv("DISPLAY", display)
	xdotool(t, "key", "ctrl+alt+shift+s")
	wantPress(t, presses)
	before, since := proxy.Asked(), time.Now()
	inputtest.Until(t, "what the press asked to be over", func() bool {
		if asked := proxy.Asked(); asked != before {
			before, since = asked, time.Now()
		}
		return time.Since(since) > 300*time.Millisecond
	})
	xdotool(t, "key", "a", "b", "ctrl", "s")
	<-time.After(300 * time.Millisecond)
	if asked := proxy.Asked() - before; asked != 0 {
		t.Errorf("the X server was sent %d bytes, want none", asked)
	}
}

func TestSecondPanicKeyWhenTheFirstIsTaken(t *testing.T) {
	inputtest.Desktop(t)
	first, _ := grabPanicKey(t)
	second, presses := grabPanicKey(t)
	if first.Name() == second.Name() || !strings.HasPrefix(second.Name(), "Ctrl+Alt+Shift+") {
		t.Fatalf("got %q and %q, want two different combinations", first.Name(), second.Name())
	}
	xdotool(t, "key", strings.ToLower(strings.TrimPrefix(second.Name(), "Ctrl+Alt+Shift+"))) // alone: nothing
	xdotool(t, "key", "ctrl+alt+shift+x")
	wantPress(t, presses)
	if len(presses) != 0 {
		t.Errorf("%d more presses were reported", len(presses))
	}
}
