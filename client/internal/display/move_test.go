package display_test

import (
	"image"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"beside/client/internal/display"
	wire "beside/signaling/display"
)

// changed lets the encoder see frame number at of a scene.
func (s scene) changed(e *display.Encoder, at int) {
	s.draw(e.Frame(), at)
	s.compare(e)
}

func (s scene) compare(e *display.Encoder) {
	damage := s.damage
	if damage.Empty() {
		damage = e.Frame().Bounds()
	}
	e.Changed([]image.Rectangle{damage}, time.Now())
}

// Most of what moves is copied, in few ops, and the viewer's picture is exact each time.
func TestMovesAreCopies(t *testing.T) {
	for _, s := range scenes() {
		t.Run(s.name, func(t *testing.T) {
			e := display.NewTestEncoder()
			var v viewer
			e.ResetTo(s.size.X, s.size.Y)
			s.draw(e.Frame(), 0)
			e.Changed([]image.Rectangle{e.Frame().Bounds()}, time.Now())
			drain(t, e, &v, 32<<10)
			for at := 1; at <= 2; at++ { // found by a search, then by the last vector
				var before wire.Framebuffer
				before.Resize(s.size.X, s.size.Y)
				copy(before.Pix, e.Frame().Pix)
				s.changed(e, at)
				all := 0
				for i, px := range e.Frame().Pix {
					if px != before.Pix[i] {
						all++
					}
				}
				left, copies := e.Left()
				if got := float64(left) / float64(all); got > s.left {
					t.Errorf("frame %d: %.1f %% of %d changed pixels not explained, want at most %.0f %%", at, 100*got, all, 100*s.left)
				}
				if len(copies) > s.copies {
					t.Errorf("frame %d: %d copies, want at most %d", at, len(copies), s.copies)
				}
				drain(t, e, &v, 32<<10)
				equal(t, &v.Screen, e.Frame())
			}
		})
	}
}

// What the viewer alone knows, such as a video, is neither copied nor painted
// over by a copy: here it is scribbled over after each update.
func TestCopiesKeepOffTheUnknown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const w, h = 400, 300
		e := display.NewTestEncoder()
		var v viewer
		e.ResetTo(w, h)
		text(e.Frame(), e.Frame().Bounds(), 1)
		e.Changed([]image.Rectangle{e.Frame().Bounds()}, time.Now())
		drain(t, e, &v, 32<<10)
		x, y := rapid.IntRange(0, w-1).Draw(t, "x"), rapid.IntRange(0, h-1).Draw(t, "y")
		unknown := image.Rect(x, y, rapid.IntRange(x+1, w).Draw(t, "x1"), rapid.IntRange(y+1, h).Draw(t, "y1"))
		e.Unknown([]image.Rectangle{unknown})
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			v.Screen.Fill(unknown, 0xff00ff)
			r := image.Rect(0, 0, w/2, h/2).Add(image.Pt(rapid.IntRange(0, w/2).Draw(t, "left"), rapid.IntRange(0, h/2).Draw(t, "top")))
			r = r.Union(shift(t, e.Frame(), r))
			e.Changed([]image.Rectangle{r}, time.Now())
			_, copies := e.Left()
			for _, dst := range copies {
				if dst.Overlaps(unknown) {
					t.Fatalf("copy to %v, unknown is %v", dst, unknown)
				}
			}
			drain(t, e, &v, 32<<10)
			v.Screen.Fill(unknown, 0)
			var want wire.Framebuffer
			want.Resize(w, h)
			copy(want.Pix, e.Frame().Pix)
			want.Fill(unknown, 0)
			equal(t, &v.Screen, &want)
		}
	})
}

// A search that has found nothing for long is not given up for ever.
func TestSearchWakesUp(t *testing.T) {
	const w, h = 400, 300
	e := display.NewTestEncoder()
	e.ResetTo(w, h)
	all := []image.Rectangle{e.Frame().Bounds()}
	step := func() (left int) {
		e.Changed(all, time.Now())
		left, _ = e.Left()
		for e.Pending() {
			e.Next(32 << 10)
		}
		return left
	}
	for i := range uint64(40) {
		noise(e.Frame(), all[0], i)
		if left := step(); left < w*h/2 {
			t.Fatalf("frame %d: noise was explained but for %d pixels", i, left)
		}
	}
	page := prose(w, 2000, 1)
	for i := range 40 {
		place(e.Frame(), all[0], page, image.Pt(0, 23*i))
		if left := step(); left < w*h/20 {
			return
		}
	}
	t.Error("a scroll after a video is not found within 40 frames")
}

// A scroll or a drag that goes on takes no memory.
func TestMovesAllocateNothing(t *testing.T) {
	for _, s := range scenes() {
		if !slices.Contains([]string{"page, never the same step", "two windows", "drag"}, s.name) {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			e := display.NewTestEncoder()
			frames := make([]wire.Framebuffer, 3)
			for i := range frames {
				frames[i].Resize(s.size.X, s.size.Y)
				s.draw(&frames[i], i)
			}
			e.ResetTo(s.size.X, s.size.Y)
			n := 0
			step := func() {
				copy(e.Frame().Pix, frames[n%len(frames)].Pix)
				n++
				e.Wake()
				s.compare(e)
				for e.Pending() {
					e.Next(32 << 10)
				}
			}
			for range 2 * len(frames) {
				step()
			}
			if got := testing.AllocsPerRun(len(frames), step); got > 0 {
				t.Errorf("a frame allocates %v times, want 0", got)
			}
		})
	}
}

// BenchmarkMoves takes the time from a grabbed frame to the copies found.
func BenchmarkMoves(b *testing.B) {
	for _, s := range scenes() {
		b.Run(s.name, func(b *testing.B) {
			e := display.NewTestEncoder()
			frames := make([]wire.Framebuffer, 12)
			for i := range frames {
				frames[i].Resize(s.size.X, s.size.Y)
				s.draw(&frames[i], i)
			}
			e.ResetTo(s.size.X, s.size.Y)
			send := func() (bytes int) {
				for e.Pending() {
					u, _ := e.Next(32 << 10)
					bytes += u.Bytes
				}
				return bytes
			}
			send()
			bytes := 0
			var took []time.Duration
			for b.Loop() {
				b.StopTimer()
				bytes += send()
				copy(e.Frame().Pix, frames[len(took)%len(frames)].Pix)
				e.Wake()
				b.StartTimer()
				start := time.Now()
				s.compare(e)
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(bytes)/float64(len(took)), "bytes")
			b.ReportMetric(1e3*took[len(took)/10].Seconds(), "p10-ms")
			b.ReportMetric(1e3*took[len(took)/2].Seconds(), "p50-ms")
		})
	}
}
