package display

import (
	"image"
	"slices"

	wire "beside/signaling/display"
)

const (
	overhang    = 32 // pixels above and below a strip: lines that it cuts are read whole
	maxLine     = 48 // pixels; a higher line is no line of text
	maxCuts     = 6  // of a strip: rows, columns, rows …
	space       = 8  // pixels between words
	keyColumns  = 4  // by which a part of a line is looked up
	minInk      = 5  // columns with ink that are worth a copy
	wideGap     = 8  // blank columns between two tiles of what is new
	placeBits   = 15 // of the table of places
	columnPrime = 0x9e3779b1
)

// phrases finds what a new part of the picture, a strip, repeats of what the canvas
// shows. Text is the same few dozens of letters again and again, and a copy of a word
// takes a tenth of the bytes of its pixels. The strip is cut along rows of one colour
// into lines, and each line is read like a string, whose characters are columns of
// pixels: the longest run that stands elsewhere becomes a copy (LZ77, with one more
// dimension). Owned by the Encoder.
type phrases struct {
	places []place // by a hash of keyColumns columns
	pass   uint16  // counts strips

	// What look has found.
	bands []band            // what is of one colour, or was before the rest is painted
	news  []image.Rectangle // what stands nowhere
	moves []move            // what does, in an order in which no copy reads what is not there yet

	lines   []band   // scratch from here on; the colour is that of the paper
	varies  []uint32 // of columns: whether they have several colours
	columns []column
}

// place is where some columns stood when they were read last.
type place struct {
	hash uint32
	x, y int16 // of the first column's topmost ink
	pass uint16
	set  bool
}

// column is one of a line.
type column struct {
	hash uint32 // of its ink, 0 for none
	sum  uint32
	top  int16 // where the ink begins
}

// band is a part of one colour.
type band struct {
	rect   image.Rectangle
	colour uint32
}

func newPhrases() phrases { return phrases{places: make([]place, 1<<placeBits)} }

// look finds what of a strip of the frame repeats, and what is new. The strip is
// going to be painted over; what is outside stays as the shadow has it. A move may be
// wrong: it has to be compared when its turn comes.
func (p *phrases) look(frame, shadow *wire.Framebuffer, strip image.Rectangle, ground uint32) {
	p.pass++
	p.bands, p.news, p.moves, p.lines = p.bands[:0], p.news[:0], p.moves[:0], p.lines[:0]
	around := strip
	around.Min.Y -= overhang
	around.Max.Y += overhang
	p.cut(frame, around.Intersect(frame.Bounds()), ground, true, maxCuts)
	for _, line := range p.lines {
		switch {
		case !line.rect.Overlaps(strip):
		case line.rect.Dy() > maxLine:
			p.news = append(p.news, line.rect.Intersect(strip))
		default:
			p.band(line.colour, line.rect)
			p.read(frame, shadow, strip, line.rect, line.colour)
		}
	}
}

// cut divides a part into bands and lines: along rows or columns, then by turns. Where
// a part has nothing, it has the colour of paper.
func (p *phrases) cut(f *wire.Framebuffer, part image.Rectangle, paper uint32, byRows bool, cuts int) {
	switch {
	case part.Empty():
	case cuts == 0:
		p.lines = append(p.lines, band{part, paper})
	case byRows:
		p.cutRows(f, part, paper, cuts-1)
	case part.Dy() > maxLine:
		p.cutColumns(f, part, paper, 1, cuts-1)
	default: // neighbours may be higher: such a line is divided only where there is space
		p.cutColumns(f, part, paper, space, min(cuts-1, 1))
	}
}

func (p *phrases) cutRows(f *wire.Framebuffer, part image.Rectangle, paper uint32, cuts int) {
	rest := part
	for y := part.Min.Y; y < part.Max.Y; y++ {
		row := f.Row(y, part.Min.X, part.Max.X)
		if row[0] != row[len(row)-1] || !same(row[1:], row[:len(row)-1]) {
			continue
		}
		paper = row[0]
		p.cut(f, image.Rect(part.Min.X, rest.Min.Y, part.Max.X, y), paper, false, cuts)
		p.band(paper, image.Rect(part.Min.X, y, part.Max.X, y+1))
		rest.Min.Y = y + 1
	}
	p.cut(f, rest, paper, false, cuts)
}

// cutColumns divides part along columns of one colour, where there are so many side
// by side.
func (p *phrases) cutColumns(f *wire.Framebuffer, part image.Rectangle, paper uint32, least, cuts int) {
	first := f.Row(part.Min.Y, part.Min.X, part.Max.X)
	start := len(p.varies) // the parts of this part come behind
	p.varies = slices.Grow(p.varies, len(first))[:start+len(first)]
	varies := p.varies[start:]
	clear(varies)
	for y := part.Min.Y + 1; y < part.Max.Y; y++ {
		for x, px := range f.Row(y, part.Min.X, part.Max.X) {
			varies[x] |= px ^ first[x]
		}
	}
	from := 0 // of what is not yet cut off
	for i := 0; i < len(varies); {
		end := i
		for end < len(varies) && varies[end] == 0 && first[end] == first[i] {
			end++
		}
		if end-i < least {
			i = max(end, i+1)
			continue
		}
		paper = first[i]
		p.cut(f, image.Rect(part.Min.X+from, part.Min.Y, part.Min.X+i, part.Max.Y), paper, true, cuts)
		p.band(paper, image.Rect(part.Min.X+i, part.Min.Y, part.Min.X+end, part.Max.Y))
		i, from = end, end
	}
	p.varies = p.varies[:start]
	p.cut(f, image.Rect(part.Min.X+from, part.Min.Y, part.Max.X, part.Max.Y), paper, true, cuts)
}

