package display_test

import (
	"image"
	"testing"
	"time"

	"beside/client/internal/display"
	wire "beside/signaling/display"
)

// A window that is dragged over a photograph costs what it uncovers, exactly, and
// is one update, so that the picture is whole at once.
func TestDragCostsWhatItUncovers(t *testing.T) {
	const edges = 6 << 10 // bytes: of the window, and headers
	behind := &wire.Framebuffer{}
	behind.Resize(hd.X, hd.Y)
	noise(behind, behind.Bounds(), 1)
	page := prose(800, 600, 4)
	e := display.NewTestEncoder()
	var v viewer
	e.ResetTo(hd.X, hd.Y)
	all := []image.Rectangle{e.Frame().Bounds()}
	at := image.Rect(305, 203, 1105, 763)
	draw := func() {
		copy(e.Frame().Pix, behind.Pix)
		e.Frame().Fill(at, 0x57606a)
		place(e.Frame(), image.Rect(at.Min.X+1, at.Min.Y+30, at.Max.X-1, at.Max.Y-1), page, image.Point{})
		e.Changed(all, time.Now())
	}
	draw()
	drain(t, e, &v, 32<<10)
	for n, by := range []image.Point{{7, 5}, {7, 5}, {-9, 3}, {4, -6}, {-12, -1}, {0, 8}} {
		was := at
		at = at.Add(by)
		draw()
		v.bytes = 0
		u, _ := e.Next(32 << 10)
		v.receive(t, u)
		if e.Pending() {
			t.Errorf("step %d: one update does not make the picture whole", n)
		}
		drain(t, e, &v, 32<<10)
		equal(t, &v.Screen, e.Frame())
		over := was.Intersect(at)
		uncovered := was.Dx()*was.Dy() - over.Dx()*over.Dy()
		if most := 3*uncovered + edges; v.bytes > most {
			t.Errorf("step %d: %d bytes for %d pixels of noise, want at most %d", n, v.bytes, uncovered, most)
		}
	}
}

// Between the comparison and its update the frame may go on, as while another
// viewer is shown it: what was undone meanwhile is not sent.
func TestChangeUndoneBeforeItIsSent(t *testing.T) {
	e := display.NewTestEncoder()
	var v viewer
	e.ResetTo(400, 300)
	f := e.Frame()
	text(f, f.Bounds(), 1)
	all := []image.Rectangle{f.Bounds()}
	e.Changed(all, time.Now())
	drain(t, e, &v, 32<<10)
	before := append([]uint32(nil), f.Pix...)
	f.Fill(image.Rect(20, 20, 40, 40), 0xff0000)
	e.Changed(all, time.Now())
	copy(f.Pix, before)
	if u, ok := e.Next(32 << 10); ok || e.Pending() {
		t.Errorf("an update of %d bytes although nothing differs, more is pending: %v", u.Bytes, e.Pending())
	}
	f.Fill(image.Rect(60, 20, 80, 40), 0xff0000)
	e.Changed(all, time.Now())
	drain(t, e, &v, 32<<10)
	equal(t, &v.Screen, f)
}
