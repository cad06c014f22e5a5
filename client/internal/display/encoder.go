package display

import (
	"image"
	"math/rand/v2"

	"github.com/pierrec/lz4/v4"

	wire "beside/signaling/display"
)

const (
	minPack    = 64 // bytes; shorter bodies are sent as they are
	rawFactor  = 4  // times the budget: tiles of one update before packing, however well they packed of late
	copyRounds = 3  // searches for moves after one change
	copyFactor = 2  // times the screen: pixels that the copies of one update move; the format allows 4 with the rest
)

// Update is one update ready to be sent, message by message.
type Update struct {
	Seq      uint32
	Bytes    int // of all messages
	Messages [][]byte
}

// Encoder writes the updates that make a viewer's canvas equal to a frame. It
// is not safe for concurrent use; the Stream's goroutine owns it.
type Encoder struct {
	frame   wire.Framebuffer // the monitor as grabbed last
	shadow  wire.Framebuffer // the viewer's canvas once it has painted every update
	grid    grid             // where the two differ
	mover   mover
	palette wire.Palette
	pack    lz4.Compressor

	seq     uint32 // of the last update
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

	rects    []image.Rectangle // scratch from here on
	body     []byte
	packed   []byte
	buf      []byte
	messages [][]byte
}

// NewEncoder returns an Encoder that shows nothing; Reset gives it a size.
// Its first number is random, so that a late repeat of an earlier stream's update
// matches none of its own.
func NewEncoder() *Encoder {
	return &Encoder{mover: newMover(), ratio: 1, seq: rand.Uint32()}
}

// Reset begins anew with a black picture of w×h, which the viewer will be told.
func (e *Encoder) Reset(w, h int) {
	e.frame.Resize(w, h)
	e.shadow.Resize(w, h)
	e.grid.resize(w, h)
	e.reset = true
	e.moves, e.moved = e.moves[:0], 0
	e.fresh, e.touched = image.Rectangle{}, image.Rectangle{}
}

// Frame is where to grab the screen into. After writing to it, call Changed.
func (e *Encoder) Frame() *wire.Framebuffer { return &e.frame }

// Near says where the last input was: what changes there is sent first.
func (e *Encoder) Near(p image.Point) { e.near = p }

// Shape sets the pointer's picture for the next update. It is not copied.
func (e *Encoder) Shape(s *wire.PointerShape) { e.shape = s }

// Place sets the pointer's place for the next update.
func (e *Encoder) Place(p image.Point) {
	e.placeAt = p
	e.place = &e.placeAt
}

// Changed compares the frame with the shadow inside the rectangles.
func (e *Encoder) Changed(rects []image.Rectangle) {
	found := 0
	var around image.Rectangle
	for _, r := range rects {
		n, box := e.grid.compare(&e.frame, &e.shadow, r.Intersect(e.frame.Bounds()))
		found += n
		around = around.Union(box)
	}
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
}

// Unknown says which parts of its canvas the viewer alone knows: no copy reads
// them or writes to them. The rectangles are not copied.
func (e *Encoder) Unknown(rects []image.Rectangle) { e.mover.unknown = rects }

// explain finds moves among the dirty blocks of area, which is in blocks, and
// returns how many they set right.
func (e *Encoder) explain(area image.Rectangle) int {
	before := e.grid.count
	for _, v := range e.mover.vectors(&e.frame, &e.shadow, &e.grid, area) {
		for _, m := range e.mover.areas(&e.frame, &e.shadow, &e.grid, v) {
			e.apply(m)
		}
	}
	return before - e.grid.count
}

// apply moves pixels of the shadow, and the viewer's in the next update.
func (e *Encoder) apply(m move) {
	size := m.dst.Dx() * m.dst.Dy()
	if e.moved+size > copyFactor*e.frame.W*e.frame.H {
		return
	}
	e.moved += size
	e.shadow.Copy(m.dst, m.src)
	e.moves = append(e.moves, m)
	e.touched = e.touched.Union(m.dst)
	inner := inward(e.grid.blocks(m.dst), m.dst, &e.frame)
	if !m.exact || inner.Empty() {
		e.grid.compare(&e.frame, &e.shadow, m.dst)
		return
	}
	e.grid.clean(inner)
	in, out := pixels(inner, &e.frame), m.dst
	for _, edge := range [...]image.Rectangle{
		image.Rect(out.Min.X, out.Min.Y, out.Max.X, in.Min.Y),
		image.Rect(out.Min.X, in.Max.Y, out.Max.X, out.Max.Y),
		image.Rect(out.Min.X, in.Min.Y, in.Min.X, in.Max.Y),
		image.Rect(in.Max.X, in.Min.Y, out.Max.X, in.Max.Y),
	} {
		if !edge.Empty() {
			e.grid.compare(&e.frame, &e.shadow, edge)
		}
	}
}

// Pending reports whether Next has something to send.
func (e *Encoder) Pending() bool {
	return e.reset || e.grid.count > 0 || len(e.moves) > 0 || e.shape != nil || e.place != nil
}

// Next writes the next update, of about budget bytes at most. What does not fit
// stays pending. The result is valid until the next call; ok is false when
// there is nothing to send.
func (e *Encoder) Next(budget int) (u Update, ok bool) {
	if !e.Pending() {
		return Update{}, false
	}
	reset := e.reset
	b := e.body[:0]
	if e.reset {
		b = wire.AppendReset(b, e.frame.W, e.frame.H)
		e.reset = false
	}
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
	e.moves, e.moved = e.moves[:0], 0
	limit := min(rawFactor*budget, int(float64(budget)/e.ratio))
	e.body = e.tiles(b, max(limit, 1))
	return e.finish(reset), true
}

// NextHash writes an update that lets the viewer check a part, of about limit
// pixels, of what it was sent since the last check. Nothing may be pending.
func (e *Encoder) NextHash(limit int) (u Update, ok bool) {
	if e.touched.Empty() || e.Pending() {
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
	h := wire.Header{Seq: e.seq, Reset: reset, Enc: wire.Plain, Raw: uint32(len(e.body))}
	out := e.body
	if len(e.body) > minPack {
		if n := lz4.CompressBlockBound(len(e.body)); cap(e.packed) < n {
			e.packed = make([]byte, n)
		}
		e.packed = e.packed[:cap(e.packed)]
		n, err := e.pack.CompressBlock(e.body, e.packed)
		if err == nil && n > 0 && n < len(e.body) {
			out, h.Enc = e.packed[:n], wire.LZ4
		}
	}
	if len(e.body) > 1<<10 {
		e.ratio = max(0.05, 0.7*e.ratio+0.3*float64(len(out))/float64(len(e.body)))
	}
	e.messages, e.buf = wire.Split(e.messages[:0], e.buf, h, out)
	return Update{Seq: e.seq, Bytes: len(e.buf), Messages: e.messages}
}

// Wipe forgets all pictures.
func (e *Encoder) Wipe() {
	clear(e.frame.Pix[:cap(e.frame.Pix)])
	clear(e.shadow.Pix[:cap(e.shadow.Pix)])
	clear(e.body[:cap(e.body)])
	clear(e.packed[:cap(e.packed)])
	clear(e.buf[:cap(e.buf)])
	e.Reset(0, 0)
}
