package input_test

import (
	"context"
	"errors"
	"os/exec"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"beside/client/internal/consent"
	"beside/client/internal/input"
	"beside/client/internal/input/inputtest"
	"beside/signaling/control"
)

// ownWindow opens a window of this process, where the injector lives too.
func ownWindow(t *testing.T, x, y, width, height int) (*xgb.Conn, xproto.Window) {
	t.Helper()
	conn := inputtest.Connect(t)
	win, err := inputtest.OpenWindow(conn, x, y, width, height)
	if err != nil {
		t.Fatal(err)
	}
	return conn, win
}

// wantNoInput fails when a press reached a window of conn.
func wantNoInput(t *testing.T, conn *xgb.Conn) {
	t.Helper()
	conn.Sync() // all that the server sent before is in the queue now
	for {
		event, err := conn.PollForEvent()
		switch e := event.(type) {
		case xproto.KeyPressEvent, xproto.ButtonPressEvent:
			t.Errorf("our own window got %v", e)
		case nil:
			if err == nil {
				return
			}
		}
	}
}

func wantRefused(t *testing.T, inj input.Injector, lease *consent.Lease, msgs ...control.Input) {
	t.Helper()
	for _, m := range msgs {
		if err := inj.Inject(context.Background(), lease, screen, m); !errors.Is(err, input.ErrOwnWindow) {
			t.Errorf("inject %+v: got %v, want ErrOwnWindow", m, err)
		}
	}
}

func TestPressNeverReachesOurOwnWindow(t *testing.T) {
	_, other := desk(t) // the left half
	own, _ := ownWindow(t, 640, 0, 640, 800)
	inj := open(t, nil)
	_, lease := granted(t)
	for n := range uint8(control.MaxButton + 1) {
		wantRefused(t, inj, lease, button(640, 0, n, true), button(1279, 799, n, true))
		inject(t, inj, lease, button(700, 10, n, false)) // was never down
	}
	wantRefused(t, inj, lease, control.Wheel{Gen: 1, N: 1, X: 65535, Y: 100, DY: 120})
	inject(t, inj, lease, button(639, 400, 0, true), button(639, 400, 0, false))
	if e := other.Next(t, "button"); e.X != 639 {
		t.Errorf("first press in the other window: got %+v, want the one at 639", e)
	}
	wantNoInput(t, own)
}

func TestDragOverOurOwnWindowStaysTheOthers(t *testing.T) {
	_, other := desk(t)
	own, _ := ownWindow(t, 640, 0, 640, 800)
	inj := open(t, nil)
	_, lease := granted(t)
	inject(t, inj, lease, button(10, 10, 0, true))
	wantRefused(t, inj, lease, button(800, 10, 2, true))
	inject(t, inj, lease, button(800, 10, 0, false))
	other.Next(t, "button")
	if e := other.Next(t, "button"); e.Down || e.X != 800 {
		t.Errorf("got %+v, want the button let go at 800", e)
	}
	own.Sync()
	for {
		event, err := own.PollForEvent()
		if event == nil && err == nil {
			return
		}
		switch event.(type) {
		case xproto.ButtonPressEvent, xproto.ButtonReleaseEvent:
			t.Errorf("our own window got %v", event)
		}
	}
}

func TestKeysNeverReachOurOwnWindow(t *testing.T) {
	conn, other := desk(t)
	own, win := ownWindow(t, 640, 0, 640, 800)
	inj := open(t, nil)
	_, lease := granted(t)
	keys := []control.Input{
		key("Enter", true), key("Space", true), key("ShiftLeft", true), control.Text{Gen: 1, Text: "a"}, control.Text{Gen: 1, Text: "漢\n"},
	}
	inject(t, inj, lease, control.Move{Gen: 1, N: 1, X: 65535, Y: 100}) // over our window
	for _, focus := range []xproto.Window{win, xproto.InputFocusPointerRoot} {
		if err := xproto.SetInputFocusChecked(conn, xproto.InputFocusParent, focus, xproto.TimeCurrentTime).Check(); err != nil {
			t.Fatal(err)
		}
		wantRefused(t, inj, lease, keys...)
	}
	wantNoInput(t, own)
	other.Focus(t, conn)
	inject(t, inj, lease, keys...)
	wantNoInput(t, own)
}

// With a window manager our window lies inside one of its own, with a title bar.
func TestTitleBarOfOurOwnWindowIsOursToo(t *testing.T) {
	inputtest.Desktop(t)
	cmd := exec.Command("openbox", "--sm-disable")
	cmd.Env = append(cmd.Environ(), "HOME="+t.TempDir())
	inputtest.Start(t, cmd)
	conn := inputtest.Connect(t)
	root := xproto.Setup(conn).DefaultScreen(conn).Root
	own, win := ownWindow(t, 300, 300, 200, 200)
	var frame xproto.Window
	var at *xproto.GetGeometryReply
	inputtest.Until(t, "a frame around our window", func() bool {
		xproto.MapWindow(conn, win) // a window manager that is starting drops requests
		frame = win
		for {
			tree, err := xproto.QueryTree(conn, frame).Reply()
			if err != nil || tree.Parent == root || tree.Parent == 0 {
				break
			}
			frame = tree.Parent
		}
		var err error
		at, err = xproto.GetGeometry(conn, xproto.Drawable(frame)).Reply()
		attr, attrErr := xproto.GetWindowAttributes(conn, win).Reply()
		return frame != win && err == nil && attrErr == nil && attr.MapState == xproto.MapStateViewable
	})
	inside, err := xproto.TranslateCoordinates(conn, win, root, 0, 0).Reply()
	if err != nil {
		t.Fatal(err)
	}
	if inside.DstY-at.Y < 10 {
		t.Fatalf("no title bar: frame at %d, window at %d", at.Y, inside.DstY)
	}
	inj := open(t, nil)
	_, lease := granted(t)
	wantRefused(t, inj, lease,
		button(int(at.X)+int(at.Width)-8, int(at.Y)+8, 0, true), // its close button
		button(int(at.X)+60, int(at.Y)+8, 0, true),
		button(int(inside.DstX)+20, int(inside.DstY)+20, 0, true))
	wantNoInput(t, own)
}

// A window of ours that comes and goes under a storm of clicks gets none of them.
func TestClickStormNeverReachesOurOwnWindow(t *testing.T) {
	desk(t)
	own, win := ownWindow(t, 0, 0, 640, 400)
	inj := open(t, nil)
	_, lease := granted(t)
	flicker := inputtest.Connect(t)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
			}
			xproto.UnmapWindow(flicker, win)
			flicker.Sync()
			xproto.MapWindow(flicker, win)
			flicker.Sync()
		}
	}()
	var refused, clicked int
	for end := time.Now().Add(inputtest.Storm); time.Now().Before(end); {
		switch err := inj.Inject(context.Background(), lease, screen, button(300, 200, 0, true)); {
		case err == nil:
			clicked++
		case errors.Is(err, input.ErrOwnWindow):
			refused++
		default:
			t.Fatal(err)
		}
		inject(t, inj, lease, button(300, 200, 0, false))
	}
	close(stop)
	<-stopped
	t.Logf("%d clicks went elsewhere, %d were refused", clicked, refused)
	if clicked == 0 || refused == 0 {
		t.Error("the storm met only one of the two cases")
	}
	wantNoInput(t, own)
}
