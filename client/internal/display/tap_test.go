package display_test

import (
	"bytes"
	"image"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"beside/client/internal/consent"
	"beside/client/internal/display"
	"beside/client/internal/video"
	wire "beside/signaling/display"
	"beside/signaling/grant"
)

// replica is a recorder that plays what it is given at once, from the beginning and
// from each whole picture, beside the viewer.
type replica struct {
	t     failer
	live  *show
	every int // updates between whole pictures

	gate    *consent.Gate
	still   display.Still
	players []*player
	updates int // since the last whole picture
	stills  int
	missed  int
	lost    bool // nothing can be played before a whole picture
}

// player is one decoder of what was recorded, from one moment on.
type player struct {
	v   wire.Decoder
	seq uint32
	// Pixels that were newer than the viewer's when the whole picture was taken, and
	// were not sent to both since.
	newer map[int]bool
}

func (p *player) play(t failer, messages [][]byte) {
	t.Helper()
	p.seq++
	update := bytes.Clone(messages[0])
	for _, m := range messages[1:] {
		update = append(update, m[wire.HeaderSize:]...)
	}
	wire.Whole(update, p.seq)
	p.v.Media = func(wire.Media) error { return nil }
	if _, painted, err := p.v.ReceiveWhole(update); err != nil || !painted {
		t.Fatalf("recorded update: painted %v, %v", painted, err)
	}
}

// record begins to record what s is shown.
func record(t failer, s *show, every int) *replica {
	t.Helper()
	r := &replica{t: t, live: s, every: every, gate: consent.NewGate(), lost: true}
	r.gate.Allow(grant.SetOf(grant.Record))
	lease, _ := r.gate.Lease(grant.Record)
	s.seat.Record(lease, r)
	return r
}

func (r *replica) Update(u display.Update) {
	if u.Reset {
		r.players, r.lost, r.updates = append(r.players[:0], &player{}), false, 0
	}
	if r.lost {
		return
	}
	r.updates++
	for _, p := range r.players {
		p.play(r.t, u.Messages)
	}
	r.compare()
}

func (r *replica) Wants() (picture, blind bool) { return r.lost || r.updates >= r.every, r.lost }

func (r *replica) Picture(take func(*display.Still)) {
	take(&r.still)
	if r.lost {
		r.players = nil
	}
	p := &player{newer: map[int]bool{}}
	r.live.mu.Lock()
	for _, g := range r.still.Guessed() {
		for y := g.Min.Y; y < g.Max.Y; y++ {
			for x := g.Min.X; x < g.Max.X; x++ {
				p.newer[y*r.live.v.Screen.W+x] = true
			}
		}
	}
	r.live.mu.Unlock()
	r.still.Updates(64<<10, func(u display.Update) { p.play(r.t, u.Messages) })
	if len(r.players) == 4 {
		r.players = append(r.players[:1], r.players[2:]...)
	}
	r.players = append(r.players, p)
	r.lost, r.updates = false, 0
	r.stills++
	r.compare()
}

func (r *replica) Missed() { r.missed++; r.lost = true }

// compare checks that all players show what the viewer does, wherever the format
// says what that is.
func (r *replica) compare() {
	r.live.mu.Lock()
	defer r.live.mu.Unlock()
	if r.live.lossy || r.live.bad != nil {
		return
	}
	want := &r.live.v
	for _, p := range r.players {
		if p.v.Screen.W != want.Screen.W || p.v.Screen.H != want.Screen.H {
			r.t.Fatalf("recorded %d×%d, shown %d×%d", p.v.Screen.W, p.v.Screen.H, want.Screen.W, want.Screen.H)
		}
		if p.v.Place != want.Place || p.v.Shape.W != want.Shape.W || !bytes.Equal(p.v.Shape.RGBA, want.Shape.RGBA) {
			r.t.Fatalf("recorded a pointer at %v, shown at %v", p.v.Place, want.Place)
		}
		for i, px := range want.Screen.Pix {
			if p.v.Screen.Pix[i] == px {
				delete(p.newer, i)
				continue
			}
			if p.newer[i] {
				continue
			}
			x, y := i%want.Screen.W, i/want.Screen.W
			at := image.Rect(x, y, x+1, y+1)
			if !want.Unknown.Touches(at) {
				r.t.Fatalf("pixel %d,%d is recorded as %06x, shown as %06x", x, y, p.v.Screen.Pix[i], px)
			}
		}
	}
}

// What is recorded plays as the viewer saw it, at each moment, from the beginning and
// from each whole picture.
func TestRecordingPlaysWhatWasShown(t *testing.T) {
	for name, codecs := range map[string][]wire.Codec{"jpeg": nil, "video": {wire.VP9}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				src := newPattern(400, 300)
				s := start(t, src)
				r := record(t, s, 8)
				s.seat.Decodes(codecs)
				for i := range 60 {
					src.draw(image.Rect(5*i, 3*i, 5*i+70, 3*i+60), uint64(i))
					pass(20 * time.Millisecond)
				}
				src.play(image.Rect(70, 50, 270, 210), 0, 40)
				src.do(func() { src.pointer.Place = image.Pt(50, 70) })
				s.exact(t, src.pix.Bounds())
				if r.stills < 5 || r.missed > 0 {
					t.Errorf("%d whole pictures, %d times missed", r.stills, r.missed)
				}
				r.compare()
			})
		})
	}
}

