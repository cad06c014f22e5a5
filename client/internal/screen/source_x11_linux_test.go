package screen_test

import (
	"errors"
	"image"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xproto"
	"go.uber.org/goleak"

	"beside/client/internal/consent"
	"beside/client/internal/screen"
	"beside/client/internal/screen/xvfb"
	"beside/signaling/display"
	"beside/signaling/grant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func lease(t *testing.T) (*consent.Gate, *consent.Lease) {
	t.Helper()
	g := consent.NewGate()
	g.Allow(grant.SetOf(grant.View))
	l, ok := g.Lease(grant.View)
	if !ok {
		t.Fatal("no lease")
	}
	return g, l
}

func open(t *testing.T, display string) *screen.X11 {
	t.Helper()
	s, err := screen.OpenX11(screen.Environment{Display: display})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// damaged waits until s has told of damage that covers want.
func damaged(t *testing.T, s screen.Source, l *consent.Lease, want image.Rectangle) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	var d screen.Damage
	var all image.Rectangle
	for !want.In(all) {
		if err := s.Damage(l, &d); err != nil {
			t.Fatal(err)
		}
		for _, r := range d.Rects {
			all = all.Union(r)
		}
		if want.In(all) {
			return
		}
		select {
		case <-s.Changed():
		case <-deadline:
			t.Fatalf("damage %v does not cover %v", all, want)
		}
	}
}

func testGrab(t *testing.T, args ...string) {
	srv := xvfb.Start(t, "333x217x24", args...)
	paint := srv.NewPainter(t)
	s := open(t, srv.Display)
	_, l := lease(t)
	for i := range 30 {
		paint.Fill(t, i*11, i*7, 40, 9, uint32(i)*0x0a1b2c)
	}
	damaged(t, s, l, image.Rect(0, 0, 333, 212))
	mons, err := s.Monitors()
	if err != nil || len(mons) != 1 || mons[0].Area != image.Rect(0, 0, 333, 217) {
		t.Fatalf("monitors: got %v, %v", mons, err)
	}
	var f display.Framebuffer
	f.Resize(333, 217)
	rects := []image.Rectangle{image.Rect(0, 0, 100, 217), image.Rect(100, 0, 333, 100), image.Rect(100, 100, 333, 217)}
	if err := s.Grab(l, mons[0].Area, &f, rects); err != nil {
		t.Fatal(err)
	}
	for i, want := range paint.Screen(t) {
		if f.Pix[i] != want {
			t.Fatalf("pixel %d,%d: got %06x, want %06x", i%333, i/333, f.Pix[i], want)
		}
	}
	part := image.Rect(50, 60, 150, 120)
	var g display.Framebuffer
	g.Resize(part.Dx(), part.Dy())
	if err := s.Grab(l, part, &g, []image.Rectangle{g.Bounds()}); err != nil {
		t.Fatal(err)
	}
	for y := range part.Dy() {
		for x, got := range g.Row(y, 0, part.Dx()) {
			if want := f.Row(60+y, 50+x, 51+x)[0]; got != want {
				t.Fatalf("part pixel %d,%d: got %06x, want %06x", x, y, got, want)
			}
		}
	}
}

func TestGrabShared(t *testing.T) {
	testGrab(t)
	modes := segmentModes(t)
	if len(modes) == 0 {
		t.Error("no memory is shared with the X server")
	}
	for _, mode := range modes {
		if mode&0o777 != 0o600 {
			t.Errorf("shared memory of mode %o, want 600: other users could read the screen", mode)
		}
	}
}

// segmentModes are those of the shared memory that this process made (proc(5)).
func segmentModes(t *testing.T) (modes []uint64) {
	t.Helper()
	text, err := os.ReadFile("/proc/sysvipc/shm")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n")[1:] {
		fields := strings.Fields(line) // key shmid perms size cpid ...
		if len(fields) < 5 || fields[4] != strconv.Itoa(os.Getpid()) {
			continue
		}
		mode, err := strconv.ParseUint(fields[2], 8, 32)
		if err != nil {
			t.Fatal(err)
		}
		modes = append(modes, mode)
	}
	return modes
}
func TestGrabOverSocket(t *testing.T) { testGrab(t, "-extension", "MIT-SHM") }

