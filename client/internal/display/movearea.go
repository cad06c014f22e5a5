package display

import (
	"image"

	wire "beside/signaling/display"
)

const (
	maxAreas  = 8 // rectangles that one vector may move
	minGain   = 8 // dirty blocks that a rectangle must set right
	reachOver = 3 // clean blocks that do not part what moves together
)

// matcher finds the rectangles that moved by a vector.
type matcher struct {
	w, h    int    // of what was compared, in blocks
	equal   []bool // blocks whose pixels all moved by the vector
	gain    []int  // equal dirty blocks above and left of a corner, (w+1)×(h+1)
	heights []int  // scratch of largest
	stack   []bar
	moves   []move
}

// bar is a possible left end of a rectangle: from that column on, at least so
// many rows are equal.
type bar struct{ x, height int }

// areas returns what moved by v, in an order in which hardly ever a move
// overwrites what a later one reads. Valid until the next call.
func (m *mover) areas(now, old *wire.Framebuffer, g *grid, v vector) []move {
	m.moves = m.moves[:0]
	area := reach(g, v.box)
	area = inward(area, now.Bounds().Intersect(now.Bounds().Add(v.by)), now)
	if area.Empty() {
		return nil
	}
	m.compare(now, old, area, v.by)
	for _, r := range m.unknown {
		m.strike(r, area)
		m.strike(r.Add(v.by), area)
	}
	m.sum(g, area)
	for len(m.moves) < maxAreas {
		r, gain := m.largest()
		if gain < minGain {
			break
		}
		m.clear(r)
		dst := m.widen(now, old, pixels(dirtyPart(g, r.Add(area.Min)), now), v.by)
		m.moves = append(m.moves, move{dst: dst, src: dst.Min.Sub(v.by)})
	}
	order(m.moves)
	if len(m.moves) > 0 {
		m.remember(v.by)
		m.useless, m.resting = 0, 0
	}
	return m.moves
}

// reach returns box in blocks, extended to the dirty blocks around it.
func reach(g *grid, box image.Rectangle) image.Rectangle {
	r := g.blocks(box)
	all := image.Rect(0, 0, g.cols, g.rows)
	for {
		next := r
		around := r.Inset(-reachOver).Intersect(all)
		if g.any(image.Rect(around.Min.X, r.Min.Y, r.Min.X, r.Max.Y)) {
			next.Min.X = around.Min.X
		}
		if g.any(image.Rect(r.Max.X, r.Min.Y, around.Max.X, r.Max.Y)) {
			next.Max.X = around.Max.X
		}
		if g.any(image.Rect(r.Min.X, around.Min.Y, r.Max.X, r.Min.Y)) {
			next.Min.Y = around.Min.Y
		}
		if g.any(image.Rect(r.Min.X, r.Max.Y, r.Max.X, around.Max.Y)) {
			next.Max.Y = around.Max.Y
		}
		if next == r {
			return r
		}
		r = next
	}
}

// any reports whether a block of r is dirty.
func (g *grid) any(r image.Rectangle) bool {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for _, dirty := range g.dirty[y*g.cols+r.Min.X : y*g.cols+r.Max.X] {
			if dirty {
				return true
			}
		}
	}
	return false
}

// inward cuts an area of blocks to those that lie in r with all their pixels.
func inward(area, r image.Rectangle, f *wire.Framebuffer) image.Rectangle {
	in := image.Rectangle{ // not image.Rect, which turns what is empty inside out
		Min: image.Pt((r.Min.X+block-1)/block, (r.Min.Y+block-1)/block),
		Max: image.Pt(r.Max.X/block, r.Max.Y/block),
	}
	if r.Max.X == f.W {
		in.Max.X = (f.W + block - 1) / block
	}
	if r.Max.Y == f.H {
		in.Max.Y = (f.H + block - 1) / block
	}
	return area.Intersect(in)
}

// dirtyPart cuts a rectangle of blocks to its dirty ones.
func dirtyPart(g *grid, r image.Rectangle) image.Rectangle {
	for r.Min.Y < r.Max.Y && !g.any(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+1)) {
		r.Min.Y++
	}
	for r.Min.Y < r.Max.Y && !g.any(image.Rect(r.Min.X, r.Max.Y-1, r.Max.X, r.Max.Y)) {
		r.Max.Y--
	}
	for r.Min.X < r.Max.X && !g.any(image.Rect(r.Min.X, r.Min.Y, r.Min.X+1, r.Max.Y)) {
		r.Min.X++
	}
	for r.Min.X < r.Max.X && !g.any(image.Rect(r.Max.X-1, r.Min.Y, r.Max.X, r.Max.Y)) {
		r.Max.X--
	}
	return r
}

// compare marks the blocks of area whose pixels all stood where by says.
func (m *matcher) compare(now, old *wire.Framebuffer, area image.Rectangle, by image.Point) {
	m.w, m.h = area.Dx(), area.Dy()
	m.equal = resize(m.equal, m.w*m.h)
	for row := range m.h {
		line := m.equal[row*m.w : (row+1)*m.w]
		for i := range line {
			line[i] = true
		}
		y0 := (area.Min.Y + row) * block
		for y := y0; y < min(y0+block, now.H); y++ {
			if !compareLine(line, now.Row(y, 0, now.W), old.Row(y-by.Y, 0, old.W), area.Min.X, by.X) {
				break
			}
		}
	}
}

