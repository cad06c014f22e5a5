package screen_test

import (
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"beside/client/internal/screen"
	"beside/client/internal/screen/xvfb"
	"beside/signaling/display"
)

func TestDetect(t *testing.T) {
	srv := xvfb.Start(t, "64x64x24")
	dim := xvfb.Start(t, "64x64x16")
	for _, c := range []struct {
		name string
		env  map[string]string
		kind screen.Kind
		ok   bool
		text string
	}{
		{"x11", map[string]string{"DISPLAY": srv.Display, "XDG_SESSION_TYPE": "x11"}, screen.KindX11, true, ""},
		{"x11 unsaid", map[string]string{"DISPLAY": srv.Display}, screen.KindX11, true, ""},
		{"wayland", map[string]string{"WAYLAND_DISPLAY": "wayland-0"}, screen.KindWayland, false, "Wayland"},
		{"xwayland", map[string]string{"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": srv.Display}, screen.KindWayland, false, "Xwayland on display"},
		{"wayland session", map[string]string{"XDG_SESSION_TYPE": "wayland", "DISPLAY": srv.Display}, screen.KindWayland, false, "Log out"},
		{"nothing", nil, screen.KindNone, false, "not started from a graphical desktop"},
		{"no server", map[string]string{"DISPLAY": ":9999"}, screen.KindNone, false, "no screen"},
		{"bad display", map[string]string{"DISPLAY": "nonsense"}, screen.KindNone, false, "no screen"},
		{"16 bit", map[string]string{"DISPLAY": dim.Display}, screen.KindX11, false, "24 bit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			kind, err := screen.Detect(screen.EnvironmentOf(func(k string) string { return c.env[k] }))
			if kind != c.kind || (err == nil) != c.ok {
				t.Fatalf("got %v, %v; want %v, ok %v", kind, err, c.kind, c.ok)
			}
			if err != nil && (screen.AsNotShowable(err) == nil || !strings.Contains(err.Error(), c.text)) {
				t.Errorf("got %q, want a NotShowableError with %q", err, c.text)
			}
		})
	}
}

// On a real Wayland desktop nothing is captured, also where an X display answers.
func TestNothingIsCapturedUnderWayland(t *testing.T) {
	srv := xvfb.Start(t, "640x480x24")
	trace := srv.Trace(t)
	runtime := t.TempDir()
	env := append(os.Environ(), "XDG_RUNTIME_DIR="+runtime, "DISPLAY="+srv.Display)
	weston := exec.Command("weston", "--backend=x11-backend.so", "--socket=wayland-test", "--idle-time=0", "--use-pixman", "--no-config")
	weston.Env = env
	if err := weston.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = weston.Process.Kill()
		_ = weston.Wait()
	})
	waitFor(t, func() bool { _, err := os.Stat(filepath.Join(runtime, "wayland-test")); return err == nil })

	inside := screen.Environment{WaylandDisplay: "wayland-test", SessionType: "wayland", Display: trace.Display}
	if s, err := screen.Open(inside); err == nil {
		_ = s.Close()
		t.Fatal("opened a screen under Wayland")
	} else if e := screen.AsNotShowable(err); e == nil || e.Kind != screen.KindWayland {
		t.Fatalf("got %v, want a NotShowableError about Wayland", err)
	}
	if text := trace.Text(t); captures.MatchString(text) {
		t.Errorf("captured under Wayland: %s", captures.FindString(text))
	}
}

func TestPortable(t *testing.T) {
	srv := xvfb.Start(t, "200x100x24")
	paint := srv.NewPainter(t)
	t.Setenv("DISPLAY", srv.Display) // kbinani's only way to be told
	s, err := screen.OpenPortable()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	_, l := lease(t)
	mons, err := s.Monitors()
	if err != nil || len(mons) != 1 {
		t.Fatalf("monitors: got %v, %v", mons, err)
	}
	var f display.Framebuffer
	f.Resize(200, 100)
	if err := s.Grab(l, mons[0].Area, &f, []image.Rectangle{f.Bounds()}); err != nil {
		t.Fatal(err)
	}
	paint.Fill(t, 20, 50, 100, 20, 0x12ab34)
	damaged(t, s, l, image.Rect(20, 50, 120, 70))
	if err := s.Grab(l, mons[0].Area, &f, []image.Rectangle{f.Bounds()}); err != nil {
		t.Fatal(err)
	}
	for i, want := range paint.Screen(t) {
		if f.Pix[i] != want {
			t.Fatalf("pixel %d,%d: got %06x, want %06x", i%200, i/200, f.Pix[i], want)
		}
	}
}