// What does not fit into the shared memory at once is read in strips, of any width.
func TestGrabInStrips(t *testing.T) {
	const w, h = 1333, 917
	srv := xvfb.Start(t, "1333x917x24")
	paint := srv.NewPainter(t)
	s := open(t, srv.Display)
	_, l := lease(t)
	for i := range 900 {
		paint.Fill(t, i*37%w, i, 50+i%90, 3, uint32(i+1)*0x0a1b2c)
	}
	want := paint.Screen(t)
	for _, r := range []image.Rectangle{
		image.Rect(0, 0, w, h), image.Rect(3, 1, w, h-1), image.Rect(500, 100, 507, h), image.Rect(w-1, 0, w, h),
		image.Rect(0, 5, w, 400), image.Rect(0, 900, w, h),
	} {
		var f display.Framebuffer
		f.Resize(w, h)
		if err := s.Grab(l, f.Bounds(), &f, []image.Rectangle{r}); err != nil {
			t.Fatal(err)
		}
		for i, got := range f.Pix {
			at := image.Pt(i%w, i/w)
			if seen := want[i]; at.In(r) && got != seen || !at.In(r) && got != 0 {
				t.Fatalf("grab of %v: pixel %v is %06x, on the screen it is %06x", r, at, got, seen)
			}
		}
	}
}

func TestRevokedLeaseCapturesNothing(t *testing.T) {
	srv := xvfb.Start(t, "64x64x24")
	s := open(t, srv.Display)
	gate, l := lease(t)
	gate.Revoke(grant.SetOf(grant.View))
	var f display.Framebuffer
	f.Resize(64, 64)
	if err := s.Grab(l, f.Bounds(), &f, []image.Rectangle{f.Bounds()}); !errors.Is(err, consent.ErrRevoked) {
		t.Errorf("grab: got %v, want ErrRevoked", err)
	}
	if err := s.Damage(l, new(screen.Damage)); !errors.Is(err, consent.ErrRevoked) {
		t.Errorf("damage: got %v, want ErrRevoked", err)
	}
	if err := s.Pointer(l, new(screen.Pointer)); !errors.Is(err, consent.ErrRevoked) {
		t.Errorf("pointer: got %v, want ErrRevoked", err)
	}
}

