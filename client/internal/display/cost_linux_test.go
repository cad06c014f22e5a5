package display_test

import (
	"fmt"
	"image"
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"beside/client/internal/consent"
	"beside/client/internal/display"
	wire "beside/signaling/display"
	"beside/signaling/grant"
)

// threadTime is the processor time of this thread.
func threadTime() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		panic(err)
	}
	return time.Duration(ts.Nano())
}

// acker acknowledges every update at once and looks at nothing.
type acker struct {
	seat *display.Seat
	ack  []byte
}

func (a *acker) receive(msg []byte) error {
	h, _, err := wire.ParseHeader(msg)
	if err != nil || !h.Last {
		return err
	}
	a.ack = wire.AppendAck(a.ack[:0], wire.Ack{Seq: h.Seq})
	return a.seat.OnMessage(a.ack)
}

// audience is a Stream that goes on step by step, without Run.
type audience struct {
	src    *pattern
	stream *display.Stream
	all    []*acker
	colour uint32 // written last
}

func newAudience(t testing.TB, src *pattern, viewers int) *audience {
	t.Helper()
	a := &audience{src: src, stream: &display.Stream{Source: src}}
	for range viewers {
		gate := consent.NewGate()
		gate.Allow(grant.SetOf(grant.View))
		lease, _ := gate.Lease(grant.View)
		v := &acker{}
		seat, err := a.stream.Join(display.Viewer{Lease: lease, Send: v.receive})
		if err != nil {
			t.Fatal(err)
		}
		v.seat = seat
		a.all = append(a.all, v)
	}
	t.Cleanup(a.stream.End)
	a.settle(t)
	return a
}

// settle lets the Stream show everything.
func (a *audience) settle(t testing.TB) {
	t.Helper()
	for before := -1; ; {
		if err := a.stream.Step(); err != nil {
			t.Fatal(err)
		}
		st := a.all[0].seat.Stats()
		if st.Updates == before {
			return
		}
		before = st.Updates
	}
}

// write changes a few pixels and lets the Stream show them.
func (a *audience) write(t testing.TB) {
	t.Helper()
	r := image.Rect(100, 100, 112, 120)
	a.colour++
	a.src.pix.Fill(r, a.colour)
	a.src.damage.Rects = append(a.src.damage.Rects, r)
	a.stream.News()
	for range 2 { // the acknowledgements are read in the second
		if err := a.stream.Step(); err != nil {
			t.Fatal(err)
		}
	}
}

// A small change is shown to several viewers without taking memory.
func TestSmallChangeForSeveralAllocatesNothing(t *testing.T) {
	src := newPattern(800, 600)
	a := newAudience(t, src, 4)
	src.pointer.Serial = 0 // looking at it is not the matter here
	change := func() { a.write(t) }
	for range 10 {
		change()
	}
	before := a.all[3].seat.Stats().Updates
	got := testing.AllocsPerRun(100, change)
	if shown := a.all[3].seat.Stats().Updates - before; shown < 100 {
		t.Fatalf("only %d updates for 100 changes", shown)
	}
	if acks := 4.0; got > acks {
		t.Errorf("a change allocates %v times, want at most the %v of reading acknowledgements", got, acks)
	}
}

// BenchmarkViewers takes the processor time of a change, from the damage to the
// messages of all viewers in step. Drawing is not counted.
func BenchmarkViewers(b *testing.B) {
	for _, name := range []string{"typing, all compared", "page 40", "page, never the same step", "drag", "two windows", "another page"} {
		all := scenes()
		s := all[slices.IndexFunc(all, func(s scene) bool { return s.name == name })]
		for _, viewers := range []int{1, 2, 4} {
			b.Run(fmt.Sprintf("%s/%d", name, viewers), func(b *testing.B) { benchmarkViewers(b, s, viewers) })
		}
	}
}

func benchmarkViewers(b *testing.B, s scene, viewers int) {
	src := newPattern(s.size.X, s.size.Y)
	frames := make([]wire.Framebuffer, 8)
	for i := range frames {
		frames[i].Resize(s.size.X, s.size.Y)
		s.draw(&frames[i], i)
	}
	damage := s.damage
	if damage.Empty() {
		damage = src.pix.Bounds()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	a := newAudience(b, src, viewers)
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		copy(src.pix.Pix, frames[i%len(frames)].Pix)
		src.damage.Rects = append(src.damage.Rects, damage)
		b.StartTimer()
		start := threadTime()
		a.stream.News()
		a.settle(b)
		took = append(took, threadTime()-start)
	}
	slices.Sort(took)
	b.ReportMetric(1e3*took[len(took)/10].Seconds(), "p10-ms")
	b.ReportMetric(1e3*took[len(took)/2].Seconds(), "p50-ms")
	if st := a.all[0].seat.Stats(); st.Lanes != 1 || st.Splits != 0 {
		b.Errorf("%d lanes, %d splits: not in step", st.Lanes, st.Splits)
	}
}

// BenchmarkSmallChangeForSeveral takes the time of a letter that is typed, of which
// sending it to each is a good part.
func BenchmarkSmallChangeForSeveral(b *testing.B) {
	for _, viewers := range []int{1, 2, 4} {
		b.Run(fmt.Sprint(viewers), func(b *testing.B) {
			src := newPattern(1920, 1080)
			src.pointer.Serial = 0
			a := newAudience(b, src, viewers)
			for b.Loop() {
				a.write(b)
			}
		})
	}
}
