package display_test

import (
	"image"
	"slices"
	"testing"
	"time"

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
	e.Changed([]image.Rectangle{damage})
}

// What moves is copied, in few ops, and the viewer's picture is exact each time.
func TestMovesAreCopies(t *testing.T) {
	for _, s := range scenes() {
		t.Run(s.name, func(t *testing.T) {
			e := display.NewEncoder()
			var v viewer
			e.Reset(s.size.X, s.size.Y)
			s.draw(e.Frame(), 0)
			e.Changed([]image.Rectangle{e.Frame().Bounds()})
			drain(t, e, &v, 32<<10)
			for at := 1; at < 6; at++ {
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
				if copies > s.copies {
					t.Errorf("frame %d: %d copies, want at most %d", at, copies, s.copies)
				}
				drain(t, e, &v, 32<<10)
				equal(t, &v.Screen, e.Frame())
			}
		})
	}
}

// BenchmarkMoves takes the time from a grabbed frame to the copies found.
func BenchmarkMoves(b *testing.B) {
	for _, s := range scenes() {
		b.Run(s.name, func(b *testing.B) {
			e := display.NewEncoder()
			frames := make([]wire.Framebuffer, 12)
			for i := range frames {
				frames[i].Resize(s.size.X, s.size.Y)
				s.draw(&frames[i], i)
			}
			e.Reset(s.size.X, s.size.Y)
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