// A recording that begins in the middle of a film has it from its next picture on, and
// one can begin to play in each minute of a film.
func TestRecordingOfALongFilm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(200, 150)
		s := start(t, src)
		s.seat.Decodes([]wire.Codec{wire.VP9})
		s.exact(t, src.pix.Bounds())
		src.play(src.pix.Bounds(), 0, 60)
		r := record(t, s, 5)
		src.play(src.pix.Bounds(), 60, 10)
		// A build without VP9 makes films of JPEG pictures, each whole by itself.
		if slices.Contains(video.Codecs(), video.VP9) && r.stills != 1 {
			t.Errorf("%d whole pictures after a film began to be recorded, want 1", r.stills)
		}
		src.play(src.pix.Bounds(), 70, 30*65)
		if r.stills < 4 {
			t.Errorf("%d whole pictures after a minute of film, want at least 4", r.stills)
		}
		s.exact(t, src.pix.Bounds())
		if st := s.seat.Stats(); st.Resyncs > 0 || st.FilmErrors > 0 {
			t.Errorf("the viewer noticed: %+v", st)
		}
	})
}

// Each of several viewers, fast or slow, is recorded as it is shown.
func TestRecordingOfOneAmongSeveral(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(500, 400)
		all := together(t, src, 3)
		var rs []*replica
		for _, s := range all {
			rs = append(rs, record(t, s, 6))
		}
		all[2].mu.Lock()
		all[2].mute = true
		all[2].mu.Unlock()
		for i := range 40 {
			src.draw(image.Rect(10*i, 5*i, 10*i+90, 5*i+80), uint64(i))
			pass(20 * time.Millisecond)
		}
		if n := lanes(t, all[0]); n != 2 {
			t.Errorf("%d lanes with one viewer that stalls, want 2", n)
		}
		all[2].listen()
		exact(t, all...)
		for i, r := range rs {
			if r.stills == 0 {
				t.Errorf("viewer %d: no whole picture", i)
			}
			r.compare()
		}
	})
}

// Nothing is recorded before the right is there, while it rests or when it is gone.
func TestRecordingNeedsItsRight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newPattern(300, 200)
		s := start(t, src)
		s.exact(t, src.pix.Bounds())
		r := record(t, s, 1000)
		src.draw(image.Rect(0, 0, 50, 50), 2)
		s.exact(t, src.pix.Bounds())
		if r.stills != 1 || r.updates == 0 {
			t.Fatalf("%d whole pictures, %d updates", r.stills, r.updates)
		}
		release := r.gate.Hold(grant.SetOf(grant.Record))
		before := r.updates
		src.draw(image.Rect(0, 0, 50, 50), 3)
		s.exact(t, src.pix.Bounds())
		if r.updates != before || r.missed == 0 {
			t.Errorf("while it rests: %d updates recorded, %d missed", r.updates-before, r.missed)
		}
		release()
		src.draw(image.Rect(0, 0, 50, 50), 4)
		s.exact(t, src.pix.Bounds())
		if r.stills != 2 {
			t.Errorf("after it rested: %d whole pictures, want 2", r.stills)
		}
		r.gate.Revoke(grant.SetOf(grant.Record))
		before = r.updates
		src.draw(image.Rect(0, 0, 50, 50), 5)
		s.exact(t, src.pix.Bounds())
		if r.updates != before || r.stills != 2 {
			t.Errorf("after it was revoked: %d updates recorded", r.updates-before)
		}
	})
}

// The viewer is sent the same, byte for byte, whether it is recorded or not.
func TestRecordingChangesNothing(t *testing.T) {
	sent := func(recorded bool) (all [][]byte) {
		synctest.Test(t, func(t *testing.T) {
			src := newPattern(400, 300)
			s := startSeen(t, src, func(msg []byte) {
				msg = bytes.Clone(msg)
				wire.Renumber(msg, 0) // numbers begin at random
				all = append(all, msg)
			})
			if recorded {
				record(t, s, 10)
			}
			s.seat.Decodes(nil)
			synctest.Wait() // the first picture is that of before the first change, both times
			for i := range 60 {
				src.draw(image.Rect(5*i, 3*i, 5*i+70, 3*i+60), uint64(i))
				pass(15 * time.Millisecond)
			}
			src.play(image.Rect(70, 50, 270, 210), 0, 100)
			s.exact(t, src.pix.Bounds())
		})
		return all
	}
	with, without := sent(true), sent(false)
	if len(with) != len(without) || len(with) < 100 {
		t.Fatalf("%d messages when recorded, %d when not", len(with), len(without))
	}
	for i := range with {
		if !bytes.Equal(with[i], without[i]) {
			t.Fatalf("message %d differs", i)
		}
	}
}
