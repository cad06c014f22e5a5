package screen_test

import (
	"image"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"beside/client/internal/screen"
	"beside/client/internal/screen/xvfb"
)

// A pointer that rests is not looked at: its next movement is told, once.
func TestMovementIsTold(t *testing.T) {
	srv := xvfb.Start(t, "300x200x24")
	paint := srv.NewPainter(t)
	if err := xtest.Init(paint.X); err != nil {
		t.Fatal(err)
	}
	s := open(t, srv.Display)
	_, l := lease(t)
	var p screen.Pointer
	look := func() {
		t.Helper()
		if err := s.Pointer(l, &p); err != nil {
			t.Fatal(err)
		}
	}
	changed := func(within time.Duration) bool {
		select {
		case <-s.Changed():
			return true
		case <-time.After(within):
			return false
		}
	}
	for at := 20; at < 100; at += 20 {
		waitFor(t, func() bool { look(); return p.Told })
		for changed(100 * time.Millisecond) { // by what was before
		}
		for i := range 5 { // more than one movement before anybody looks
			xtest.FakeInput(paint.X, xproto.MotionNotify, 0, 0, paint.Root, int16(at+i), int16(at), 0)
		}
		paint.X.Sync()
		if !changed(20 * time.Second) {
			t.Fatal("nothing told that the pointer moved")
		}
		look()
		if want := image.Pt(at+4, at); p.Place != want {
			t.Errorf("pointer: got %v, want %v", p.Place, want)
		}
		if p.Told {
			t.Error("a moving pointer is told of again and again")
		}
	}
}
