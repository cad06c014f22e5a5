package display

import (
	"cmp"
	"hash/maphash"
	"image"
	"slices"

	wire "beside/signaling/display"
)

const (
	minScrollBlocks = 48  // fewer changed blocks are sent as tiles without looking
	tightenStep     = 4   // rows
	sampleWidth     = 128 // pixels of a band whose rows are hashed
	maxSamples      = 4   // bands that vote
	minVotes        = 8   // rows that must agree on a distance
	columnWidth     = 64  // pixels of a column that is checked and copied
	minCopyRows     = 16  // shorter moves are not worth an op
	minGainRows     = 4   // rows a copy must set right
	maxCopies       = 128 // of one search
	uselessTries    = 3   // in a row, then the search rests
	restTries       = 30  // searches skipped while it rests
)

// move is a rectangle and where its pixels stood before.
type move struct {
	dst image.Rectangle
	src image.Point
}

// scroller finds vertical moves: what a scroll leaves on the screen. It looks at
// pixels only and may be wrong or miss some; whoever applies its moves compares
// again. Owned by the Encoder.
type scroller struct {
	seed    maphash.Seed
	old     []uint64 // row hashes of the shadow in one band
	rows    []int32  // hash table: row of the shadow with that hash, see put
	votes   []int32  // by distance + height
	useless int      // searches in a row that found nothing
	resting int      // searches still to skip
	moves   []move
}

const tableSize = 1 << 14 // over MaxSide, a power of two

func newScroller() scroller {
	return scroller{seed: maphash.MakeSeed(), rows: make([]int32, tableSize)}
}

// find returns the moves that turn parts of old into parts of now within box.
// The result is valid until the next call.
func (s *scroller) find(now, old *wire.Framebuffer, box image.Rectangle) []move {
	s.moves = s.moves[:0]
	if s.resting > 0 {
		s.resting--
		return nil
	}
	box = tighten(now, old, box)
	if dy, ok := s.distance(now, old, box); ok {
		s.collect(now, old, box, dy)
	}
	if len(s.moves) > 0 {
		s.useless = 0
		return s.moves
	}
	if s.useless++; s.useless >= uselessTries {
		s.useless, s.resting = 0, restTries
	}
	return nil
}

// tighten cuts columns off box in which nothing differs, so that borders which
// stand still do not spoil the outer bands. A sample of the rows is enough: too
// narrow a box leaves more to the tiles.
func tighten(now, old *wire.Framebuffer, box image.Rectangle) image.Rectangle {
	left, right := box.Max.X, box.Min.X
	for y := box.Min.Y; y < box.Max.Y; y += tightenStep {
		a, b := now.Row(y, 0, now.W), old.Row(y, 0, old.W)
		for x := box.Min.X; x < left; x++ {
			if a[x] != b[x] {
				left = x
			}
		}
		for x := box.Max.X - 1; x >= right; x-- {
			if a[x] != b[x] {
				right = x + 1
			}
		}
	}
	box.Min.X, box.Max.X = left, max(left, right)
	return box
}

// distance is how far most rows moved down (negative: up).
func (s *scroller) distance(now, old *wire.Framebuffer, box image.Rectangle) (int, bool) {
	h := box.Dy()
	s.votes = append(s.votes[:0], make([]int32, 2*h+1)...)
	bands := max(1, box.Dx()/sampleWidth)
	step := (bands + maxSamples - 1) / maxSamples
	for i := 0; i < bands; i += step {
		x := box.Min.X + i*sampleWidth
		s.vote(now, old, image.Rect(x, box.Min.Y, min(x+sampleWidth, box.Max.X), box.Max.Y))
	}
	best := h
	for d, n := range s.votes {
		if d != h && n > s.votes[best] {
			best = d
		}
	}
	return best - h, s.votes[best] >= minVotes
}

// vote lets each row of a band that changed say where it stood before.
func (s *scroller) vote(now, old *wire.Framebuffer, band image.Rectangle) {
	h := band.Dy()
	clear(s.rows)
	s.old = s.old[:0]
	for y := range h {
		hash := maphash.Bytes(s.seed, raw(old.Row(band.Min.Y+y, band.Min.X, band.Max.X)))
		s.old = append(s.old, hash)
		s.put(hash, y)
	}
	for y := range h {
		hash := maphash.Bytes(s.seed, raw(now.Row(band.Min.Y+y, band.Min.X, band.Max.X)))
		if hash == s.old[y] {
			continue
		}
		if from, ok := s.get(hash); ok {
			s.votes[y-from+h]++
		}
	}
}

// put enters row y; a hash that comes twice counts for nothing. Slots hold the
// row plus one, negative when it is not unique.
func (s *scroller) put(hash uint64, y int) {
	i := s.slot(hash)
	if s.rows[i] == 0 {
		s.rows[i] = int32(y + 1)
	} else if s.rows[i] > 0 {
		s.rows[i] = -s.rows[i]
	}
}

func (s *scroller) get(hash uint64) (int, bool) {
	v := s.rows[s.slot(hash)]
	return int(v - 1), v > 0
}

func (s *scroller) slot(hash uint64) uint64 {
	i := hash % tableSize
	for s.rows[i] != 0 && s.old[max(s.rows[i], -s.rows[i])-1] != hash {
		i = (i + 1) % tableSize
	}
	return i
}

// collect checks the distance dy pixel by pixel and keeps the moves it explains,
// in an order in which no move overwrites what a later one reads.
func (s *scroller) collect(now, old *wire.Framebuffer, box image.Rectangle, dy int) {
	for x := box.Min.X; x < box.Max.X; x += columnWidth {
		s.column(now, old, image.Rect(x, box.Min.Y, min(x+columnWidth, box.Max.X), box.Max.Y), dy)
	}
	s.joinColumns()
	slices.SortFunc(s.moves, func(a, b move) int {
		if dy > 0 {
			return cmp.Compare(b.dst.Max.Y, a.dst.Max.Y)
		}
		return cmp.Compare(a.dst.Min.Y, b.dst.Min.Y)
	})
}

// column adds the moves by dy inside one column.
func (s *scroller) column(now, old *wire.Framebuffer, col image.Rectangle, dy int) {
	top, bottom := max(col.Min.Y, col.Min.Y+dy), min(col.Max.Y, col.Max.Y+dy)
	start, gain := top, 0
	for y := top; y <= bottom; y++ {
		if y < bottom && same(now.Row(y, col.Min.X, col.Max.X), old.Row(y-dy, col.Min.X, col.Max.X)) {
			if gain < minGainRows && !same(now.Row(y, col.Min.X, col.Max.X), old.Row(y, col.Min.X, col.Max.X)) {
				gain++
			}
			continue
		}
		if y-start >= minCopyRows && gain >= minGainRows && len(s.moves) < maxCopies {
			s.moves = append(s.moves, move{image.Rect(col.Min.X, start, col.Max.X, y), image.Pt(col.Min.X, start-dy)})
		}
		start, gain = y+1, 0
	}
}

// joinColumns makes one move of neighbours with the same rows.
func (s *scroller) joinColumns() {
	out := s.moves[:0]
next:
	for _, m := range s.moves {
		for i := len(out) - 1; i >= 0 && out[i].dst.Max.X >= m.dst.Min.X; i-- {
			o := &out[i].dst
			if o.Max.X == m.dst.Min.X && o.Min.Y == m.dst.Min.Y && o.Max.Y == m.dst.Max.Y {
				o.Max.X = m.dst.Max.X
				continue next
			}
		}
		out = append(out, m)
	}
	s.moves = out
}
