package display_test

import (
	"image"
	"testing"
	"time"

	"pgregory.net/rapid"

	"beside/client/internal/display"
	wire "beside/signaling/display"
)

// twins are two viewers who are sent the same, or each his own.
type twins struct {
	now   time.Time
	encs  []*display.Encoder // one, or one for each
	shots []*display.Shot    // of each Encoder, being encoded
	views [2]viewer
	seqs  [2]uint32
}

// next sends one update of Encoder i to whom it is for.
func (w *twins) next(t *rapid.T, i, budget int) {
	u, ok := w.encs[i].Next(budget)
	if !ok {
		return
	}
	for n := range w.views {
		if len(w.encs) == 2 && n != i {
			continue
		}
		w.seqs[n]++
		for _, m := range u.Messages {
			wire.Renumber(m, w.seqs[n])
		}
		u.Seq = w.seqs[n]
		w.views[n].receive(t, u)
	}
}

// develop ends the encoding of a shot of Encoder i.
func (w *twins) develop(i int) {
	if s := w.shots[i]; s != nil {
		w.encs[i].Develop(s.Region, s.Take, &display.Picture{
			Codec: wire.VP9, Key: s.Key, Data: []byte{1, 2, 3},
		})
		w.shots[i] = nil
	}
}

func (w *twins) shoot(i int) {
	if w.shots[i] == nil {
		if s, ok := w.encs[i].Shoot(); ok {
			w.shots[i] = &s
		}
	}
}

// part gives the second viewer an Encoder of its own, or takes it back.
func (w *twins) part() {
	if len(w.encs) == 1 {
		t := w.encs[0].Twin()
		t.Film(false)
		t.Film(true)
		w.encs, w.shots = append(w.encs, t), append(w.shots, nil)
	} else if w.encs[0].Absorb(w.encs[1]) {
		w.encs, w.shots = w.encs[:1], w.shots[:1]
	}
}

// change draws something, which may be the next pictures of a film.
func (w *twins) change(t *rapid.T, f *wire.Framebuffer) {
	film := rapid.IntRange(0, 2).Draw(t, "film") == 0
	for i := range 1 + 5*min(1, rapid.IntRange(0, 1).Draw(t, "long")) {
		var r image.Rectangle
		if film {
			r = image.Rect(0, 0, 160, 160).Add(image.Pt(64*rapid.IntRange(0, 1).Draw(t, "aside"), 0)).Intersect(f.Bounds())
			shade(f, r, int(w.now.UnixMilli())+i)
		} else {
			r = draw(t, f)
		}
		w.now = w.now.Add(33 * time.Millisecond)
		for n, e := range w.encs {
			e.Changed([]image.Rectangle{r}, w.now)
			w.shoot(n)
		}
		if !film {
			return
		}
	}
}

func (w *twins) drain(t *rapid.T) {
	for i, e := range w.encs {
		e.Follow(w.now)
		w.develop(i)
		for e.Pending() {
			w.next(t, i, 32<<10)
		}
	}
}

// Whenever one viewer is parted from another and united with it again, what it is
// sent fits what it has: no update is malformed, and both become exact. What a
// viewer alone knows is scribbled over.
func TestTwinsPartAndUnite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &twins{now: time.Unix(1, 0), encs: []*display.Encoder{display.NewTestEncoder()}, shots: make([]*display.Shot, 1)}
		for i := range w.views {
			v := &w.views[i]
			v.Media = func(m wire.Media) error {
				v.Screen.Fill(m.Rect, 0xbad000+w.seqs[i]&0xfff)
				return nil
			}
		}
		f := w.encs[0].Frame()
		w.encs[0].ResetTo(rapid.IntRange(200, 400).Draw(t, "w"), rapid.IntRange(200, 300).Draw(t, "h"))
		w.encs[0].Film(true)
		text(f, f.Bounds(), 1)
		w.encs[0].Changed([]image.Rectangle{f.Bounds()}, w.now)
		for range rapid.IntRange(3, 40).Draw(t, "acts") {
			i := rapid.IntRange(0, len(w.encs)-1).Draw(t, "who")
			switch rapid.SampledFrom([]string{"change", "change", "part", "part", "next", "drain", "drain", "shoot", "develop", "wait", "filming"}).Draw(t, "act") {
			case "change":
				w.change(t, f)
			case "part":
				w.part()
			case "next":
				w.next(t, i, rapid.SampledFrom([]int{1, 500, 4000}).Draw(t, "budget"))
			case "drain":
				w.drain(t)
			case "shoot":
				w.shoot(i)
			case "develop":
				w.develop(i)
			case "filming":
				w.encs[i].Film(rapid.Bool().Draw(t, "film"))
			case "wait":
				w.now = w.now.Add(300 * time.Millisecond)
				for _, e := range w.encs {
					e.Follow(w.now)
				}
			}
		}
		w.now = w.now.Add(time.Second)
		w.drain(t)
		for i := range w.views {
			equal(t, &w.views[i].Screen, f)
		}
	})
}
