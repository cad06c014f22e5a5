package screen_test

import (
	"bufio"
	"os/exec"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"beside/client/internal/screen"
	"beside/client/internal/screen/xvfb"
)

// openLock asks only what the test says there is: no bus of the machine.
func openLock(t *testing.T, bus string) *screen.Lock {
	t.Helper()
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", bus)
	l := screen.OpenLock(t.Context())
	t.Cleanup(l.Close)
	return l
}

func TestLockBySaver(t *testing.T) {
	s := xvfb.Start(t, "320x200x24")
	t.Setenv("DISPLAY", s.Display)
	l := openLock(t, "unix:path=/nonexistent")
	if l.Locked() {
		t.Error("at first: locked")
	}
	saver := func(arg string) {
		t.Helper()
		if out, err := exec.Command("xset", "s", arg).CombinedOutput(); err != nil {
			t.Fatalf("xset: %v: %s", err, out)
		}
	}
	saver("activate")
	if !l.Locked() {
		t.Error("with the saver on: not locked")
	}
	saver("reset")
	if l.Locked() {
		t.Error("with the saver off again: locked")
	}
}

func TestLockByXScreenSaver(t *testing.T) {
	s := xvfb.Start(t, "320x200x24")
	t.Setenv("DISPLAY", s.Display)
	l := openLock(t, "unix:path=/nonexistent")
	conn, err := xgb.NewConnDisplay(s.Display)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	atom := func(name string) xproto.Atom {
		t.Helper()
		r, err := xproto.InternAtom(conn, false, uint16(len(name)), name).Reply()
		if err != nil {
			t.Fatal(err)
		}
		return r.Atom
	}
	root := xproto.Setup(conn).DefaultScreen(conn).Root
	for _, tt := range []struct {
		state string
		want  bool
	}{{"BLANK", false}, {"LOCK", true}, {"", false}} {
		value := make([]byte, 4)
		if tt.state != "" {
			xgb.Put32(value, uint32(atom(tt.state)))
		}
		err := xproto.ChangePropertyChecked(conn, xproto.PropModeReplace, root, atom("_SCREENSAVER_STATUS"), xproto.AtomInteger, 32, 1, value).Check()
		if err != nil {
			t.Fatal(err)
		}
		if got := l.Locked(); got != tt.want {
			t.Errorf("status %q: locked %v, want %v", tt.state, got, tt.want)
		}
	}
}

// TestLockByLogind asks a service that says what logind says, over a real bus.
func TestLockByLogind(t *testing.T) {
	daemon := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address")
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := daemon.Start(); err != nil {
		t.Skip("no dbus-daemon: ", err)
	}
	t.Cleanup(func() {
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimSpace(line)
	service, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	defer service.Close()
	props, err := prop.Export(service, "/org/freedesktop/login1/session/auto", prop.Map{
		"org.freedesktop.login1.Session": {"LockedHint": {Value: false, Writable: true, Emit: prop.EmitFalse}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := service.RequestName("org.freedesktop.login1", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DISPLAY", "")
	l := openLock(t, address)
	for _, want := range []bool{false, true, false} {
		props.SetMust("org.freedesktop.login1.Session", "LockedHint", want)
		if got := l.Locked(); got != want {
			t.Errorf("hint %v: locked %v", want, got)
		}
	}
}
