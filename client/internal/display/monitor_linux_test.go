package display_test

import (
	"image"
	"os"
	"os/exec"
	"testing"

	"beside/client/internal/screen/xvfb"
	"beside/signaling/control"
)

// xrandr runs xrandr on a server.
func xrandr(t *testing.T, srv *xvfb.Server, args ...string) {
	t.Helper()
	cmd := exec.Command("xrandr", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+srv.Display)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("xrandr %v: %v\n%s", args, err, out)
	}
}

// part cuts area out of a screen of that width, black where it lies on none of
// the monitors.
func part(pix []uint32, width int, area image.Rectangle, monitors ...image.Rectangle) []uint32 {
	var out []uint32
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			var px uint32
			for _, m := range monitors {
				if image.Pt(x, y).In(m) {
					px = pix[y*width+x]
				}
			}
			out = append(out, px)
		}
	}
	return out
}

// ownProcess runs a test in a process of its own and reports whether this is it:
// xgb keeps the numbers of events for the whole program, and another kind of X
// server counts them in another way.
func ownProcess(t *testing.T) bool {
	t.Helper()
	const mark = "BESIDE_TEST_OWN_PROCESS"
	if os.Getenv(mark) == t.Name() {
		return true
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.timeout=2m")
	cmd.Env = append(os.Environ(), mark+"="+t.Name())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

// Monitors come, go and change their size while one of them or all are shown:
// the stream goes on, exact, and shows nothing that lies on no monitor.
func TestRealMonitorsChange(t *testing.T) {
	if !ownProcess(t) {
		return
	}
	srv := xvfb.StartResizable(t, "1013x707")
	paint := srv.NewPainter(t)
	for i := range 300 {
		paint.Fill(t, (i*37)%1000, (i*53)%700, 1+i%90, 1+i%40, uint32(i)*0x01030b|0x101010)
	}
	r := startReal(t, srv.Display)
	exact := func(what string, width int, area image.Rectangle, monitors ...image.Rectangle) {
		t.Helper()
		waitFor(t, what, func() bool { return r.matches(part(paint.Screen(t), width, area, monitors...)) })
	}
	whole := image.Rect(0, 0, 1013, 707)
	exact("the whole screen", 1013, whole, whole)

	left, right := image.Rect(0, 0, 401, 707), image.Rect(500, 101, 1013, 650)
	xrandr(t, srv, "--setmonitor", "left", "401/100x707/100+0+0", "VNC-0")
	xrandr(t, srv, "--setmonitor", "right", "513/100x549/100+500+101", "none")
	exact("the first of two monitors", 1013, left, left)
	r.seat.Show("right")
	exact("the second", 1013, right, right)
	r.seat.Show(control.AllMonitors)
	exact("both", 1013, whole, left, right)
	paint.Fill(t, 300, 50, 300, 300, 0xfafafa) // over the gap
	exact("both, changed", 1013, whole, left, right)

	middle := image.Rect(450, 0, 480, 60) // the surface stays as large
	xrandr(t, srv, "--setmonitor", "middle", "30/10x60/10+450+0", "none")
	exact("a third between them", 1013, whole, left, right, middle)
	xrandr(t, srv, "--delmonitor", "middle")
	exact("the third is gone", 1013, whole, left, right)

	xrandr(t, srv, "--output", "VNC-0", "--mode", "800x600")
	smaller, cut := image.Rect(0, 0, 800, 600), image.Rect(500, 101, 800, 600)
	exact("a smaller screen", 800, smaller, left, cut)
	xrandr(t, srv, "--output", "VNC-0", "--mode", "1280x1024")
	exact("a larger screen", 1280, whole, left, right)
	xrandr(t, srv, "--delmonitor", "left", "--delmonitor", "right")
	exact("one monitor again", 1280, image.Rect(0, 0, 1280, 1024), image.Rect(0, 0, 1280, 1024))
	r.mu.Lock()
	defer r.mu.Unlock()
	if got := r.seat.Stats().Resyncs; got != 0 || r.err != nil {
		t.Errorf("%d resyncs, %v", got, r.err)
	}
}
