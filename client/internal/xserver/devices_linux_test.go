package xserver_test

import (
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"beside/client/internal/screen/xvfb"
	"beside/client/internal/xserver"
)

// watch tells of presses and motion on a display, with the devices there.
func watch(t *testing.T, display string) (*xserver.Conn, map[uint16]xserver.Device, chan xserver.RawEvent) {
	t.Helper()
	conn, err := xserver.Dial(xserver.Display{Name: display})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	events := make(chan xserver.RawEvent, 64)
	raw, err := xserver.WatchRaw(conn, func(e xserver.RawEvent) { events <- e })
	if err != nil {
		t.Fatal(err)
	}
	raw.Select(xserver.RawButtonPress, xserver.RawKeyPress, xserver.RawMotion)
	list, err := raw.Devices()
	if err != nil {
		t.Fatal(err)
	}
	devices := map[uint16]xserver.Device{}
	for _, d := range list {
		devices[d.ID] = d
	}
	return conn, devices, events
}

func next(t *testing.T, events chan xserver.RawEvent, kind xserver.RawKind) xserver.RawEvent {
	t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		select {
		case e := <-events:
			if e.Kind == kind {
				return e
			}
		case <-timeout:
			t.Fatalf("no raw event of kind %d", kind)
		}
	}
}

func press(t *testing.T, conn *xserver.Conn) {
	t.Helper()
	if err := xtest.Init(conn.Conn); err != nil {
		t.Fatal(err)
	}
	root := xproto.Setup(conn.Conn).DefaultScreen(conn.Conn).Root
	for _, event := range []byte{xproto.ButtonPress, xproto.ButtonRelease} {
		xtest.FakeInput(conn.Conn, event, 1, 0, root, 0, 0, 0)
	}
}

func TestWithoutHardwareOnlyProgramsPress(t *testing.T) {
	conn, devices, events := watch(t, xvfb.Start(t, "320x200x24").Display)
	for _, d := range devices {
		if !d.Program {
			t.Errorf("%q counts as a person's", d.Name)
		}
	}
	press(t, conn)
	if e := next(t, events, xserver.RawButtonPress); !devices[e.Source].Program || !devices[e.Source].Pointer {
		t.Errorf("a press of XTEST comes from %+v", devices[e.Source])
	}
}

func TestDevicesTellPeopleFromPrograms(t *testing.T) {
	server, person := xvfb.StartWithPerson(t, "320x200")
	conn, devices, events := watch(t, server.Display)
	person.Click(20, 20)
	if e := next(t, events, xserver.RawButtonPress); devices[e.Source].Program || !devices[e.Source].Pointer {
		t.Errorf("a person's press comes from %+v", devices[e.Source])
	}
	press(t, conn)
	if e := next(t, events, xserver.RawButtonPress); !devices[e.Source].Program {
		t.Errorf("a program's press comes from %+v", devices[e.Source])
	}
	person.Key('a')
	if e := next(t, events, xserver.RawKeyPress); devices[e.Source].Program || devices[e.Source].Pointer {
		t.Errorf("a person's key comes from %+v", devices[e.Source])
	}
	person.Move(30, 30, false)
	if e := next(t, events, xserver.RawMotion); devices[e.Source].Program {
		t.Errorf("a person's motion comes from %+v", devices[e.Source])
	}
}
