package display

import (
	"image"
	"unsafe"

	wire "beside/signaling/display"
)

const block = 16 // side of a block, the unit in which differences are kept

// grid marks the blocks of a picture that differ from the shadow.
type grid struct {
	cols, rows int
	dirty      []bool
	count      int    // of dirty blocks
	taken      []bool // scratch of rects
}

func (g *grid) resize(w, h int) {
	g.cols, g.rows = (w+block-1)/block, (h+block-1)/block
	if n := g.cols * g.rows; cap(g.dirty) < n {
		g.dirty, g.taken = make([]bool, n), make([]bool, n)
	} else {
		g.dirty, g.taken = g.dirty[:n], g.taken[:n]
	}
	clear(g.dirty)
	g.count = 0
}

func (g *grid) set(i int, dirty bool) {
	if g.dirty[i] == dirty {
		return
	}
	g.dirty[i] = dirty
	if dirty {
		g.count++
	} else {
		g.count--
	}
}

// blocks returns r in blocks, rounded outwards.
func (g *grid) blocks(r image.Rectangle) image.Rectangle {
	return image.Rect(r.Min.X/block, r.Min.Y/block, (r.Max.X+block-1)/block, (r.Max.Y+block-1)/block).
		Intersect(image.Rect(0, 0, g.cols, g.rows))
}

// compare marks every block that r touches as dirty or clean. It returns how
// many are dirty and the rectangle of blocks around those.
func (g *grid) compare(a, b *wire.Framebuffer, r image.Rectangle) (int, image.Rectangle) {
	in := g.blocks(r)
	found := 0
	var around image.Rectangle
	for by := in.Min.Y; by < in.Max.Y; by++ {
		line := g.dirty[by*g.cols : (by+1)*g.cols]
		for bx := in.Min.X; bx < in.Max.X; bx++ {
			if line[bx] {
				g.set(by*g.cols+bx, false)
			}
		}
		x0, x1 := in.Min.X*block, min(in.Max.X*block, a.W)
		for y := by * block; y < min((by+1)*block, a.H); y++ {
			if !same(a.Row(y, x0, x1), b.Row(y, x0, x1)) {
				g.compareRow(a, b, y, in)
			}
		}
		for bx := in.Min.X; bx < in.Max.X; bx++ {
			if line[bx] {
				found++
				around = around.Union(image.Rect(bx, by, bx+1, by+1))
			}
		}
	}
	return found, around
}

// compareRow marks the blocks of in that differ in row y.
func (g *grid) compareRow(a, b *wire.Framebuffer, y int, in image.Rectangle) {
	base := y / block * g.cols
	for bx := in.Min.X; bx < in.Max.X; bx++ {
		if g.dirty[base+bx] {
			continue
		}
		x0, x1 := bx*block, min((bx+1)*block, a.W)
		if !same(a.Row(y, x0, x1), b.Row(y, x0, x1)) {
			g.set(base+bx, true)
		}
	}
}

// The largest rectangle that rects makes, in blocks.
const (
	maxRectCols   = 20
	maxRectBlocks = 40
)

// rects appends rectangles of blocks that cover the dirty ones exactly.
func (g *grid) rects(out []image.Rectangle) []image.Rectangle {
	clear(g.taken)
	for y := range g.rows {
		for x := 0; x < g.cols; x++ {
			if i := y*g.cols + x; !g.dirty[i] || g.taken[i] {
				continue
			}
			r := g.rectAt(x, y)
			out = append(out, r)
			x = r.Max.X - 1
		}
	}
	return out
}

// rectAt takes the rectangle that starts at the free dirty block x, y.
func (g *grid) rectAt(x, y int) image.Rectangle {
	end := x
	for end < g.cols && end-x < maxRectCols && g.free(end, y) {
		end++
	}
	bottom := y + 1
	for bottom < g.rows && (bottom-y+1)*(end-x) <= maxRectBlocks && g.freeRow(x, end, bottom) {
		bottom++
	}
	for by := y; by < bottom; by++ {
		for bx := x; bx < end; bx++ {
			g.taken[by*g.cols+bx] = true
		}
	}
	return image.Rect(x, y, end, bottom)
}

func (g *grid) free(x, y int) bool { i := y*g.cols + x; return g.dirty[i] && !g.taken[i] }

func (g *grid) freeRow(x0, x1, y int) bool {
	for x := x0; x < x1; x++ {
		if !g.free(x, y) {
			return false
		}
	}
	return true
}

// clean marks the blocks of r, which is in blocks, as equal to the shadow.
func (g *grid) clean(r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			g.set(y*g.cols+x, false)
		}
	}
}

// size is the area of a rectangle, in its own unit.
func size(r image.Rectangle) int { return r.Dx() * r.Dy() }

// pixels turns a rectangle of blocks into pixels of f.
func pixels(r image.Rectangle, f *wire.Framebuffer) image.Rectangle {
	return image.Rect(r.Min.X*block, r.Min.Y*block, r.Max.X*block, r.Max.Y*block).Intersect(f.Bounds())
}

// same compares two rows of equal length.
func same(a, b []uint32) bool { return string(raw(a)) == string(raw(b)) }

// raw is the memory of a row. Comparing and hashing it as bytes is several times
// faster than pixel by pixel; nothing is written through it and it is not kept.
func raw(row []uint32) []byte {
	// #nosec G103 -- the same memory as bytes, within its length
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(row))), 4*len(row))
}

// maxStrips bounds how many rectangles are grabbed for one change: each costs a
// round trip to the display server, which is as much as a hundred rows.
const maxStrips = 8

// strips turns damage, in the coordinates of the whole screen, into a few
// rectangles of whole blocks relative to area, which it appends to out. The
// grid, of area's size, is used as scratch.
func (g *grid) strips(damage []image.Rectangle, area image.Rectangle, out []image.Rectangle) []image.Rectangle {
	start := len(out)
	bounds := image.Rectangle{Max: area.Size()}
	var open image.Rectangle // the strip being built, in blocks
	close := func() {
		if !open.Empty() {
			r := image.Rect(open.Min.X*block, open.Min.Y*block, open.Max.X*block, open.Max.Y*block)
			out = append(out, r.Intersect(bounds))
		}
		open = image.Rectangle{}
	}
	clear(g.taken)
	for _, r := range damage {
		g.mark(g.blocks(r.Intersect(area).Sub(area.Min)))
	}
	for y := range g.rows {
		if r := g.rowExtent(y); !r.Empty() {
			open = open.Union(r)
		} else {
			close()
		}
	}
	close()
	if len(out)-start > maxStrips {
		var all image.Rectangle
		for _, r := range out[start:] {
			all = all.Union(r)
		}
		out = append(out[:start], all)
	}
	return out
}

func (g *grid) mark(r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			g.taken[y*g.cols+x] = true
		}
	}
}

// rowExtent is the part of a row of blocks from the first marked to the last.
func (g *grid) rowExtent(y int) image.Rectangle {
	row := g.taken[y*g.cols : (y+1)*g.cols]
	first, end := 0, 0
	for x, marked := range row {
		if !marked {
			continue
		}
		if end == 0 {
			first = x
		}
		end = x + 1
	}
	return image.Rect(first, y, end, y+1)
}
