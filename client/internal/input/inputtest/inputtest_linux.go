// Package inputtest gives tests a desktop of their own: an X server without a
// screen, a layout, a real terminal that writes down what it read, and windows
// of another process that report what reached them.
package inputtest

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// Display numbers that tests use.
const firstDisplay, lastDisplay = 120, 139

// Patience bounds every wait of a test for something that must come.
const Patience = 20 * time.Second

// recorderArg makes a test binary the process behind a Window.
const recorderArg = "inputtest-recorder"

// Main is TestMain of packages that use Windows.
func Main(m *testing.M) {
	xgb.Logger.SetOutput(io.Discard) // it tells of every display without an authority file
	if len(os.Args) > 1 && os.Args[1] == recorderArg {
		if err := record(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// Until waits for ok to hold.
func Until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(Patience); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited %v for %s", Patience, what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// Start runs cmd until the test ends.
func Start(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", cmd.Path, err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

// Desktop starts an X server and makes it this process's display until the test
// ends.
func Desktop(t testing.TB) {
	t.Helper()
	for n := firstDisplay; n <= lastDisplay; n++ {
		display := ":" + strconv.Itoa(n)
		if startServer(t, display) {
			t.Setenv("DISPLAY", display)
			return
		}
	}
	t.Fatalf("no X server started on displays :%d to :%d", firstDisplay, lastDisplay)
}

// startServer reports whether the display was free and its server is ready.
func startServer(t testing.TB, display string) bool {
	t.Helper()
	cmd := exec.Command("Xvfb", display, "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset")
	if err := cmd.Start(); err != nil {
		t.Fatalf("start Xvfb: %v", err)
	}
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		_ = cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		<-exited
	})
	ready, taken := false, false
	Until(t, "the X server", func() bool {
		select {
		case <-exited:
			taken = true
		default:
			ready = isServer(display, cmd.Process.Pid)
		}
		return ready || taken
	})
	return ready
}

// isServer reports whether process pid has the display and takes connections.
func isServer(display string, pid int) bool {
	lock, err := os.ReadFile("/tmp/.X" + display[1:] + "-lock")
	if err != nil || strings.TrimSpace(string(lock)) != strconv.Itoa(pid) {
		return false
	}
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// Layout sets the keyboard's layout, for example "de" or "us,ru".
func Layout(t testing.TB, args ...string) {
	t.Helper()
	if out, err := exec.Command("setxkbmap", args...).CombinedOutput(); err != nil {
		t.Fatalf("setxkbmap %v: %v: %s", args, err, out)
	}
}

// Connect opens a connection to the display until the test ends.
func Connect(t testing.TB) *xgb.Conn {
	t.Helper()
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn
}

// Down lists the keys that are down.
func Down(t testing.TB, conn *xgb.Conn) []int {
	t.Helper()
	reply, err := xproto.QueryKeymap(conn).Reply()
	if err != nil {
		t.Fatal(err)
	}
	var codes []int
	for code := range 256 {
		if reply.Keys[code/8]&(1<<(code%8)) != 0 {
			codes = append(codes, code)
		}
	}
	return codes
}

// Terminal is an xterm whose program writes down every byte it reads.
type Terminal struct{ file string }

// NewTerminal opens one over the whole screen and gives it the focus.
func NewTerminal(t testing.TB) *Terminal {
	t.Helper()
	dir := t.TempDir()
	term := &Terminal{file: filepath.Join(dir, "typed")}
	const script = `stty raw -echo; : > "$0"; exec dd bs=4096 2>/dev/null >> "$0"`
	cmd := exec.Command("xterm", "-u8", "-geometry", "150x50+0+0", "-e", "sh", "-c", script, term.file)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+dir)
	Start(t, cmd)
	Until(t, "the terminal's program", func() bool {
		_, err := os.Stat(term.file)
		return err == nil
	})
	FocusNewest(t)
	return term
}

// Typed returns what the terminal has read so far, lines ending in \n.
func (term *Terminal) Typed(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile(term.file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "\r", "\n")
}

// FocusNewest gives the focus to the topmost window of the display.
func FocusNewest(t testing.TB) {
	t.Helper()
	conn := Connect(t)
	root := xproto.Setup(conn).DefaultScreen(conn).Root
	Until(t, "a window with the focus", func() bool {
		tree, err := xproto.QueryTree(conn, root).Reply()
		if err != nil || len(tree.Children) == 0 {
			return false
		}
		top := tree.Children[len(tree.Children)-1]
		if err := xproto.SetInputFocusChecked(conn, xproto.InputFocusParent, top, xproto.TimeCurrentTime).Check(); err != nil {
			return false
		}
		focus, err := xproto.GetInputFocus(conn).Reply()
		return err == nil && focus.Focus == top
	})
}

// Event is what reached a Window. Kinds: "key", "button", "focus", "mark".
type Event struct {
	Kind string `json:"kind"`
	Code int    `json:"code"` // of the key or button
	Down bool   `json:"down"` // for focus: whether it came
	X    int    `json:"x"`    // of the screen
	Y    int    `json:"y"`
	Mods int    `json:"mods"`
	Sym  int    `json:"sym"` // what a SlowWindow took a key for
}

// Window is a window of another process that tells what reaches it.
type Window struct {
	ID     xproto.Window
	events chan Event
}

// NewWindow opens one at a place of the screen.
func NewWindow(t testing.TB, x, y, width, height int) *Window {
	t.Helper()
	return newWindow(t, x, y, width, height, 0)
}

// NewSlowWindow opens one of a program that takes lag for each key, and only then
// looks up what the key is.
func NewSlowWindow(t testing.TB, lag time.Duration) *Window {
	t.Helper()
	return newWindow(t, 0, 0, 100, 100, int(lag.Milliseconds()))
}

func newWindow(t testing.TB, numbers ...int) *Window {
	t.Helper()
	args := []string{recorderArg}
	for _, n := range numbers {
		args = append(args, strconv.Itoa(n))
	}
	cmd := exec.Command(os.Args[0], args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	Start(t, cmd)
	dec := json.NewDecoder(out)
	w := &Window{events: make(chan Event, 1<<16)}
	if err := dec.Decode(&w.ID); err != nil {
		t.Fatalf("window of another process: %v", err)
	}
	go func() {
		defer close(w.events)
		for {
			var e Event
			if dec.Decode(&e) != nil {
				return // the process ended with the test
			}
			w.events <- e
		}
	}()
	return w
}

// Mark puts a "mark" between the events that the server has handled and those to
// come.
func (w *Window) Mark(t testing.TB, conn *xgb.Conn) {
	t.Helper()
	if err := xproto.ChangePropertyChecked(conn, xproto.PropModeReplace, w.ID, xproto.AtomWmIconName, xproto.AtomString, 8, 1, []byte{'m'}).Check(); err != nil {
		t.Fatal(err)
	}
}

// UntilMark returns what came before the next mark.
func (w *Window) UntilMark(t testing.TB) []Event {
	t.Helper()
	var out []Event
	limit := time.After(Patience)
	for {
		select {
		case e := <-w.events:
			if e.Kind == "mark" {
				return out
			}
			out = append(out, e)
		case <-limit:
			t.Fatalf("waited %v for a mark", Patience)
		}
	}
}

// Focus gives the window the focus.
func (w *Window) Focus(t testing.TB, conn *xgb.Conn) {
	t.Helper()
	if err := xproto.SetInputFocusChecked(conn, xproto.InputFocusParent, w.ID, xproto.TimeCurrentTime).Check(); err != nil {
		t.Fatal(err)
	}
}

// Next waits for the next event of a kind.
func (w *Window) Next(t testing.TB, kind string) Event {
	t.Helper()
	limit := time.After(Patience)
	for {
		select {
		case e := <-w.events:
			if e.Kind == kind {
				return e
			}
		case <-limit:
			t.Fatalf("waited %v for a %s event", Patience, kind)
		}
	}
}

// OpenWindow shows a window that takes keys and buttons, and returns when it is
// on the screen.
func OpenWindow(conn *xgb.Conn, x, y, width, height int) (xproto.Window, error) {
	screen := xproto.Setup(conn).DefaultScreen(conn)
	id, err := xproto.NewWindowId(conn)
	if err != nil {
		return 0, err
	}
	const events = xproto.EventMaskKeyPress | xproto.EventMaskKeyRelease | xproto.EventMaskButtonPress |
		xproto.EventMaskButtonRelease | xproto.EventMaskFocusChange | xproto.EventMaskPropertyChange
	err = xproto.CreateWindowChecked(conn, screen.RootDepth, id, screen.Root, int16(x), int16(y), uint16(width), uint16(height), 0,
		xproto.WindowClassInputOutput, screen.RootVisual, xproto.CwBackPixel|xproto.CwEventMask, []uint32{screen.WhitePixel, events}).Check()
	if err != nil {
		return 0, err
	}
	return id, xproto.MapWindowChecked(conn, id).Check()
}