func TestPointerPlaceAndShape(t *testing.T) {
	srv := xvfb.Start(t, "300x200x24")
	paint := srv.NewPainter(t)
	s := open(t, srv.Display)
	_, l := lease(t)
	xproto.WarpPointer(paint.X, 0, paint.Root, 0, 0, 0, 0, 123, 45)
	var p screen.Pointer
	if err := s.Pointer(l, &p); err != nil {
		t.Fatal(err)
	}
	paint.X.Sync()
	if err := s.Pointer(l, &p); err != nil {
		t.Fatal(err)
	}
	if p.Place != image.Pt(123, 45) || p.Serial == 0 || p.Shape.W == 0 || len(p.Shape.RGBA) != 4*p.Shape.W*p.Shape.H {
		t.Fatalf("pointer: got %v, serial %d, %d×%d", p.Place, p.Serial, p.Shape.W, p.Shape.H)
	}
	before := p.Serial
	font, _ := xproto.NewFontId(paint.X)
	cursor, _ := xproto.NewCursorId(paint.X)
	xproto.OpenFont(paint.X, font, 6, "cursor")
	xproto.CreateGlyphCursor(paint.X, cursor, font, font, 152, 153, 0, 0, 0, 65535, 65535, 65535) // XC_xterm
	if err := xproto.ChangeWindowAttributesChecked(paint.X, paint.Root, xproto.CwCursor, []uint32{uint32(cursor)}).Check(); err != nil {
		t.Fatal(err)
	}
	deadline := time.After(20 * time.Second)
	for p.Serial == before {
		select {
		case <-s.Changed():
		case <-deadline:
			t.Fatal("no news of the pointer's shape")
		}
		if err := s.Pointer(l, &p); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMonitorsChange(t *testing.T) {
	srv := xvfb.Start(t, "400x200x24")
	paint := srv.NewPainter(t)
	s := open(t, srv.Display)
	_, l := lease(t)
	damaged(t, s, l, image.Rectangle{})
	if err := randr.Init(paint.X); err != nil {
		t.Fatal(err)
	}
	if _, err := randr.QueryVersion(paint.X, 1, 5).Reply(); err != nil {
		t.Fatal(err)
	}
	atom, err := xproto.InternAtom(paint.X, false, 4, "left").Reply()
	if err != nil {
		t.Fatal(err)
	}
	left := randr.MonitorInfo{Name: atom.Atom, Primary: true, Width: 150, Height: 200}
	if err := randr.SetMonitorChecked(paint.X, paint.Root, left).Check(); err != nil {
		t.Fatal(err)
	}
	var d screen.Damage
	deadline := time.After(20 * time.Second)
	for !d.Layout {
		select {
		case <-s.Changed():
		case <-deadline:
			t.Fatal("no news of the monitors")
		}
		if err := s.Damage(l, &d); err != nil {
			t.Fatal(err)
		}
	}
	mons, err := s.Monitors()
	if err != nil || len(mons) == 0 || mons[0].Name != "left" || mons[0].Area != image.Rect(0, 0, 150, 200) {
		t.Fatalf("monitors: got %v, %v", mons, err)
	}
}

func TestServerDeathIsAnError(t *testing.T) {
	srv := xvfb.Start(t, "64x64x24")
	s := open(t, srv.Display)
	_, l := lease(t)
	_ = srv.Process.Kill()
	var d screen.Damage
	deadline := time.After(20 * time.Second)
	for {
		if err := s.Damage(l, &d); errors.Is(err, screen.ErrClosed) {
			break
		} else if err != nil {
			t.Fatalf("got %v, want ErrClosed", err)
		}
		select {
		case <-s.Changed():
		case <-deadline:
			t.Fatal("the death was not noticed")
		}
	}
	var f display.Framebuffer
	f.Resize(64, 64)
	if err := s.Grab(l, f.Bounds(), &f, []image.Rectangle{f.Bounds()}); !errors.Is(err, screen.ErrClosed) {
		t.Errorf("grab: got %v, want ErrClosed", err)
	}
}

// A server that does not answer must not hold up a revocation for ever.
func TestHungServerIsCutOff(t *testing.T) {
	srv := xvfb.Start(t, "64x64x24")
	s := open(t, srv.Display)
	gate, l := lease(t)
	if err := srv.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	got := make(chan error, 1)
	go func() {
		var f display.Framebuffer
		f.Resize(64, 64)
		got <- s.Grab(l, f.Bounds(), &f, []image.Rectangle{f.Bounds()})
	}()
	select {
	case err := <-got:
		if !errors.Is(err, screen.ErrClosed) {
			t.Errorf("got %v, want ErrClosed", err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("grab hangs")
	}
	gate.Revoke(grant.SetOf(grant.View))
}

// captures matches what reads pixels or the pointer, or makes a window, in a trace.
var captures = regexp.MustCompile(`Request\(\d+(,\d+)?\): (GetImage|NameWindowPixmap|RedirectWindow|RedirectSubwindows|CreateWindow|GetCursorImage|QueryPointer)`)

// The X server is asked for pixels only after there is a Lease.
func TestNoCaptureBeforeLease(t *testing.T) {
	srv := xvfb.Start(t, "64x64x24")
	paint := srv.NewPainter(t)
	trace := srv.Trace(t)
	kind, err := screen.Detect(screen.Environment{Display: trace.Display})
	if kind != screen.KindX11 || err != nil {
		t.Fatalf("detect: got %v, %v", kind, err)
	}
	s := open(t, trace.Display)
	paint.Fill(t, 0, 0, 50, 50, 0xff0000)
	<-s.Changed()
	if _, err := s.Monitors(); err != nil {
		t.Fatal(err)
	}
	if text := trace.Text(t); captures.MatchString(text) {
		t.Errorf("captured without a Lease: %s", captures.FindString(text))
	}
	_, l := lease(t)
	var f display.Framebuffer
	f.Resize(64, 64)
	if err := s.Grab(l, f.Bounds(), &f, []image.Rectangle{f.Bounds()}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return captures.MatchString(trace.Text(t)) })
}

func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("waited too long")
		}
	}
}
