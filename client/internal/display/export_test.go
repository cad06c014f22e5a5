package display

import (
	"image"
	"time"

	wire "beside/signaling/display"
)

// NewTestEncoder returns an Encoder with a frame of its own.
func NewTestEncoder() *Encoder { return NewEncoder(new(wire.Framebuffer)) }

// Frame is where to draw. After writing to it, call Changed.
func (e *Encoder) Frame() *wire.Framebuffer { return e.frame }

// ResetTo begins anew with a frame of that size.
func (e *Encoder) ResetTo(w, h int) {
	e.frame.Resize(w, h)
	e.Reset()
}

// Left counts the pixels that the copies found so far do not explain, and
// returns where those copies go.
func (e *Encoder) Left() (pixels int, copies []image.Rectangle) {
	for y := range e.frame.H {
		now, old := e.frame.Row(y, 0, e.frame.W), e.shadow.Row(y, 0, e.frame.W)
		if same(now, old) {
			continue
		}
		for x := range now {
			if now[x] != old[x] {
				pixels++
			}
		}
	}
	for _, m := range e.moves {
		copies = append(copies, m.dst)
	}
	return pixels, copies
}

// Wake ends the rest that useless searches for moves and for text have led to.
func (e *Encoder) Wake() {
	e.mover.useless, e.mover.resting = 0, 0
	e.textless, e.textRest = 0, 0
}

// Unknown says which pixels the viewer alone knows.
func (e *Encoder) Unknown(rects []image.Rectangle) { e.mover.unknown = rects }

// Twin is twin.
func (e *Encoder) Twin() *Encoder { return e.twin() }

// Absorb is absorb, if both are settled.
func (e *Encoder) Absorb(o *Encoder) bool {
	if !e.settled() || !o.settled() {
		return false
	}
	e.absorb(o)
	return true
}

// Step does what Run does whenever it wakes.
func (s *Stream) Step() error {
	_, err := s.step(time.Now())
	return err
}

// End is the end of Run.
func (s *Stream) End() { _ = s.end(nil) }

// News lets the next Step look at what changed, whenever the last one did.
func (s *Stream) News() { s.news, s.pace = time.Now(), pace{} }

// Guessed is where the picture may be newer than a canvas.
func (t *Still) Guessed() []image.Rectangle { return t.guessed }