// band takes note of a part of one colour, which may go on the last.
func (p *phrases) band(colour uint32, part image.Rectangle) {
	if n := len(p.bands); n > 0 {
		last := &p.bands[n-1]
		if u := last.rect.Union(part); last.colour == colour && size(u) == size(last.rect)+size(part) {
			last.rect = u
			return
		}
	}
	p.bands = append(p.bands, band{part, colour})
}

// read finds what of a line repeats.
func (p *phrases) read(frame, shadow *wire.Framebuffer, strip, line image.Rectangle, paper uint32) {
	p.measure(frame, line, paper)
	var fresh image.Rectangle // what is new, and not yet told
	tell := func() {
		if fresh = fresh.Intersect(strip); !fresh.Empty() {
			p.news = append(p.news, fresh)
		}
		fresh = image.Rectangle{}
	}
	for i := 0; i < len(p.columns); {
		x := line.Min.X + i
		if p.columns[i].hash == 0 {
			if x-fresh.Max.X >= wideGap {
				tell()
			}
			i++
			continue
		}
		if run := p.repeat(frame, shadow, strip, line, i); run > 0 {
			tell()
			for range run {
				p.remember(line, i)
				i++
			}
			continue
		}
		p.remember(line, i)
		fresh = fresh.Union(image.Rect(x, line.Min.Y, x+1, line.Max.Y))
		i++
	}
	tell()
}

// measure fills columns with those of a line. The same ink has the same hash
// wherever in its line it is.
func (p *phrases) measure(f *wire.Framebuffer, line image.Rectangle, paper uint32) {
	p.columns = resize(p.columns, line.Dx())
	clear(p.columns)
	for y := line.Min.Y; y < line.Max.Y; y++ {
		for i, px := range f.Row(y, line.Min.X, line.Max.X) {
			c := &p.columns[i]
			c.sum *= columnPrime
			if px == paper {
				continue
			}
			if c.hash == 0 {
				c.sum, c.top = 0, int16(y)
			}
			c.sum += px ^ paper
			c.sum ^= c.sum >> 13
			c.hash = c.sum | 1
		}
	}
}

// key is a hash of the columns from i on, whose first has ink; ok is false where the
// line ends too soon.
func (p *phrases) key(i int) (key uint32, ok bool) {
	if i+keyColumns > len(p.columns) {
		return 0, false
	}
	for _, c := range p.columns[i : i+keyColumns] {
		key = (key ^ c.hash) * columnPrime
		if c.hash != 0 {
			key += uint32(c.top - p.columns[i].top)
		}
		key ^= key >> 15
	}
	return key * columnPrime, true
}

func (p *phrases) remember(line image.Rectangle, i int) {
	if p.columns[i].hash == 0 {
		return
	}
	if key, ok := p.key(i); ok {
		p.places[key>>(32-placeBits)] = place{key, int16(line.Min.X + i), p.columns[i].top, p.pass, true}
	}
}

// repeat looks a line up from column i on, as far as it is the same elsewhere. It
// takes note of the move, and returns of how many columns it is.
func (p *phrases) repeat(frame, shadow *wire.Framebuffer, strip, line image.Rectangle, i int) int {
	key, ok := p.key(i)
	if !ok {
		return 0
	}
	known := p.places[key>>(32-placeBits)]
	if !known.set || known.hash != key {
		return 0
	}
	x := line.Min.X + i
	by := image.Pt(int(known.x)-x, int(known.y)-int(p.columns[i].top))
	src := line.Add(by)
	if src.Min.Y < 0 || src.Max.Y > frame.H {
		return 0
	}
	from, most := shadow, min(len(p.columns)-i, frame.W-int(known.x))
	switch {
	case src.Max.Y <= strip.Min.Y || src.Min.Y >= strip.Max.Y || int(known.x) >= strip.Max.X:
	case known.pass != p.pass: // beside the strip
		most = min(most, strip.Min.X-int(known.x))
	case by.Y == 0: // before this in the line
		from, most = frame, min(most, -by.X)
	case src.Min.Y >= strip.Min.Y && src.Max.Y <= line.Min.Y: // in a line above
		from = frame
	default:
		return 0
	}
	run, ink := 0, 0
	for n := 0; n < most && sameColumn(frame, from, x+n, line, by); n++ {
		if p.columns[i+n].hash != 0 {
			ink++
			run = n + 1
		}
	}
	if ink < minInk {
		return 0
	}
	dst := image.Rect(x, line.Min.Y, x+run, line.Max.Y)
	p.moves = append(p.moves, move{dst: dst, src: dst.Min.Add(by)})
	return run
}

// sameColumn compares column x of a line of a with what stands that far away in b.
func sameColumn(a, b *wire.Framebuffer, x int, line image.Rectangle, by image.Point) bool {
	i, j := line.Min.Y*a.W+x, (line.Min.Y+by.Y)*b.W+x+by.X
	for range line.Dy() {
		if a.Pix[i] != b.Pix[j] {
			return false
		}
		i, j = i+a.W, j+b.W
	}
	return true
}

// moved follows what a copy has moved.
func (p *phrases) moved(m move) {
	src, by := m.source(), m.dst.Min.Sub(m.src)
	for i := range p.places {
		if at := &p.places[i]; at.set && image.Pt(int(at.x), int(at.y)).In(src) {
			at.x, at.y = at.x+int16(by.X), at.y+int16(by.Y)
		}
	}
}

// wipe forgets all.
func (p *phrases) wipe() {
	clear(p.places)
	clear(p.columns[:cap(p.columns)])
	clear(p.varies[:cap(p.varies)])
}
