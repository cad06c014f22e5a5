package display

import (
	"image"

	wire "beside/signaling/display"
)

const (
	minTextBlocks = 24       // of a picture's changes; fewer are not worth a look for phrases
	stripBlocks   = 8        // height of a strip at most
	stripGap      = 8        // clean blocks between two strips side by side
	maxNews       = 64 << 10 // pixels of a strip that stand nowhere: more is no text
	groundShare   = 4        // the commonest colour of text has at least a fourth of the pixels
	textFactor    = 3        // times the screen: pixels that strips and copies paint in one update
)

// texts appends the dirty strips that are text until b holds about limit bytes.
// Where nothing is text it rests for some updates, longer and longer.
func (e *Encoder) texts(b []byte, limit int) []byte {
	if e.grid.count < minTextBlocks || len(e.mover.unknown) > 0 {
		return b
	}
	if e.textRest > 0 {
		e.textRest--
		return b
	}
	e.rects = e.grid.wide(e.rects[:0])
	e.rank()
	start := len(b)
	for _, r := range e.rects {
		if len(b) >= limit {
			break
		}
		b = e.text(b, pixels(r, e.frame))
	}
	if len(b) > start {
		e.textless = 0
	} else {
		e.textRest = 1 << min(e.textless, maxRest)
		e.textless++
	}
	return b
}

// text appends a strip, in pixels, as text: its ground, what else is of one colour, what
// is new, and copies of what is not. It appends nothing where the strip is not like that.
func (e *Encoder) text(b []byte, strip image.Rectangle) []byte {
	ground, ok := commonest(e.frame, strip)
	if !ok {
		return b
	}
	found := &e.phrases
	found.look(e.frame, &e.shadow, strip, ground)
	if !e.afford(strip) {
		return b
	}
	b = e.solid(b, strip, ground)
	for _, s := range found.bands {
		if part := s.rect.Intersect(strip); s.colour != ground && !part.Empty() {
			b = e.solid(b, part, s.colour)
		}
	}
	shared := e.collectNews()
	if shared && e.palette.Len() > 0 {
		b = wire.AppendPalette(b, &e.palette)
	}
	for _, part := range found.news {
		b = e.exact(b, part, shared)
	}
	for _, m := range found.moves {
		if standsAt(e.frame, &e.shadow, m) {
			b = wire.AppendCopy(b, m.dst, m.src)
			e.shadow.Copy(m.dst, m.src)
			e.touched = e.touched.Union(m.dst)
			if !m.dst.In(strip) {
				e.grid.compare(e.frame, &e.shadow, m.dst)
			}
		} else if part := m.dst.Intersect(strip); !part.Empty() {
			b = e.exact(b, part, false)
		}
	}
	e.touched = e.touched.Union(strip)
	e.grid.compare(e.frame, &e.shadow, strip)
	return b
}

// afford reports whether what was found of a strip is text, and whether the viewer
// may be asked to paint so much more in this update.
func (e *Encoder) afford(strip image.Rectangle) bool {
	news := 0
	for _, part := range e.phrases.news {
		news += size(part)
	}
	cost := size(strip) + news
	for _, s := range e.phrases.bands {
		cost += size(s.rect.Intersect(strip))
	}
	for _, m := range e.phrases.moves {
		cost += size(m.dst)
	}
	if news > maxNews || e.painted+cost > textFactor*e.frame.W*e.frame.H {
		return false
	}
	e.painted += cost
	return true
}

// collectNews puts the colours of what is new into the palette, if they fit.
func (e *Encoder) collectNews() bool {
	e.palette.Clear()
	for _, part := range e.phrases.news {
		if !e.addColours(part) {
			return false
		}
	}
	return true
}

func (e *Encoder) solid(b []byte, part image.Rectangle, colour uint32) []byte {
	e.shadow.Fill(part, colour)
	return wire.AppendSolid(b, part, colour)
}

// exact appends a tile, by the palette that was announced last if it is shared.
func (e *Encoder) exact(b []byte, part image.Rectangle, shared bool) []byte {
	switch {
	case uniform(e.frame, part):
		b = wire.AppendSolid(b, part, e.frame.Row(part.Min.Y, part.Min.X, part.Max.X)[0])
	case shared:
		b = wire.AppendIndexed(b, e.frame, part, &e.palette)
	default:
		b = e.single(b, part)
	}
	e.keep(part)
	return b
}

// standsAt compares what a move would copy with what is wanted.
func standsAt(frame, shadow *wire.Framebuffer, m move) bool {
	for y := range m.dst.Dy() {
		want := frame.Row(m.dst.Min.Y+y, m.dst.Min.X, m.dst.Max.X)
		if !same(want, shadow.Row(m.src.Y+y, m.src.X, m.src.X+len(want))) {
			return false
		}
	}
	return true
}

// commonest returns the colour that a sample of part has most of, as far as there is
// one; ok is false when it has less than text has. (Boyer and Moore's vote, then a count.)
func commonest(f *wire.Framebuffer, part image.Rectangle) (colour uint32, ok bool) {
	votes, all, have := 0, 0, 0
	sample(f, part, func(px uint32) {
		switch {
		case votes == 0:
			colour, votes = px, 1
		case px == colour:
			votes++
		default:
			votes--
		}
	})
	sample(f, part, func(px uint32) {
		all++
		if px == colour {
			have++
		}
	})
	return colour, groundShare*have >= all
}

// sample calls with some of the pixels of part.
func sample(f *wire.Framebuffer, part image.Rectangle, with func(px uint32)) {
	for y := part.Min.Y; y < part.Max.Y; y += 3 {
		row := f.Row(y, part.Min.X, part.Max.X)
		for x := y % 7; x < len(row); x += 7 {
			with(row[x])
		}
	}
}

// wide appends rectangles of blocks that hold all dirty ones, as wide as they can be,
// clean ones among them.
func (g *grid) wide(out []image.Rectangle) []image.Rectangle {
	for y := 0; y < g.rows; {
		end := y
		for end < g.rows && end-y < stripBlocks && g.any(image.Rect(0, end, g.cols, end+1)) {
			end++
		}
		if end == y {
			y++
			continue
		}
		open := image.Rectangle{}
		for x := range g.cols {
			column := image.Rect(x, y, x+1, end)
			if !g.any(column) {
				continue
			}
			if !open.Empty() && x-open.Max.X >= stripGap {
				out = append(out, open)
				open = image.Rectangle{}
			}
			open = open.Union(column)
		}
		out = append(out, open)
		y = end
	}
	return out
}