// compareLine compares one row of the blocks from column x0 on that are still
// marked and takes the mark from those that differ. It reports whether any is left.
func compareLine(line []bool, now, old []uint32, x0, dx int) bool {
	left := false
	for i := 0; i < len(line); {
		if !line[i] {
			i++
			continue
		}
		end := i + 1
		for end < len(line) && line[end] {
			end++
		}
		if a, b := (x0+i)*block, min((x0+end)*block, len(now)); same(now[a:b], old[a-dx:b-dx]) {
			i, left = end, true
			continue
		}
		for ; i < end; i++ {
			a, b := (x0+i)*block, min((x0+i+1)*block, len(now))
			line[i] = same(now[a:b], old[a-dx:b-dx])
			left = left || line[i]
		}
	}
	return left
}

// strike takes the mark from the blocks that r, in pixels, touches.
func (m *matcher) strike(r, area image.Rectangle) {
	r = image.Rect(floorBlock(r.Min.X), floorBlock(r.Min.Y), floorBlock(r.Max.X+block-1), floorBlock(r.Max.Y+block-1))
	m.clear(r.Intersect(area).Sub(area.Min))
}

// floorBlock is the block of a pixel that may lie outside of the picture.
func floorBlock(n int) int {
	if n < 0 {
		return -((-n + block - 1) / block)
	}
	return n / block
}

func (m *matcher) clear(r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		clear(m.equal[y*m.w+r.Min.X : y*m.w+r.Max.X])
	}
}

// sum counts the equal blocks that are dirty.
func (m *matcher) sum(g *grid, area image.Rectangle) {
	m.gain = resize(m.gain, (m.w+1)*(m.h+1))
	clear(m.gain[:m.w+1])
	for y := range m.h {
		dirty := g.dirty[(area.Min.Y+y)*g.cols+area.Min.X:][:m.w]
		equal := m.equal[y*m.w:][:m.w]
		above, here := m.gain[y*(m.w+1):][:m.w+1], m.gain[(y+1)*(m.w+1):][:m.w+1]
		n := 0
		here[0] = 0
		for x := range dirty {
			if dirty[x] && equal[x] {
				n++
			}
			here[x+1] = above[x+1] + n
		}
	}
}

// largest returns the rectangle of equal blocks that sets the most dirty ones
// right: the largest rectangle under a histogram, for each row as its base.
func (m *matcher) largest() (best image.Rectangle, most int) {
	m.heights = resize(m.heights, m.w)
	clear(m.heights)
	for y := range m.h {
		m.stack = m.stack[:0]
		for x := range m.w + 1 {
			height := 0
			if x < m.w && m.equal[y*m.w+x] {
				m.heights[x]++
				height = m.heights[x]
			} else if x < m.w {
				m.heights[x] = 0
			}
			left := x
			for n := len(m.stack); n > 0 && m.stack[n-1].height >= height; n = len(m.stack) {
				b := m.stack[n-1]
				m.stack = m.stack[:n-1]
				left = b.x
				if b.height > height {
					r := image.Rect(b.x, y+1-b.height, x, y+1)
					if gain := m.gainIn(r); gain > most {
						best, most = r, gain
					}
				}
			}
			if height > 0 {
				m.stack = append(m.stack, bar{left, height})
			}
		}
	}
	return best, most
}

func (m *matcher) gainIn(r image.Rectangle) int {
	w := m.w + 1
	return m.gain[r.Max.Y*w+r.Max.X] - m.gain[r.Min.Y*w+r.Max.X] - m.gain[r.Max.Y*w+r.Min.X] + m.gain[r.Min.Y*w+r.Min.X]
}

// widen extends r, all of which moved, by less than a block on each side.
func (m *mover) widen(now, old *wire.Framebuffer, r image.Rectangle, by image.Point) image.Rectangle {
	whole := r
	limit := now.Bounds().Intersect(now.Bounds().Add(by)).Intersect(r.Inset(1 - block))
	left, right := r.Min.X-limit.Min.X, limit.Max.X-r.Max.X
	for y := r.Min.Y; y < r.Max.Y && left+right > 0; y++ {
		a, b := now.Row(y, 0, now.W), old.Row(y-by.Y, 0, old.W)
		for i := range left {
			if a[r.Min.X-1-i] != b[r.Min.X-1-i-by.X] {
				left = i
				break
			}
		}
		for i := range right {
			if a[r.Max.X+i] != b[r.Max.X+i-by.X] {
				right = i
				break
			}
		}
	}
	r.Min.X -= left
	r.Max.X += right
	moved := func(y int) bool {
		return same(now.Row(y, r.Min.X, r.Max.X), old.Row(y-by.Y, r.Min.X-by.X, r.Max.X-by.X))
	}
	for r.Min.Y > limit.Min.Y && moved(r.Min.Y-1) {
		r.Min.Y--
	}
	for r.Max.Y < limit.Max.Y && moved(r.Max.Y) {
		r.Max.Y++
	}
	for _, u := range m.unknown {
		if u.Overlaps(r) || u.Add(by).Overlaps(r) {
			return whole
		}
	}
	return r
}

// resize returns a slice of n elements of any value, in the memory of s if it fits.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
