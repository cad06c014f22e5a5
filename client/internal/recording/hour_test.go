package recording_test

import (
	"image"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	format "beside/signaling/recording"
)

// TestEveryMomentOfAnHourIsNear: an hour that a clock of its own makes in seconds, of
// small changes, photographs and stillness. Whatever moment somebody goes to, what lies
// between it and the whole picture before it is little.
func TestEveryMomentOfAnHourIsNear(t *testing.T) {
	const (
		mostBytes   = 3<<20 + 600<<10 // and what comes while the picture is taken, and the picture
		mostUpdates = 240 + 10
	)
	synctest.Test(t, func(t *testing.T) {
		s := setUp(t)
		noise := rand.New(rand.NewPCG(1, 2))
		for minute := range 60 {
			for tick := range 300 { // five a second
				switch {
				case minute%3 == 0:
					s.src.draw(uint32(minute*300 + tick))
				case minute%6 == 1:
					s.src.change(image.Rect(64, 64, 160, 160), func() uint32 { return noise.Uint32() & 0xffffff })
				}
				pass(200 * time.Millisecond)
			}
		}
		res, _ := s.end(t)
		if res.Length < time.Hour || res.Missing != 0 {
			t.Fatalf("recorded %+v, want an hour", res)
		}
		bytes, updates, pictures := 0, 0, 0
		for _, chunk := range s.opened(t) {
			if chunk.span.Flags&format.Snapshot != 0 {
				bytes, updates, pictures = 0, 0, pictures+1
			}
			for _, r := range chunk.updates {
				bytes += r
				updates++
				if bytes > mostBytes || updates > mostUpdates {
					t.Fatalf("at %v: %d bytes in %d updates since the whole picture, want at most %d in %d",
						time.Duration(chunk.span.From)*time.Millisecond, bytes, updates, mostBytes, mostUpdates)
				}
			}
		}
		// 3000 changes of about 27 KiB that cannot be packed, and twice as many small ones.
		if pictures < 20 || pictures > 100 {
			t.Errorf("%d whole pictures in an hour", pictures)
		}
	})
}

// opened is a chunk as a player has it.
type opened struct {
	span    format.Span
	updates []int // bytes of each
}

// opened are all chunks that the broker has.
func (s *scene) opened(t *testing.T) (all []opened) {
	t.Helper()
	key := s.key(t)
	for i, l := range s.broker.leaves {
		plain, err := key.Open(l.Span, s.broker.chunks[i])
		if err != nil {
			t.Fatal(err)
		}
		o := opened{span: l.Span}
		for r, err := range format.Records(o.span, plain) {
			if err != nil {
				t.Fatal(err)
			}
			if r.Kind == format.KindUpdate {
				o.updates = append(o.updates, len(r.Data))
			}
		}
		all = append(all, o)
	}
	return all
}
