package display

import (
	"image"
	"time"

	wire "beside/signaling/display"
)

const (
	rawFactor  = 4 // times the budget: tiles of one update before packing, however well they packed of late
	copyRounds = 3 // searches for moves after one change
	copyFactor = 2 // times the screen: pixels that the copies of one update move; the format allows 4 with the rest
)

// Update is one update ready to be sent, message by message.
type Update struct {
	Seq      uint32
	Reset    bool
	Bytes    int // of all messages
	Messages [][]byte
}

// Encoder writes the updates that make the canvas of a viewer, or of several in
// step, equal to a frame. It is not safe for concurrent use; the Stream's
// goroutine owns it.
type Encoder struct {
	frame   *wire.Framebuffer // the monitor as grabbed last; the Stream's, who shares it out
	shadow  wire.Framebuffer  // the viewers' canvases once they have painted every update
	grid    grid              // where the two differ
	mover   mover
	heat    heat
	phrases phrases
	films   [maxRegions]film
	closing [maxRegions]bool  // the viewer has to be told that the region's film is over
	blots   []image.Rectangle // pixels that the viewer alone knows or knew
	filming bool              // parts in motion may become video
	filmed  bool              // the last update was a picture of a film
	palette wire.Palette
	pack    packer

	seq     uint32 // of the last update; each viewer is told numbers of its own
	reset   bool   // the next update begins anew
	moves   []move // already applied to the shadow, not yet sent
	moved   int    // their pixels
	shape   *wire.PointerShape
	place   *image.Point
	placeAt image.Point     // what place points to
	near    image.Point     // of the person's or technician's last input
	fresh   image.Rectangle // blocks of the last small change
	touched image.Rectangle // pixels sent since they were hashed last
	ratio   float64         // packed/raw of late, to guess how much fits

	painted  int // pixels in the update being written
	textRest int // updates in which no text is looked for
	textless int // updates in a row in which it was looked for in vain

	rects    []image.Rectangle // scratch from here on
	parts    []image.Rectangle
	body     []byte
	buf      []byte
	messages [][]byte
}

// NewEncoder returns an Encoder of a frame, which it only reads. It shows nothing
// until Reset.
func NewEncoder(frame *wire.Framebuffer) *Encoder {
	return &Encoder{frame: frame, mover: newMover(), phrases: newPhrases(), ratio: 1}
}

// Reset begins anew with a black picture of the frame's size, which the viewer
// will be told. To show what the frame holds, call Changed.
func (e *Encoder) Reset() {
	w, h := e.frame.W, e.frame.H
	e.shadow.Resize(w, h)
	e.grid.resize(w, h)
	e.heat.resize(&e.grid)
	for i := range e.films {
		e.films[i] = film{take: e.films[i].take + 1}
	}
	e.closing = [maxRegions]bool{}
	e.blots, e.mover.unknown = nil, nil
	e.reset = true
	e.moves, e.moved = e.moves[:0], 0
	e.fresh, e.touched = image.Rectangle{}, image.Rectangle{}
}

// Near says where the last input was: what changes there is sent first.
func (e *Encoder) Near(p image.Point) { e.near = p }

// Slow says that the link is slow: updates are packed harder.
func (e *Encoder) Slow(slow bool) { e.pack.slow = slow }

// Shape sets the pointer's picture for the next update. It is not copied.
func (e *Encoder) Shape(s *wire.PointerShape) { e.shape = s }

// Place sets the pointer's place for the next update.
func (e *Encoder) Place(p image.Point) {
	e.placeAt = p
	e.place = &e.placeAt
}

// Changed compares the frame with the shadow inside the rectangles.
func (e *Encoder) Changed(rects []image.Rectangle, now time.Time) {
	found := 0
	var around image.Rectangle
	for _, r := range rects {
		n, box := e.grid.compare(e.frame, &e.shadow, r.Intersect(e.frame.Bounds()))
		found += n
		around = around.Union(box)
	}
	if found == 0 {
		return
	}
	found -= e.expose(now)
	e.fresh = image.Rectangle{}
	if found > 0 && found <= minMoveBlocks {
		e.fresh = around
	}
	for round := 0; round < copyRounds && found >= minMoveBlocks && !e.reset; round++ {
		n := e.explain(around)
		if n == 0 {
			break
		}
		found -= n
	}
	if e.filming {
		e.heat.look(e.frame, &e.grid, around, now) // when copies have explained what they can
		e.Follow(now)
	}
}

// explain finds moves among the dirty blocks of area, which is in blocks, and
// returns how many they set right.
func (e *Encoder) explain(area image.Rectangle) int {
	before := e.grid.count
	for _, v := range e.mover.vectors(e.frame, &e.shadow, &e.grid, area) {
		for _, m := range e.mover.areas(e.frame, &e.shadow, &e.grid, v) {
			e.apply(m)
		}
	}
	return before - e.grid.count
}

