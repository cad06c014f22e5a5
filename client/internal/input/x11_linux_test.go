package input_test

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"beside/client/internal/consent"
	"beside/client/internal/input"
	"beside/client/internal/input/inputtest"
	"beside/signaling/control"
	"beside/signaling/grant"
)

func key(code control.Code, down bool) control.Key {
	return control.Key{Gen: 1, Code: code, Down: down}
}

func button(x, y int, number uint8, down bool) control.Button {
	return control.Button{Gen: 1, N: 1, X: fraction(x, screen.Dx()), Y: fraction(y, screen.Dy()), Button: number, Down: down}
}

// fraction is what a viewer makes of the middle of a pixel.
func fraction(pixel, size int) uint16 { return uint16((2*pixel + 1) * 65536 / (2 * size)) }

// desk is a display with a window of another process that has the focus.
func desk(t *testing.T) (*xgb.Conn, *inputtest.Window) {
	t.Helper()
	inputtest.Desktop(t)
	conn := inputtest.Connect(t)
	win := inputtest.NewWindow(t, 0, 0, 640, 800)
	win.Focus(t, conn)
	return conn, win
}

func TestKeysArePhysical(t *testing.T) {
	conn, win := desk(t)
	inputtest.Layout(t, "de") // makes no difference
	inj := open(t, nil)
	_, lease := granted(t)
	want := map[control.Code]int{
		"Escape": 9, "Digit1": 10, "Digit0": 19, "KeyQ": 24, "KeyZ": 52, "KeyY": 29, "Minus": 20, "IntlBackslash": 94,
		"Enter": 36, "Space": 65, "Backspace": 22, "Tab": 23, "ShiftLeft": 50, "ShiftRight": 62, "ControlLeft": 37,
		"ControlRight": 105, "AltLeft": 64, "AltRight": 108, "MetaLeft": 133, "ContextMenu": 135, "F1": 67, "F10": 76,
		"F11": 95, "F12": 96, "F13": 191, "F24": 202, "ArrowUp": 111, "ArrowLeft": 113, "ArrowRight": 114, "ArrowDown": 116,
		"Home": 110, "End": 115, "PageUp": 112, "PageDown": 117, "Insert": 118, "Delete": 119, "PrintScreen": 107,
		"ScrollLock": 78, "Pause": 127, "NumLock": 77, "Numpad0": 90, "Numpad5": 84, "NumpadEnter": 104, "NumpadDivide": 106,
	}
	seen := make(map[int]control.Code)
	for _, code := range control.Codes() {
		inject(t, inj, lease, key(code, true), key(code, false))
		down, up := win.Next(t, "key"), win.Next(t, "key")
		if !down.Down || up.Down || down.Code != up.Code {
			t.Errorf("%s: got %+v, %+v", code, down, up)
		}
		if w, ok := want[code]; ok && down.Code != w {
			t.Errorf("%s: got key %d, want %d", code, down.Code, w)
		}
		if other, twice := seen[down.Code]; twice {
			t.Errorf("%s and %s are the same key %d", code, other, down.Code)
		}
		seen[down.Code] = code
	}
	if down := inputtest.Down(t, conn); len(down) != 0 {
		t.Errorf("keys %v are still down", down)
	}
}

func TestPointerHitsThePixel(t *testing.T) {
	_, win := desk(t)
	inj := open(t, nil)
	_, lease := granted(t)
	for i, want := range []struct{ number, x, y int }{
		{1, 0, 0}, {2, 639, 0}, {3, 0, 799}, {8, 639, 799}, {9, 123, 456},
	} {
		inject(t, inj, lease, button(want.x, want.y, uint8(i), true), button(want.x, want.y, uint8(i), false))
		for _, down := range []bool{true, false} {
			got := win.Next(t, "button")
			if got.Code != want.number || got.X != want.x || got.Y != want.y || got.Down != down {
				t.Errorf("got %+v, want button %d at %d,%d, down %v", got, want.number, want.x, want.y, down)
			}
		}
	}
	inject(t, inj, lease, control.Move{Gen: 1, N: 2, X: fraction(77, 1280), Y: fraction(88, 800)}, key("KeyA", true), key("KeyA", false))
	if got := win.Next(t, "key"); got.X != 77 || got.Y != 88 {
		t.Errorf("after a move: pointer at %d,%d, want 77,88", got.X, got.Y)
	}
}

