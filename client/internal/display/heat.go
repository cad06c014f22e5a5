package display

import (
	"image"
	"time"

	wire "beside/signaling/display"
)

// What counts as motion. A cell is 64×64 pixels: coarse enough to follow, fine
// enough that a small film does not take its page along.
const (
	cellBlocks  = 4                      // side of a cell, in blocks
	motionGap   = 180 * time.Millisecond // changes further apart are no motion
	motionRun   = 4                      // changes in a row that make motion
	motionTail  = 250 * time.Millisecond // after the last change it is over
	joinCells   = 1                      // cells between two parts that are still one
	minRegion   = 4                      // cells; less is cheaper as tiles
	maxRegions  = wire.MaxRegions
	photoRows   = 4 // of a block that are looked at
	photoPixels = photoRows * block * 5 / 8
)

// heat finds the parts of the picture that are in real motion: what changes again
// and again, was not moved from elsewhere, and has the many colours of a photo, so
// that neither copies nor tiles carry it well. Owned by the Encoder.
type heat struct {
	cols, rows int
	cells      []heatCell
	latest     time.Time // something moved
	mark       []bool    // scratch of parts
	stack      []image.Point
	found      []image.Rectangle
}

type heatCell struct {
	last time.Time // it changed like a film
	run  int       // changes in a row
}

// moves reports whether the cell is in motion.
func (c heatCell) moves(now time.Time) bool {
	return c.run >= motionRun && now.Sub(c.last) < motionTail
}

func (h *heat) resize(g *grid) {
	h.cols, h.rows = (g.cols+cellBlocks-1)/cellBlocks, (g.rows+cellBlocks-1)/cellBlocks
	h.cells = resize(h.cells, h.cols*h.rows)
	h.mark = resize(h.mark, h.cols*h.rows)
	clear(h.cells)
}

// follow goes on from what another heat, of a picture of the same size, has seen.
func (h *heat) follow(other *heat) {
	copy(h.cells, other.cells)
	h.latest = other.latest
}

// look takes note of the blocks of g that changed, inside area, which is in
// blocks, when what moved has been taken out.
func (h *heat) look(f *wire.Framebuffer, g *grid, area image.Rectangle, now time.Time) {
	if area.Empty() {
		return
	}
	for cy := area.Min.Y / cellBlocks; cy <= (area.Max.Y-1)/cellBlocks; cy++ {
		for cx := area.Min.X / cellBlocks; cx <= (area.Max.X-1)/cellBlocks; cx++ {
			if !filmLike(f, g, cx, cy) {
				continue
			}
			c := &h.cells[cy*h.cols+cx]
			if now.Sub(c.last) > motionGap {
				c.run = 0
			}
			c.run++
			c.last = now
			if c.run >= motionRun {
				h.latest = now
			}
		}
	}
}

// filmLike reports whether half of a cell's changed blocks look like a photo. A
// cell with less than a quarter of its blocks changed is a detail: a caret, a
// clock.
func filmLike(f *wire.Framebuffer, g *grid, cx, cy int) bool {
	changed, photos, all := 0, 0, 0
	for by := cy * cellBlocks; by < min((cy+1)*cellBlocks, g.rows); by++ {
		for bx := cx * cellBlocks; bx < min((cx+1)*cellBlocks, g.cols); bx++ {
			all++
			if !g.dirty[by*g.cols+bx] {
				continue
			}
			changed++
			if photo(f, bx, by) {
				photos++
			}
		}
	}
	return 4*changed >= all && 2*photos >= changed && photos > 0
}

// photo reports whether a block has hardly two equal pixels side by side.
func photo(f *wire.Framebuffer, bx, by int) bool {
	x0, x1 := bx*block, min((bx+1)*block, f.W)
	edges := 0
	for i := range photoRows {
		y := by*block + i*block/photoRows
		if y >= f.H {
			break
		}
		row := f.Row(y, x0, x1)
		for x := 1; x < len(row); x++ {
			if row[x] != row[x-1] {
				edges++
			}
		}
	}
	return edges >= photoPixels
}

// hot returns the rectangles, in blocks, of what is in motion: at most two, each
// large enough to be worth a codec. Valid until the next call.
func (h *heat) hot(g *grid, now time.Time) []image.Rectangle {
	h.found = h.found[:0]
	clear(h.mark)
	for y := range h.rows {
		for x := range h.cols {
			if i := y*h.cols + x; !h.mark[i] && h.cells[i].moves(now) {
				h.found = append(h.found, h.part(x, y, now))
			}
		}
	}
	h.join()
	out := h.found[:0]
	for _, r := range h.found {
		if size(r) < minRegion {
			continue
		}
		r = image.Rect(r.Min.X*cellBlocks, r.Min.Y*cellBlocks, r.Max.X*cellBlocks, r.Max.Y*cellBlocks)
		out = append(out, r.Intersect(image.Rect(0, 0, g.cols, g.rows)))
	}
	return out
}

// part returns the rectangle of cells around the hot ones that hang together
// with the one at x, y.
func (h *heat) part(x, y int, now time.Time) image.Rectangle {
	var around image.Rectangle
	h.stack = append(h.stack[:0], image.Pt(x, y))
	h.mark[y*h.cols+x] = true
	for n := len(h.stack); n > 0; n = len(h.stack) {
		p := h.stack[n-1]
		h.stack = h.stack[:n-1]
		around = around.Union(image.Rectangle{Min: p, Max: p.Add(image.Pt(1, 1))})
		for ny := max(p.Y-1-joinCells, 0); ny <= min(p.Y+1+joinCells, h.rows-1); ny++ {
			for nx := max(p.X-1-joinCells, 0); nx <= min(p.X+1+joinCells, h.cols-1); nx++ {
				i := ny*h.cols + nx
				if !h.mark[i] && h.cells[i].moves(now) {
					h.mark[i] = true
					h.stack = append(h.stack, image.Pt(nx, ny))
				}
			}
		}
	}
	return around
}

// join unites what overlaps, and the pair that costs least until few are left.
func (h *heat) join() {
	for len(h.found) > 1 {
		best, a, b := 0, -1, -1
		for i := range h.found {
			for j := i + 1; j < len(h.found); j++ {
				r, s := h.found[i], h.found[j]
				cost := size(r.Union(s)) - size(r) - size(s)
				if a < 0 || cost < best {
					best, a, b = cost, i, j
				}
			}
		}
		if len(h.found) <= maxRegions && best > 0 {
			return
		}
		h.found[a] = h.found[a].Union(h.found[b])
		h.found = append(h.found[:b], h.found[b+1:]...)
	}
}
