package display

import (
	"errors"
	"image"
	"time"

	"beside/client/internal/consent"
	wire "beside/signaling/display"
)

// filmTerm is how long a film runs until it goes on with a key picture, recorded or
// not: without, nobody could begin to play in the middle of a long one. All pictures from
// there on are decoded to show a later one, up to 600 of them; but a key picture takes the
// bits of six others, which the live page on a narrow line would feel more often.
const filmTerm = 20 * time.Second

// Recorder is given what a viewer is sent, in order. Its methods run on Run's
// goroutine, inside the Lease to record: they must be quick, and must not keep the
// memory of what they are given.
type Recorder interface {
	// Update tells of an update that the viewer has been sent.
	Update(u Update)
	// Wants reports whether a whole picture is wanted now. With blind nothing can be
	// recorded without one, and films go on anew for it.
	Wants() (picture, blind bool)
	// Picture offers one: the viewer's canvas after all updates so far, which take
	// copies. It may be called once.
	Picture(take func(*Still))
	// Missed tells that what the viewer was sent was not recorded: the right rested.
	Missed()
}

// Record has what this viewer is sent given to a Recorder as well, from now on, while
// the Lease to record is live. A nil Recorder ends that, soon.
func (v *Seat) Record(lease *consent.Lease, to Recorder) {
	v.post(func(m *seatMail) { m.tap, m.tapped = &tap{lease: lease, to: to}, true })
}

// tap is where a Seat's updates go as well. Owned by the Stream's goroutine.
type tap struct {
	lease *consent.Lease
	to    Recorder // nil: nowhere
}

// do runs f with the right to record. It returns false when that is gone for good.
func (t *tap) do(f func()) bool {
	err := t.lease.Do(func() error {
		f()
		return nil
	})
	if errors.Is(err, consent.ErrHeld) {
		t.to.Missed()
		return true
	}
	return err == nil
}

// record gives the Recorder the update that was just sent.
func (v *Seat) record(u Update) {
	if v.tap != nil && !v.tap.do(func() { v.tap.to.Update(u) }) {
		v.tap = nil
	}
}

// still takes a whole picture for the Recorder, if it wants one and the canvas is
// known but for films, which begin anew with a key picture. Only memory is copied
// here: to encode it is the Recorder's work.
func (s *Stream) still(v *Seat, now time.Time) {
	if v.tap == nil || v.lane == nil || v.held || !v.lane.enc.sentAll() {
		return
	}
	e := v.lane.enc
	if !v.tap.do(func() {
		picture, blind := v.tap.to.Wants()
		if picture && blind {
			e.renewFilms(now)
		}
		if picture && e.regionsClosed() {
			v.tap.to.Picture(func(still *Still) { still.take(e, &s.pointer) })
		}
	}) {
		v.tap = nil
	}
}

// sentAll reports whether the canvas is what the shadow is, but for films, once what
// was sent is painted.
func (e *Encoder) sentAll() bool {
	return !e.reset && len(e.moves) == 0 && e.shape == nil && e.place == nil && e.closing == [maxRegions]bool{}
}

// regionsClosed reports whether no picture of a film follows that needs one of before.
func (e *Encoder) regionsClosed() bool {
	for i := range e.films {
		if f := &e.films[i]; !f.rect.Empty() && f.codec != wire.NoCodec && f.codec != wire.JPEG {
			return false
		}
	}
	return true
}

// renewOldFilms lets all films go on with a key picture when one has run for long.
func (e *Encoder) renewOldFilms(now time.Time) {
	if e.regionsClosed() || !e.sentAll() {
		return
	}
	for i := range e.films {
		if f := &e.films[i]; !f.rect.Empty() && now.Sub(f.since) >= filmTerm {
			e.renewFilms(now)
			return
		}
	}
}

// renewFilms lets all films go on with a key picture, in a region opened anew.
func (e *Encoder) renewFilms(now time.Time) {
	for i := range e.films {
		if f := &e.films[i]; !f.rect.Empty() {
			f.renew()
			f.since = now
		}
	}
}

// Still is a whole picture: the canvas of a viewer at one moment. It is filled on the
// Stream's goroutine and encoded on another, one after the other. The zero value is
// ready.
type Still struct {
	pix     wire.Framebuffer
	guessed []image.Rectangle // where it may be newer than a canvas: only that knows the pixels
	shape   *wire.PointerShape
	place   image.Point
	enc     *Encoder
}

// take copies what the viewers of e are shown. What only they know is what the frame
// had there: under films, and where one viewer had a film before it came into step with
// another. Such pixels are sent anew before anything is copied from them.
func (t *Still) take(e *Encoder, p *pointerWatch) {
	if n := e.shadow.W * e.shadow.H; cap(t.pix.Pix) < n {
		t.pix.Pix = make([]uint32, n)
	}
	t.pix.W, t.pix.H = e.shadow.W, e.shadow.H
	t.pix.Pix = t.pix.Pix[:e.shadow.W*e.shadow.H]
	copy(t.pix.Pix, e.shadow.Pix)
	t.guessed = append(t.guessed[:0], e.blots...)
	for _, r := range e.blots {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			row, known := t.pix.Row(y, r.Min.X, r.Max.X), e.frame.Row(y, r.Min.X, r.Max.X)
			for x, px := range row {
				if px == unknown {
					row[x] = known[x]
				}
			}
		}
	}
	t.shape = nil
	if p.known {
		t.shape, t.place = p.shape, p.place
	}
}

// Updates calls yield with each of the updates that show the picture, from RESET on.
// They are valid during the call.
func (t *Still) Updates(budget int, yield func(Update)) {
	if t.enc == nil {
		t.enc = NewEncoder(&t.pix)
		t.enc.Slow(true) // nobody waits for it, and it is kept for long
	}
	t.enc.Reset()
	if t.shape != nil {
		t.enc.Shape(t.shape)
		t.enc.Place(t.place)
	}
	t.enc.Changed([]image.Rectangle{t.pix.Bounds()}, time.Time{})
	for u, ok := t.enc.Next(budget); ok; u, ok = t.enc.Next(budget) {
		yield(u)
	}
}

// Wipe forgets the picture.
func (t *Still) Wipe() {
	clear(t.pix.Pix[:cap(t.pix.Pix)])
	if t.enc != nil {
		t.enc.Wipe()
	}
	*t = Still{}
}