func TestWheelAddsUpToNotches(t *testing.T) {
	_, win := desk(t)
	inj := open(t, nil)
	_, lease := granted(t)
	turn := func(dx, dy int) {
		inject(t, inj, lease, control.Wheel{Gen: 1, N: 1, X: 100, Y: 100, DX: dx, DY: dy})
	}
	for _, c := range []struct{ dx, dy, number int }{
		{0, 120, 5}, {0, -120, 4}, {120, 0, 7}, {-120, 0, 6}, {0, 50, 0}, {0, 50, 0}, {0, 30, 5}, {0, 100, 0}, {0, -20, 0}, {0, -100, 4},
	} {
		turn(c.dx, c.dy)
		if c.number == 0 {
			continue
		}
		if got := win.Next(t, "button"); got.Code != c.number || !got.Down {
			t.Errorf("wheel by %d,%d: got %+v, want button %d", c.dx, c.dy, got, c.number)
		}
		win.Next(t, "button")
	}
}

func TestTextIsExactWhateverIsHeldOrLocked(t *testing.T) {
	inputtest.Desktop(t)
	inputtest.Layout(t, "de")
	conn := inputtest.Connect(t)
	term := inputtest.NewTerminal(t)
	inj := open(t, nil)
	_, lease := granted(t)
	xdotool(t, "key", "Caps_Lock", "key", "Num_Lock", "keydown", "Shift_R", "keydown", "Control_L")
	inject(t, inj, lease, key("ShiftLeft", true))
	before := inputtest.Down(t, conn)
	const text = "aÄß@ 12 Яж漢ñå\n"
	inject(t, inj, lease, control.Text{Gen: 1, Text: text})
	inputtest.Until(t, "the text", func() bool { return len(term.Typed(t)) >= len(text) })
	if got := term.Typed(t); got != text {
		t.Errorf("typed %q, want %q", got, text)
	}
	if after := inputtest.Down(t, conn); !reflect.DeepEqual(after, before) {
		t.Errorf("keys %v are down afterwards, want those of before, %v", after, before)
	}
	if err := inj.ReleaseAll(); err != nil {
		t.Fatal(err)
	}
	if down := inputtest.Down(t, conn); len(down) != 0 {
		t.Errorf("keys %v are down after ReleaseAll", down)
	}
	// CapsLock is on again.
	root := xproto.Setup(conn).DefaultScreen(conn).Root
	at, err := xproto.QueryPointer(conn, root).Reply()
	if err != nil {
		t.Fatal(err)
	}
	if at.Mask&xproto.ModMaskLock == 0 {
		t.Error("CapsLock is off afterwards")
	}
}

func TestSpareKeysAreGivenBack(t *testing.T) {
	conn, _ := desk(t)
	keymap := func() []xproto.Keysym {
		reply, err := xproto.GetKeyboardMapping(conn, 8, 248).Reply()
		if err != nil {
			t.Fatal(err)
		}
		return reply.Keysyms
	}
	before := keymap()
	var mu sync.Mutex
	held := make(map[input.Held]bool)
	inj, err := input.Open(func(h input.Held, on bool) {
		mu.Lock()
		defer mu.Unlock()
		if held[h] == on {
			t.Errorf("told twice that %c %d is held: %v", h.Kind, h.Code, on)
		}
		held[h] = on
	})
	if err != nil {
		t.Fatal(err)
	}
	_, lease := granted(t)
	var text []rune
	for i := range 120 { // more than there are spare keys
		text = append(text, rune(0x4e00+i))
	}
	start := time.Now()
	inject(t, inj, lease, control.Text{Gen: 1, Text: string(text)})
	t.Logf("120 characters that the layout does not have: %v", time.Since(start))
	if slices.Equal(before, keymap()) {
		t.Error("no spare key was lent")
	}
	inject(t, inj, lease, key("KeyA", true), key("ControlLeft", true))
	if err := inj.Close(); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(before, keymap()) {
		t.Error("the keyboard map is another one after Close")
	}
	for h, on := range held {
		if on {
			t.Errorf("the witness still holds %c %d after Close", h.Kind, h.Code)
		}
	}
}

