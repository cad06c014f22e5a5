package display

import (
	"hash/maphash"
	"image"

	wire "beside/signaling/display"
)

const (
	minMoveBlocks = 48 // fewer changed blocks are sent as tiles without looking
	maxVectors    = 3  // tried after one search
	minVotes      = 4  // features that must agree on a vector
	minShare      = 32 // one of so many of those to expect, too: fewer are words that repeat
	uselessTries  = 3  // in a row, then the search rests for a while
	maxRest       = 5  // 2^maxRest searches are skipped at most
)

// move is a rectangle and where its pixels stand in the shadow.
type move struct {
	dst   image.Rectangle
	src   image.Point
	exact bool // dst is certain to equal the frame after it, if done in order
}

// vector is how far something seems to have moved.
type vector struct {
	by    image.Point
	votes int
	box   image.Rectangle // pixels of the frame around the features that say so
}

// mover finds what moved between the shadow and the frame: scrolls either way,
// dragged windows, several at once. It looks at pixels only, in two steps:
//
//   - vectors: small patches of the frame, chosen by what they look like and not
//     by where they are, are looked up in the shadow; each that is there exactly
//     once votes for a vector. The last vectors are tried first, which saves the
//     search while a scroll or a drag goes on.
//   - areas: for a vector, blocks whose pixels are all where it says become a few
//     rectangles, grown to the pixel.
//
// It may miss moves but never lies about one: areas compares every pixel.
// Owned by the Encoder.
type mover struct {
	unknown []image.Rectangle // pixels of the viewer's picture that the shadow does not tell

	features
	matcher
	found   []vector
	last    [maxVectors]image.Point // newest first
	useless int                     // searches since one found something
	resting int                     // searches still to skip
}

func newMover() mover {
	return mover{features: features{seed: maphash.MakeSeed()}}
}

// vectors returns what the dirty blocks of g inside area, which is in blocks,
// may have moved by; the likeliest first. Valid until the next call.
func (m *mover) vectors(now, old *wire.Framebuffer, g *grid, area image.Rectangle) []vector {
	m.found = m.found[:0]
	if m.resting > 0 {
		m.resting--
		return nil
	}
	m.collect(now, old, g, area)
	if len(m.list) < minVotes {
		return nil
	}
	m.tire()
	if !m.tryLast(now, old) {
		m.search(old)
	}
	enough := max(minVotes, len(m.list)/(minShare*m.every))
	for len(m.found) < maxVectors {
		by, votes := m.votes.take()
		if votes < enough {
			break
		}
		m.found = append(m.found, vector{by, votes, m.voters(by)})
	}
	return m.found
}

// tryLast lets the features vote for the last vectors only. If that explains a
// good part there is no need to search: what is left is looked at again.
func (m *mover) tryLast(now, old *wire.Framebuffer) bool {
	explained := 0
	for _, by := range m.last {
		if by == (image.Point{}) {
			break
		}
		for i := range m.list {
			if f := &m.list[i]; f.hits == 0 && f.stood(now, old, by) {
				f.hits, f.by = 1, by
				m.votes.add(by, 1)
				explained++
			}
		}
	}
	if explained >= max(minVotes, len(m.list)/4) {
		return true
	}
	m.forget()
	return false
}

// tire counts a search, useless until areas proves the opposite. What is searched
// in vain again and again, such as video, is left alone for longer and longer.
func (m *mover) tire() {
	m.useless++
	if over := m.useless - uselessTries; over >= 0 {
		m.resting = 1 << min(over, maxRest)
	}
}

// remember puts by before the other last vectors.
func (m *mover) remember(by image.Point) {
	i := 0
	for i < len(m.last)-1 && m.last[i] != by {
		i++
	}
	copy(m.last[1:i+1], m.last[:i])
	m.last[0] = by
}

// order sorts moves by one vector so that none overwrites what a later one
// reads. Rectangles that overlap may make that impossible; then the later one is
// not exact.
func order(moves []move) {
	for i := range moves {
		for j := i; j < len(moves); j++ {
			if !harms(moves[j], moves[i:], j-i) {
				moves[i], moves[j] = moves[j], moves[i]
				break
			}
		}
		moves[i].exact = true
		for _, before := range moves[:i] {
			if before.dst.Overlaps(moves[i].source()) {
				moves[i].exact = false
			}
		}
	}
}

// harms reports whether m overwrites what another of rest than itself reads.
func harms(m move, rest []move, self int) bool {
	for k, other := range rest {
		if k != self && m.dst.Overlaps(other.source()) {
			return true
		}
	}
	return false
}

func (m move) source() image.Rectangle { return m.dst.Add(m.src.Sub(m.dst.Min)) }
