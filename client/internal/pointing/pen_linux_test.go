package pointing_test

import (
	"image"
	"testing"

	"github.com/jezek/xgb/xproto"

	"beside/client/internal/pointing"
	"beside/client/internal/screen/xvfb"
)

const (
	wide   = 400
	orange = 0xe8590c
)

func TestTheRingIsSeenAndLetsEveryClickThrough(t *testing.T) {
	server := xvfb.Start(t, "400x300x24")
	t.Setenv("DISPLAY", server.Display)
	painter := server.NewPainter(t)
	below := painter.Screen(t)
	at := image.Pt(200, 150)
	onLine := at.Add(image.Pt(21, 0)) // the line of a ring around at is 6 pixels wide
	meets := func() xproto.Window {
		xproto.WarpPointer(painter.X, 0, painter.Root, 0, 0, 0, 0, int16(onLine.X), int16(onLine.Y))
		under, err := xproto.QueryPointer(painter.X, painter.Root).Reply()
		if err != nil {
			t.Fatal(err)
		}
		return under.Child
	}
	before := meets()
	pen, err := pointing.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pen.Draw(at, 48); err != nil {
		t.Fatal(err)
	}
	seen := settle(t, painter, onLine, orange)
	if got := seen[at.Y*wide+at.X]; got != below[at.Y*wide+at.X] {
		t.Errorf("in the middle of the ring is %06x: what it is about must be seen", got)
	}

	if after := meets(); after != before {
		t.Errorf("on the line the pointer meets window %x, want %x, which is below the ring", after, before)
	}

	moved := image.Pt(100, 100)
	if err := pen.Draw(moved, 48); err != nil {
		t.Fatal(err)
	}
	settle(t, painter, moved.Add(image.Pt(21, 0)), orange)
	if err := pen.Draw(moved, 96); err != nil {
		t.Fatal(err)
	}
	settle(t, painter, moved.Add(image.Pt(42, 0)), orange)
	if err := pen.Wipe(); err != nil {
		t.Fatal(err)
	}
	for i, got := range painter.Screen(t) {
		if got == orange {
			t.Fatalf("after the end the ring is at %d, %d", i%wide, i/wide)
		}
	}
	if err := pen.Close(); err != nil {
		t.Error(err)
	}
}

// settle waits until a pixel has a colour, and returns the screen.
func settle(t *testing.T, p *xvfb.Painter, at image.Point, colour uint32) []uint32 {
	t.Helper()
	var got uint32
	for range 1000 {
		s := p.Screen(t)
		if got = s[at.Y*wide+at.X]; got == colour {
			return s
		}
	}
	t.Fatalf("at %v is %06x, want %06x", at, got, colour)
	return nil
}

func TestNoScreenNoPen(t *testing.T) {
	t.Setenv("DISPLAY", ":97")
	if _, err := pointing.Open(); err == nil {
		t.Error("a pen without a screen")
	}
}
