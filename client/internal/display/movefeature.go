package display

import (
	"hash/maphash"
	"image"

	wire "beside/signaling/display"
)

const (
	patchWidth   = 16 // pixels
	patchHeight  = 3
	featureBits  = 6    // one of 2^featureBits patches that are not flat is a feature
	wholeBlocks  = 1024 // dirty blocks; of fewer, all pixels are looked at
	hugeBlocks   = 12 << 10
	maxFeatures  = 2048
	featureSlots = 2 * maxFeatures
	filterBits   = 1 << 15
	mostSpots    = 8  // in a row, or one of so many pixels of a long one
	minSure      = 12 // votes that end a search, if they are a fourth of what to expect
)

// feature is a patch of the frame that was not in its place before. x is its
// rightmost column, y its upper row.
type feature struct {
	key  uint64
	x, y int32
	hits int32       // places in the shadow that look the same; repeated if the frame has two
	by   image.Point // the vector it votes for, if hits is 1
}

const repeated = 2 // hits that make a feature worthless

// span is a run of dirty blocks, or nearly so, in pixels.
type span struct{ x0, x1, y0, y1 int }

// spot is the end of a row's part that was picked, and its hash.
type spot struct {
	x    int
	hash uint64
}

// features are what the frame and the shadow are compared by.
type features struct {
	seed  maphash.Seed
	list  []feature
	slots [featureSlots]uint16    // hash table of list: index plus one
	rows  [filterBits / 64]uint64 // set of the hashes of the features' upper rows; may hold more
	limit uint64                  // rows' hashes from here on are picked
	step  int                     // between rows of the frame that are looked at; divides block
	every int                     // of so many bands of the shadow, one is searched
	votes tally
	spans []span
	bands []span // the spans to search
	spots []spot
}

// collect takes the features of the dirty blocks of g in area.
func (s *features) collect(now, old *wire.Framebuffer, g *grid, area image.Rectangle) {
	s.list, s.limit = s.list[:0], uint64(1<<featureBits-1)<<(64-featureBits)
	s.forget()
	s.cover(g, area, now)
	s.thrift()
	for _, sp := range s.spans {
		for y := sp.y0; y < sp.y1; y += s.step {
			for _, at := range s.pick(now, sp, y) {
				f := feature{key: at.hash, x: int32(at.x), y: int32(y)}
				if !f.stood(now, old, image.Point{}) {
					s.list = append(s.list, f)
				}
			}
			s.thin()
		}
	}
	clear(s.slots[:])
	clear(s.rows[:])
	for i := range s.list {
		f := &s.list[i]
		s.rows[f.key>>32%filterBits/64] |= 1 << (f.key >> 32 % 64)
		f.key = s.key(now, int(f.x), int(f.y), f.key)
		if at := s.slot(f.key); s.slots[at] == 0 {
			s.slots[at] = uint16(i + 1)
		} else {
			s.list[s.slots[at]-1].hits = repeated
			f.hits = repeated
		}
	}
}

// cover makes spans of the dirty blocks of g in area. One clean block between
// dirty ones is cheaper to take than to leave.
func (s *features) cover(g *grid, area image.Rectangle, f *wire.Framebuffer) {
	s.spans = s.spans[:0]
	for by := area.Min.Y; by < area.Max.Y; by++ {
		y0, y1 := by*block, min((by+1)*block, f.H-patchHeight+1)
		line := g.dirty[by*g.cols : (by+1)*g.cols]
		end := -1 // of the last span, in blocks
		for bx := area.Min.X; bx < area.Max.X && y0 < y1; bx++ {
			if !line[bx] {
				continue
			}
			if end < 0 || bx > end+1 {
				s.spans = append(s.spans, span{x0: bx * block, y0: y0, y1: y1})
			}
			end = bx + 1
			s.spans[len(s.spans)-1].x1 = min(end*block, f.W)
		}
	}
}

// thrift decides how much of a big change to look at: some rows of the frame,
// some rows of blocks of the shadow. What moves in a big change is mostly big itself, and
// has thousands of features where a dozen would do.
func (s *features) thrift() {
	blocks := 0
	for _, sp := range s.spans {
		blocks += (sp.x1 - sp.x0) / block
	}
	switch {
	case blocks <= wholeBlocks:
		s.step, s.every = 1, 1
	case blocks <= hugeBlocks:
		s.step, s.every = 8, 4
	default:
		s.step, s.every = 16, 8
	}
	s.bands = s.bands[:0]
	for _, sp := range s.spans {
		if sp.y0/block%s.every == 0 {
			s.bands = append(s.bands, sp)
		}
	}
}