// A stalled network must not make the requester's machine repeat a key.
func TestHeldKeyDoesNotRepeatByItself(t *testing.T) {
	conn, win := desk(t)
	if out, err := exec.Command("xset", "r", "rate", "20", "100").CombinedOutput(); err != nil {
		t.Fatalf("xset: %v: %s", err, out)
	}
	inj := open(t, nil)
	_, lease := granted(t)
	repeats := func(code byte) bool {
		reply, err := xproto.GetKeyboardControl(conn).Reply()
		if err != nil {
			t.Fatal(err)
		}
		return reply.AutoRepeats[code/8]&(1<<(code%8)) != 0
	}
	const backspace = 22
	inject(t, inj, lease, key("Backspace", true))
	pressed := time.Now()
	inputtest.Until(t, "time to repeat", func() bool { return time.Since(pressed) > 200*time.Millisecond })
	inject(t, inj, lease, key("Backspace", true)) // the technician's keyboard repeats
	inject(t, inj, lease, key("Backspace", false))
	win.Mark(t, conn)
	var got []bool
	for _, e := range win.UntilMark(t) {
		if e.Kind == "key" {
			got = append(got, e.Down)
		}
	}
	if want := []bool{true, false, true, false}; !slices.Equal(got, want) {
		t.Errorf("got presses %v, want %v", got, want)
	}
	if !repeats(backspace) {
		t.Error("the key does not repeat for the requester afterwards")
	}
	xdotool(t, "keydown", "BackSpace")
	for range 3 {
		win.Next(t, "key")
	}
	xdotool(t, "keyup", "BackSpace")
}

func TestNothingIsInjectedWithoutTheRight(t *testing.T) {
	conn, win := desk(t)
	inj := open(t, nil)
	gate, lease := granted(t)
	all := []control.Input{
		key("KeyA", true), control.Text{Gen: 1, Text: "aя"}, button(10, 10, 0, true),
		control.Wheel{Gen: 1, N: 1, X: 100, Y: 100, DY: 120}, control.Move{Gen: 1, N: 2, X: 65535, Y: 65535},
	}
	tryAll := func(want error) {
		t.Helper()
		for _, msg := range all {
			if err := inj.Inject(context.Background(), lease, screen, msg); !errors.Is(err, want) {
				t.Errorf("inject %T: got %v, want %v", msg, err, want)
			}
		}
	}
	end := gate.Hold(grant.SetOf(grant.Control))
	tryAll(consent.ErrHeld)
	end()
	gate.Revoke(grant.SetOf(grant.Control))
	tryAll(consent.ErrRevoked)
	win.Mark(t, conn)
	for _, e := range win.UntilMark(t) {
		if e.Kind != "focus" {
			t.Errorf("%+v reached the window", e)
		}
	}
	at, err := xproto.QueryPointer(conn, xproto.Setup(conn).DefaultScreen(conn).Root).Reply()
	if err != nil {
		t.Fatal(err)
	}
	if at.RootX == 1279 {
		t.Error("the pointer moved")
	}
}

func BenchmarkInject(b *testing.B) {
	inputtest.Desktop(b)
	conn := inputtest.Connect(b)
	inputtest.NewWindow(b, 0, 0, 1280, 800).Focus(b, conn)
	inj, err := input.Open(nil)
	if err != nil {
		b.Fatal(err)
	}
	defer inj.Close()
	gate := consent.NewGate()
	gate.Allow(grant.SetOf(grant.Control))
	lease, _ := gate.Lease(grant.Control)
	for _, c := range []struct {
		name string
		msgs []control.Input
	}{
		{"move", []control.Input{control.Move{Gen: 1, N: 1, X: 5, Y: 6}}},
		{"key", []control.Input{key("KeyA", true), key("KeyA", false)}},
		{"click", []control.Input{button(5, 6, 0, true), button(5, 6, 0, false)}},
		{"letter", []control.Input{control.Text{Gen: 1, Text: "a"}}},
		{"line", []control.Input{control.Text{Gen: 1, Text: "the quick brown fox jumps over the lazy dog ...."}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for range b.N {
				for _, m := range c.msgs {
					if err := inj.Inject(context.Background(), lease, screen, m); err != nil {
						b.Fatal(fmt.Errorf("%T: %w", m, err))
					}
				}
			}
		})
	}
}
