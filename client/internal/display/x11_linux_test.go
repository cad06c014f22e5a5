package display_test

import (
	"context"
	"image"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"beside/client/internal/consent"
	"beside/client/internal/display"
	"beside/client/internal/screen"
	"beside/client/internal/screen/xvfb"
	wire "beside/signaling/display"
	"beside/signaling/grant"
)

// real is a Stream of a real X server and its viewer.
type real struct {
	seat *display.Seat
	mu   sync.Mutex
	v    wire.Decoder
	err  error
	last time.Time     // message
	got  chan struct{} // signalled with each, capacity 1
}

func startReal(t testing.TB, at string) *real {
	t.Helper()
	src, err := screen.OpenX11(screen.Environment{Display: at})
	if err != nil {
		t.Fatal(err)
	}
	gate := consent.NewGate()
	gate.Allow(grant.SetOf(grant.View))
	l, _ := gate.Lease(grant.View)
	r := &real{got: make(chan struct{}, 1)}
	stream := &display.Stream{Source: src}
	if r.seat, err = stream.Join(display.Viewer{Lease: l, Send: r.receive}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- stream.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-ended
		_ = src.Close()
	})
	return r
}

func (r *real) receive(msg []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = time.Now()
	seq, done, err := r.v.Receive(msg)
	if err != nil {
		r.err = err
	}
	select {
	case r.got <- struct{}{}:
	default:
	}
	if !done {
		return nil
	}
	return r.seat.OnMessage(wire.AppendAck(nil, wire.Ack{Seq: seq}))
}

// failed is what the viewer found wrong, which ends what it shows.
func (r *real) failed() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// matches reports whether the viewer shows want and has been quiet for a while.
func (r *real) matches(want []uint32) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Since(r.last) > 300*time.Millisecond && slices.Equal(r.v.Screen.Pix, want)
}

func waitFor(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited too long for %s", what)
		}
	}
}

// A real desktop, with a terminal that scrolls, is at rest exactly what X shows.
func TestRealDesktopIsExact(t *testing.T) {
	srv := xvfb.Start(t, "1013x707x24") // odd on purpose
	paint := srv.NewPainter(t)
	r := startReal(t, srv.Display)
	xterm := exec.Command("xterm", "-geometry", "120x40+60+40", "-e",
		"sh", "-c", "i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo line $i of a text that scrolls; done; exec sleep 600")
	xterm.Env = append(os.Environ(), "DISPLAY="+srv.Display)
	if err := xterm.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = xterm.Process.Kill(); _ = xterm.Wait() })
	for i := range 200 {
		paint.Fill(t, (i*37)%980, (i*53)%700, 1+i%90, 1+i%40, uint32(i)*0x01030b)
		if i%5 == 0 {
			paint.Scroll(t, 300, 10, 500, 600, 1+i%60)
		}
	}
	waitFor(t, "the picture to be exact", func() bool {
		if err := r.failed(); err != nil {
			t.Fatal(err)
		}
		return r.matches(paint.Screen(t))
	})
	blank := 0
	for _, px := range paint.Screen(t) {
		if px == 0xffffff {
			blank++
		}
	}
	if blank < 1000 {
		t.Errorf("only %d white pixels: the terminal did not show", blank)
	}
	before := r.seat.Stats().Updates
	waitFor(t, "the self-check", func() bool { return r.seat.Stats().Updates > before || r.checked() })
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		t.Errorf("the viewer saw %v", r.err)
	}
	if r.seat.Stats().Resyncs != 0 {
		t.Errorf("got %d resyncs, want 0", r.seat.Stats().Resyncs)
	}
}

// While nothing happens the X server is asked nothing, and told of the pointer's
// next movement at once.
func TestRestAsksNothing(t *testing.T) {
	srv := xvfb.Start(t, "320x200x24")
	paint := srv.NewPainter(t)
	trace := srv.Trace(t)
	r := startReal(t, trace.Display)
	waitFor(t, "the picture to be exact", func() bool { return r.matches(paint.Screen(t)) })
	var before string
	waitFor(t, "rest", func() bool {
		last := before
		before = trace.Text(t)
		return r.checked() && before == last
	})
	<-time.After(time.Second)
	if after := trace.Text(t); after != before {
		t.Errorf("asked at rest: %s", after[len(before):])
	}
	if err := xtest.Init(paint.X); err != nil {
		t.Fatal(err)
	}
	xtest.FakeInput(paint.X, xproto.MotionNotify, 0, 0, paint.Root, 77, 33, 0)
	waitFor(t, "the pointer's place", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.v.Place == image.Pt(77, 33)
	})
}

// checked reports whether the stream has been quiet long enough for its check.
func (r *real) checked() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Since(r.last) > time.Second
}

// BenchmarkFlip is the time from a draw request to the message in the viewer's hands.
func BenchmarkFlip(b *testing.B) {
	srv := xvfb.Start(b, "1920x1080x24")
	paint := srv.NewPainter(b)
	r := startReal(b, srv.Display)
	waitFor(b, "the first picture", func() bool { return r.matches(paint.Screen(b)) })
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		for r.recent() {
			<-time.After(10 * time.Millisecond)
		}
		select {
		case <-r.got:
		default:
		}
		at := time.Now()
		paint.Fill(b, 100, 100, 400, 200, uint32(i)*0x10305&0xffffff|1)
		<-r.got
		took = append(took, time.Since(at))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds()), "p95-µs")
}

func (r *real) recent() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Since(r.last) < 50*time.Millisecond
}
