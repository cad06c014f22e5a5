package display

import (
	"image"
	"math/bits"
)

// BlockSide is the side, in pixels, of the squares in which the format counts
// unknown pixels. Those at the right and lower edge may be cut off.
const BlockSide = 16

// Blocks is a set of the screen's blocks: those whose pixels are unknown,
// because a lossy picture was painted there, which decoders may round in
// different ways. The decoder keeps one, and so does the client, beside its
// shadow. It belongs to one goroutine. Rectangles are in pixels and must lie in
// the screen.
type Blocks struct {
	screen image.Rectangle
	stride int      // words of a row of blocks
	words  []uint64 // row by row
	count  int
}

// Resize makes b the empty set for a screen of w×h.
func (b *Blocks) Resize(w, h int) {
	b.screen = image.Rect(0, 0, w, h)
	b.stride = (w + 64*BlockSide - 1) / (64 * BlockSide)
	n := b.stride * ((h + BlockSide - 1) / BlockSide)
	if cap(b.words) < n {
		b.words = make([]uint64, n)
	}
	b.words = b.words[:n]
	clear(b.words)
	b.count = 0
}

// Len is the number of blocks in the set.
func (b *Blocks) Len() int { return b.count }

// Aligned reports whether r consists of whole blocks.
func (b *Blocks) Aligned(r image.Rectangle) bool {
	return r.Min.X%BlockSide == 0 && r.Min.Y%BlockSide == 0 &&
		(r.Max.X%BlockSide == 0 || r.Max.X == b.screen.Max.X) &&
		(r.Max.Y%BlockSide == 0 || r.Max.Y == b.screen.Max.Y)
}

// Add puts every block that r touches into the set.
func (b *Blocks) Add(r image.Rectangle) {
	b.each(touched(r), func(word *uint64, mask uint64) bool {
		b.count += bits.OnesCount64(mask &^ *word)
		*word |= mask
		return true
	})
}

// Remove takes every block that r touches out of the set.
func (b *Blocks) Remove(r image.Rectangle) {
	if b.count == 0 {
		return
	}
	b.each(touched(r), func(word *uint64, mask uint64) bool {
		b.count -= bits.OnesCount64(mask & *word)
		*word &^= mask
		return true
	})
}

// Touches reports whether r touches a block of the set.
func (b *Blocks) Touches(r image.Rectangle) bool {
	return b.count > 0 && b.any(touched(r))
}

// Cuts reports whether r touches a block of the set without covering it.
func (b *Blocks) Cuts(r image.Rectangle) bool {
	if b.count == 0 || b.Aligned(r) {
		return false
	}
	t := touched(r)
	left, top, right, bottom := t, t, t, t
	left.Max.X, top.Max.Y, right.Min.X, bottom.Min.Y = t.Min.X+1, t.Min.Y+1, t.Max.X-1, t.Max.Y-1
	return r.Min.X%BlockSide != 0 && b.any(left) || r.Min.Y%BlockSide != 0 && b.any(top) ||
		r.Max.X%BlockSide != 0 && r.Max.X != b.screen.Max.X && b.any(right) ||
		r.Max.Y%BlockSide != 0 && r.Max.Y != b.screen.Max.Y && b.any(bottom)
}

func (b *Blocks) any(t image.Rectangle) bool {
	found := false
	b.each(t, func(word *uint64, mask uint64) bool {
		found = *word&mask != 0
		return !found
	})
	return found
}

// touched is the rectangle of blocks that r touches.
func touched(r image.Rectangle) image.Rectangle {
	return image.Rect(r.Min.X/BlockSide, r.Min.Y/BlockSide,
		(r.Max.X+BlockSide-1)/BlockSide, (r.Max.Y+BlockSide-1)/BlockSide)
}

// each calls do, until it returns false, with every word of the set that holds
// blocks of t, and with which bits of it those are.
func (b *Blocks) each(t image.Rectangle, do func(word *uint64, mask uint64) bool) {
	for y := t.Min.Y; y < t.Max.Y; y++ {
		for i := t.Min.X / 64; i*64 < t.Max.X; i++ {
			mask := ^uint64(0)
			if from := t.Min.X - i*64; from > 0 {
				mask <<= from
			}
			if left := (i+1)*64 - t.Max.X; left > 0 {
				mask &= ^uint64(0) >> left
			}
			if !do(&b.words[y*b.stride+i], mask) {
				return
			}
		}
	}
}
