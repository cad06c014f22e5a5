package display_test

import (
	"image"
	"testing"
	"testing/synctest"
	"time"

	wire "beside/signaling/display"
)

// shade draws what a camera sees: no two pixels side by side are alike.
func shade(f *wire.Framebuffer, r image.Rectangle, at int) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := f.Row(y, r.Min.X, r.Max.X)
		for x := range row {
			v := uint32((x*5+y*3+at*7)&0xff ^ (x*y+at)&0x1f)
			row[x] = v<<16 | (255-v)<<8 | uint32(x+at)&0xff
		}
	}
}

// play shows a film of so many pictures, 30 a second.
func (p *pattern) play(r image.Rectangle, from, pictures int) {
	for i := range pictures {
		p.do(func() {
			shade(&p.pix, r, from+i)
			p.damage.Rects = append(p.damage.Rects, r)
		})
		pass(33 * time.Millisecond)
	}
}

// What is in motion comes as pictures of a codec, and is exact soon after it has
// come to rest.
func TestMotionBecomesVideo(t *testing.T) {
	for name, codecs := range map[string][]wire.Codec{
		"jpeg": nil,
		"all":  {wire.AV1444, wire.AV1, wire.VP9},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := newPattern(400, 300)
				s := start(t, src)
				s.seat.Decodes(codecs)
				s.exact(t, src.pix.Bounds())
				film := image.Rect(70, 50, 270, 210)
				src.play(film, 0, 40)
				s.mu.Lock()
				shown, most := s.pictures, s.most
				s.mu.Unlock()
				if shown < 20 {
					t.Errorf("got %d pictures of a film of 40, want at least 20", shown)
				}
				if most > 3 {
					t.Errorf("got %d updates in flight, want at most 3", most)
				}
				pass(400 * time.Millisecond)
				synctest.Wait()
				s.same(t, src.pix.Bounds(), src.pix.Bounds()) // before the next check of the picture
				s.exact(t, src.pix.Bounds())
				if st := s.seat.Stats(); st.FilmErrors > 0 || st.Resyncs > 0 {
					t.Errorf("stats: got %+v, want no errors", st)
				}
			})
		})
	}
}

// A text that is typed while a film runs does not wait for the film.
func TestTypingBesideAFilm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(400, 300)
		s := start(t, src)
		s.seat.Decodes(nil)
		s.exact(t, src.pix.Bounds())
		film := image.Rect(0, 64, 256, 256)
		src.play(film, 0, 20)
		letter := image.Rect(340, 20, 348, 32)
		for i := range 20 {
			src.draw(letter, uint64(i))
			src.play(film, 20+i, 1)
			s.same(t, src.pix.Bounds(), letter)
		}
	})
}

// Two films, one of which ends, one of which grows: nothing goes wrong in between.
func TestFilmsComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(500, 400)
		s := start(t, src)
		s.seat.Decodes([]wire.Codec{wire.VP9})
		s.exact(t, src.pix.Bounds())
		left, right := image.Rect(0, 0, 160, 160), image.Rect(300, 200, 480, 350)
		for i := range 60 {
			src.play(left, i, 1)
			if i < 25 {
				src.play(right, i, 1)
			}
			if i == 35 {
				left = image.Rect(0, 0, 200, 180)
			}
			if i%10 == 0 {
				src.draw(image.Rect(5*i, 180, 5*i+90, 290), uint64(i))
			}
		}
		s.exact(t, src.pix.Bounds())
		if st := s.seat.Stats(); st.Resyncs > 0 {
			t.Errorf("got %d resyncs, want none", st.Resyncs)
		}
	})
}