// apply moves pixels of the shadow, and the viewer's in the next update.
func (e *Encoder) apply(m move) {
	n := size(m.dst)
	if e.moved+n > copyFactor*e.frame.W*e.frame.H {
		return
	}
	e.moved += n
	e.shadow.Copy(m.dst, m.src)
	e.moves = append(e.moves, m)
	e.touched = e.touched.Union(m.dst)
	e.phrases.moved(m)
	inner := inward(e.grid.blocks(m.dst), m.dst, e.frame)
	if !m.exact || inner.Empty() {
		e.grid.compare(e.frame, &e.shadow, m.dst)
		return
	}
	e.grid.clean(inner)
	in, out := pixels(inner, e.frame), m.dst
	for _, edge := range [...]image.Rectangle{
		image.Rect(out.Min.X, out.Min.Y, out.Max.X, in.Min.Y),
		image.Rect(out.Min.X, in.Max.Y, out.Max.X, out.Max.Y),
		image.Rect(out.Min.X, in.Min.Y, in.Min.X, in.Max.Y),
		image.Rect(in.Max.X, in.Min.Y, out.Max.X, in.Max.Y),
	} {
		if !edge.Empty() {
			e.grid.compare(e.frame, &e.shadow, edge)
		}
	}
}

// Pending reports whether Next has something to send.
func (e *Encoder) Pending() bool { return e.exactPending() || e.pictureReady() }

// exactPending is Pending but for pictures of films.
func (e *Encoder) exactPending() bool {
	return e.reset || e.grid.count > 0 || len(e.moves) > 0 || e.shape != nil || e.place != nil ||
		e.closing != [maxRegions]bool{}
}

// Next writes the next update, of about budget bytes at most. What does not fit
// stays pending. The result is valid until the next call; ok is false when
// there is nothing to send.
func (e *Encoder) Next(budget int) (u Update, ok bool) {
	if !e.Pending() {
		return Update{}, false
	}
	b := e.body[:0]
	if e.pictureReady() && !e.reset && (!e.filmed || !e.exactPending()) && (len(e.moves) == 0 || !e.premiere()) {
		// By turns with all else, so that neither waits for the other for long. But
		// copies found before a film began may read what it is going to cover.
		e.filmed = true
		e.body = e.picture(e.closeRegions(b))
		return e.finish(false), true
	}
	e.filmed = false
	reset := e.reset
	if e.reset {
		b = wire.AppendReset(b, e.frame.W, e.frame.H)
		e.reset = false
	}
	b = e.closeRegions(b)
	if e.shape != nil {
		b = wire.AppendPointerShape(b, e.shape)
		e.shape = nil
	}
	if e.place != nil {
		b = wire.AppendPointerPlace(b, e.place.X, e.place.Y)
		e.place = nil
	}
	for _, m := range e.moves {
		b = wire.AppendCopy(b, m.dst, m.src)
	}
	e.painted = e.moved
	e.moves, e.moved = e.moves[:0], 0
	limit := min(rawFactor*budget, int(float64(budget)/e.ratio))
	if e.body = e.tiles(b, max(limit, 1)); len(e.body) == 0 {
		return Update{}, false // all was undone meanwhile
	}
	return e.finish(reset), true
}

// Checkable reports whether NextHash has something to write.
func (e *Encoder) Checkable() bool {
	if e.touched.Empty() || e.Pending() {
		return false
	}
	e.unblot()
	return len(e.blots) == 0 // while a film runs the canvas is the viewer's affair
}

// NextHash writes an update that lets the viewer check a part, of about limit
// pixels, of what it was sent since the last check. Nothing may be pending.
func (e *Encoder) NextHash(limit int) (u Update, ok bool) {
	if !e.Checkable() {
		return Update{}, false
	}
	r := e.touched
	if rows := max(1, limit/r.Dx()); rows < r.Dy() {
		r.Max.Y = r.Min.Y + rows
	}
	e.touched.Min.Y = r.Max.Y
	e.body = wire.AppendHash(e.body[:0], &e.shadow, r)
	return e.finish(false), true
}

// finish packs the body and splits it into messages.
func (e *Encoder) finish(reset bool) Update {
	e.seq++
	h := wire.Header{Seq: e.seq, Reset: reset, Raw: uint32(len(e.body))}
	out, enc := e.pack.pack(e.body)
	h.Enc = enc
	if len(e.body) > 1<<10 {
		e.ratio = max(0.05, 0.7*e.ratio+0.3*float64(len(out))/float64(len(e.body)))
	}
	e.messages, e.buf = wire.Split(e.messages[:0], e.buf, h, out)
	return Update{Seq: e.seq, Reset: reset, Bytes: len(e.buf), Messages: e.messages}
}

// Wipe forgets all pictures but the frame. The Encoder is of no use any more.
func (e *Encoder) Wipe() {
	clear(e.shadow.Pix[:cap(e.shadow.Pix)])
	e.phrases.wipe()
	clear(e.body[:cap(e.body)])
	clear(e.pack.out[:cap(e.pack.out)])
	clear(e.buf[:cap(e.buf)])
}
