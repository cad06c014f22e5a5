package display

import (
	"image"
	"math/bits"
)

// Framebuffer is a picture: W×H pixels, row by row, each 0x00RRGGBB (in memory
// B, G, R, 0: what X11 and Windows deliver). The reference decoder paints into
// one, the client keeps one as its shadow of the viewer's canvas. It belongs to
// one goroutine. Its methods trust their arguments; decoders check first.
type Framebuffer struct {
	W, H int
	Pix  []uint32
}

// Resize makes f a black picture of w×h, reusing its memory where it fits.
func (f *Framebuffer) Resize(w, h int) {
	if cap(f.Pix) < w*h {
		f.Pix = make([]uint32, w*h)
	}
	f.W, f.H, f.Pix = w, h, f.Pix[:w*h]
	clear(f.Pix)
}

// Bounds is the whole picture.
func (f *Framebuffer) Bounds() image.Rectangle { return image.Rect(0, 0, f.W, f.H) }

// Row returns the pixels x0 ≤ x < x1 of row y.
func (f *Framebuffer) Row(y, x0, x1 int) []uint32 { return f.Pix[y*f.W+x0 : y*f.W+x1] }

// Fill paints r in one colour.
func (f *Framebuffer) Fill(r image.Rectangle, px uint32) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := f.Row(y, r.Min.X, r.Max.X)
		for i := range row {
			row[i] = px
		}
	}
}

// Copy moves the pixels of the rectangle at src into dst, as if all were read
// before any is written.
func (f *Framebuffer) Copy(dst image.Rectangle, src image.Point) {
	w, h := dst.Dx(), dst.Dy()
	for i := range h {
		y := i
		if src.Y < dst.Min.Y {
			y = h - 1 - i // downwards: last row first, so that no source row is overwritten unread
		}
		copy(f.Row(dst.Min.Y+y, dst.Min.X, dst.Max.X), f.Row(src.Y+y, src.X, src.X+w))
	}
}

// Hash is the check sum of r that the op HASH carries: over the pixels in
// reading order, each as R | G<<8 | B<<16, h = (rotl(h, 13) ^ pixel) · 0x9e3779b1
// in 32 bits, from 0. It finds mistakes, not forgeries, and is fast in JavaScript.
func (f *Framebuffer) Hash(r image.Rectangle) uint32 {
	var h uint32
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for _, px := range f.Row(y, r.Min.X, r.Max.X) {
			p := px&0xff<<16 | px&0xff00 | px>>16&0xff
			h = (bits.RotateLeft32(h, 13) ^ p) * 0x9e3779b1
		}
	}
	return h
}
