package display

import (
	"cmp"
	"image"
	"slices"

	wire "beside/signaling/display"
)

const (
	groupPixels   = 32 << 10 // pixels of the tiles that try to share a palette
	leastBlocks   = 8        // of a picture's changes; each tile of fewer is written in its shortest form
	rankBlocks    = 64       // of a picture's changes; fewer are sent in reading order
	photoColours  = 64       // a tile with more, outside a shared palette, is a photo
	distanceScale = 8        // blocks; nearer than that makes no difference of rank
)

// tiles appends tiles of the dirty blocks to b until it holds about limit bytes.
func (e *Encoder) tiles(b []byte, limit int) []byte {
	if e.grid.count == 0 {
		return b
	}
	rank := e.grid.count > rankBlocks
	limit += len(b)
	if b = e.texts(b, limit); len(b) >= limit {
		return b
	}
	e.rects = e.grid.rects(e.rects[:0])
	if rank {
		e.rank()
	}
	for rest := e.rects; len(rest) > 0 && len(b) < limit; {
		n := group(rest)
		b, n = e.group(b, rest[:n], limit)
		rest = rest[n:]
	}
	return b
}

// rank puts first what has just changed a little, then what is near the last
// input.
func (e *Encoder) rank() {
	key := func(r image.Rectangle) int {
		if r.Overlaps(e.fresh) {
			return -1
		}
		p := e.near.Div(block)
		dx, dy := max(r.Min.X-p.X, p.X-r.Max.X, 0), max(r.Min.Y-p.Y, p.Y-r.Max.Y, 0)
		return (dx + dy) / distanceScale
	}
	slices.SortStableFunc(e.rects, func(a, b image.Rectangle) int { return cmp.Compare(key(a), key(b)) })
}

// group counts the leading rectangles that are tried with one palette.
func group(rects []image.Rectangle) int {
	area := 0
	for i, r := range rects {
		if area += size(r) * block * block; area > groupPixels && i > 0 {
			return i
		}
	}
	return len(rects)
}

// group appends the tiles of rects, which are in blocks, and returns how many
// fitted. Tiles are cut to the pixels that differ: what a window uncovers that
// somebody drags is a few pixels wide.
func (e *Encoder) group(b []byte, rects []image.Rectangle, limit int) ([]byte, int) {
	few := e.grid.count <= leastBlocks
	e.parts = e.parts[:0]
	for _, r := range rects {
		e.parts = append(e.parts, differing(e.frame, &e.shadow, pixels(r, e.frame)))
	}
	shared := !few && e.collect(e.parts)
	announced := false
	for i, r := range rects {
		if len(b) >= limit {
			return b, i
		}
		px := e.parts[i]
		switch {
		case px.Empty(): // the frame is newer than the comparison
		case uniform(e.frame, px):
			b = wire.AppendSolid(b, px, e.frame.Row(px.Min.Y, px.Min.X, px.Max.X)[0])
		case few:
			b = e.least(b, px)
		case shared:
			if !announced {
				b, announced = wire.AppendPalette(b, &e.palette), true
			}
			b = wire.AppendIndexed(b, e.frame, px, &e.palette)
		default:
			b = e.single(b, px)
		}
		e.sent(r, px)
	}
	return b, len(rects)
}

// collect puts the colours of parts into the palette, if they fit.
func (e *Encoder) collect(parts []image.Rectangle) bool {
	e.palette.Clear()
	for _, r := range parts {
		if !e.addColours(r) {
			return false
		}
	}
	return true
}

func (e *Encoder) addColours(r image.Rectangle) bool {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		if !e.palette.AddRow(e.frame.Row(y, r.Min.X, r.Max.X)) {
			return false
		}
	}
	return true
}

// single appends one tile with a palette of its own, or as a photo.
func (e *Encoder) single(b []byte, r image.Rectangle) []byte {
	e.palette.Clear()
	if e.addColours(r) && e.palette.Len() <= photoColours {
		return wire.AppendIndexed(wire.AppendPalette(b, &e.palette), e.frame, r, &e.palette)
	}
	return wire.AppendPhoto(b, e.frame, r)
}

// least appends one tile in the shortest form. A letter with soft edges has about
// as many colours as a palette is worth; of larger tiles only packing tells.
func (e *Encoder) least(b []byte, r image.Rectangle) []byte {
	start := len(b)
	b = wire.AppendPhoto(b, e.frame, r)
	photo := len(b)
	e.palette.Clear()
	if !e.addColours(r) {
		return b
	}
	b = wire.AppendIndexed(wire.AppendPalette(b, &e.palette), e.frame, r, &e.palette)
	if len(b)-photo < photo-start {
		return append(b[:start], b[photo:]...)
	}
	return b[:photo]
}

// sent brings the shadow up to the tile px of the blocks r.
func (e *Encoder) sent(r, px image.Rectangle) {
	e.keep(px)
	e.grid.clean(r)
	e.touched = e.touched.Union(px)
}

// keep makes the shadow equal to the frame in px.
func (e *Encoder) keep(px image.Rectangle) {
	for y := px.Min.Y; y < px.Max.Y; y++ {
		copy(e.shadow.Row(y, px.Min.X, px.Max.X), e.frame.Row(y, px.Min.X, px.Max.X))
	}
}

// differing is the smallest part of r that holds every difference, empty if there
// is none.
func differing(a, b *wire.Framebuffer, r image.Rectangle) image.Rectangle {
	var out image.Rectangle
	for y := r.Min.Y; y < r.Max.Y; y++ {
		p, q := a.Row(y, r.Min.X, r.Max.X), b.Row(y, r.Min.X, r.Max.X)
		if same(p, q) {
			continue
		}
		x0, x1 := 0, len(p)
		for p[x0] == q[x0] {
			x0++
		}
		for p[x1-1] == q[x1-1] {
			x1--
		}
		out = out.Union(image.Rect(r.Min.X+x0, y, r.Min.X+x1, y+1))
	}
	return out
}

// uniform reports whether r has one colour.
func uniform(f *wire.Framebuffer, r image.Rectangle) bool {
	first := f.Row(r.Min.Y, r.Min.X, r.Max.X)
	for _, px := range first {
		if px != first[0] {
			return false
		}
	}
	for y := r.Min.Y + 1; y < r.Max.Y; y++ {
		if !same(first, f.Row(y, r.Min.X, r.Max.X)) {
			return false
		}
	}
	return true
}