// pick returns the spots of row y in a span; none of a row with so many that it
// must be a pattern. Valid until the next call.
func (s *features) pick(f *wire.Framebuffer, sp span, y int) []spot {
	x0 := max(0, sp.x0-patchWidth)
	s.spots = pickRow(s.spots[:0], f.Row(y, x0, sp.x1), x0, s.limit)
	if len(s.spots) > max(mostSpots, (sp.x1-x0)/mostSpots) {
		return nil
	}
	return s.spots
}

// pickRow appends the spots of a row that begins at column x0. The hash rolls over
// the differences of patchWidth neighbours, so it is 0 where all have one
// colour, and the same wherever the pixels are.
func pickRow(out []spot, row []uint32, x0 int, limit uint64) []spot {
	const odd = 0x9e3779b97f4a7c15
	var hash uint64
	before := row[0]
	for x, px := range row {
		hash = hash<<(64/patchWidth) + uint64(px-before)*odd
		before = px
		if hash >= limit && x >= patchWidth {
			out = append(out, spot{x0 + x, hash})
		}
	}
	return out
}

// thin raises the limit until there are not too many features.
func (s *features) thin() {
	for len(s.list) > maxFeatures {
		if s.limit >>= 1; s.limit|1<<63 == ^uint64(0) {
			s.list = s.list[:maxFeatures] // all the same
		}
		s.limit |= 1 << 63
		kept := s.list[:0]
		for _, f := range s.list {
			if f.key >= s.limit {
				kept = append(kept, f)
			}
		}
		s.list = kept
	}
}

// key is the hash of a patch whose upper row has the given one.
func (s *features) key(f *wire.Framebuffer, x, y int, hash uint64) uint64 {
	for i := 1; i < patchHeight; i++ {
		hash = hash*31 + maphash.Bytes(s.seed, raw(f.Row(y+i, x-patchWidth+1, x+1)))
	}
	return hash
}

// slot is where key is in the table, or would be.
func (s *features) slot(key uint64) int {
	at := int(key % featureSlots)
	for s.slots[at] != 0 && s.list[s.slots[at]-1].key != key {
		at = (at + 1) % featureSlots
	}
	return at
}

// search looks for the features in the shadow. All that moved by the same vector
// are found in the same of s.step passes, so one may do.
func (s *features) search(old *wire.Framebuffer) {
	sure := max(minSure, len(s.list)/(4*s.every))
	for pass := range s.step {
		for _, sp := range s.bands {
			for y := sp.y0 + pass; y < sp.y1; y += s.step {
				for _, at := range s.pick(old, sp, y) {
					s.look(old, at, y)
				}
			}
		}
		if s.votes.most >= sure {
			return
		}
	}
}

// look counts a spot of the shadow if it is a feature.
func (s *features) look(old *wire.Framebuffer, at spot, y int) {
	if s.rows[at.hash>>32%filterBits/64]>>(at.hash>>32%64)&1 == 0 {
		return // most spots: the rows below, far away in memory, need not be read
	}
	if i := s.slots[s.slot(s.key(old, at.x, y, at.hash))]; i != 0 {
		s.meet(&s.list[i-1], at.x, y)
	}
}

// meet counts a place in the shadow that looks like f.
func (s *features) meet(f *feature, x, y int) {
	switch f.hits {
	case 0:
		f.hits, f.by = 1, image.Pt(int(f.x)-x, int(f.y)-y)
		s.votes.add(f.by, 1)
	case 1:
		f.hits = repeated
		s.votes.add(f.by, -1)
	}
}

// stood reports whether the feature's pixels, moved back by a vector, are in the shadow.
func (f *feature) stood(now, old *wire.Framebuffer, by image.Point) bool {
	x1, y := int(f.x)+1, int(f.y)
	x0 := x1 - patchWidth
	if x0 < by.X || x1-by.X > old.W || y < by.Y || y+patchHeight-by.Y > old.H {
		return false
	}
	for i := range patchHeight {
		if !same(now.Row(y+i, x0, x1), old.Row(y+i-by.Y, x0-by.X, x1-by.X)) {
			return false
		}
	}
	return true
}

// forget takes all votes back.
func (s *features) forget() {
	s.votes = tally{}
	for i := range s.list {
		if f := &s.list[i]; f.hits == 1 {
			f.hits = 0
		}
	}
}

// voters is the rectangle around the features that vote for a vector.
func (s *features) voters(by image.Point) image.Rectangle {
	var r image.Rectangle
	for i := range s.list {
		if f := &s.list[i]; f.hits == 1 && f.by == by {
			x, y := int(f.x)+1, int(f.y)
			r = r.Union(image.Rect(x-patchWidth, y, x, y+patchHeight))
		}
	}
	return r
}
