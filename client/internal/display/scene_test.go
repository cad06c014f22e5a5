package display_test

import (
	"image"
	"math/rand/v2"

	wire "beside/signaling/display"
)

// scene is something that moves on a screen, the way a person would know it.
type scene struct {
	name   string
	size   image.Point
	damage image.Rectangle                   // what changes; empty: all
	draw   func(f *wire.Framebuffer, at int) // the picture after at frames
	left   float64                           // share of the changed pixels that tiles may have to carry
	copies int                               // at most
}

var (
	hd = image.Pt(1920, 1080)
	uh = image.Pt(3840, 2160)
)

func scenes() []scene {
	page, wide := prose(1920, 6000, 1), prose(3000, 1080, 2)
	big := prose(3840, 4000, 3)
	desk := desktop(hd)
	code, chat := prose(900, 4000, 4), prose(600, 4000, 5)
	window := image.Rect(333, 117, 1533, 977)
	list := image.Rect(1203, 408, 1603, 708)
	return []scene{
		{name: "page 40", size: hd, left: .05, copies: 6, draw: func(f *wire.Framebuffer, at int) {
			place(f, f.Bounds(), page, image.Pt(0, 40*at))
		}},
		{name: "page 7", size: hd, left: .02, copies: 6, draw: func(f *wire.Framebuffer, at int) {
			place(f, f.Bounds(), page, image.Pt(0, 7*at))
		}},
		{name: "page 120", size: hd, left: .13, copies: 6, draw: func(f *wire.Framebuffer, at int) {
			place(f, f.Bounds(), page, image.Pt(0, 120*at))
		}},
		{name: "page up 33", size: hd, left: .05, copies: 6, draw: func(f *wire.Framebuffer, at int) {
			place(f, f.Bounds(), page, image.Pt(0, 4000-33*at))
		}},
		{name: "page, never the same step", size: hd, left: .10, copies: 6, draw: func(f *wire.Framebuffer, at int) {
			place(f, f.Bounds(), page, image.Pt(0, uneven(at)))
		}},
		{name: "page, header, thumb, clock", size: hd, left: .06, copies: 6, draw: func(f *wire.Framebuffer, at int) {
			place(f, f.Bounds(), page, image.Pt(0, 40*at))
			place(f, image.Rect(0, 0, hd.X, 64), page, image.Pt(0, 5000))
			text(f, image.Rect(1800, 20, 1880, 36), uint64(at))
			f.Fill(image.Rect(1904, 64, 1920, 1080), 0xe0e0e0)
			f.Fill(image.Rect(1906, 70+4*at, 1918, 270+4*at), 0x808080)
		}},
		{name: "page around a box", size: hd, left: .09, copies: 8, draw: func(f *wire.Framebuffer, at int) {
			place(f, f.Bounds(), page, image.Pt(0, 4000-33*at))
			text(f, image.Rect(700, 300, 1100, 700), 3)
		}},
		{name: "page of the shape of an L", size: hd, left: .17, copies: 4, draw: func(f *wire.Framebuffer, at int) {
			place(f, f.Bounds(), page, image.Pt(0, 4000-90*at))
			text(f, image.Rect(0, 500, 1500, 1080), 3)
		}},
		{name: "drag of a window with a picture", size: hd, left: .22, copies: 6, draw: func(f *wire.Framebuffer, at int) {
			copy(f.Pix, desk.Pix)
			framed(f, image.Rect(100, 300, 1000, 900).Add(image.Pt(-3*at, -11*at)), code)
			noise(f, image.Rect(200, 400, 700, 800).Add(image.Pt(-3*at, -11*at)), 4)
		}},
		{name: "window in a desktop", size: hd, damage: window, left: .06, copies: 6, draw: func(f *wire.Framebuffer, at int) {
			copy(f.Pix, desk.Pix)
			place(f, window, page, image.Pt(0, 40*at))
		}},
		{name: "list of 400×300", size: hd, damage: list, left: .10, copies: 6, draw: func(f *wire.Framebuffer, at int) {
			copy(f.Pix, desk.Pix)
			place(f, list, chat, image.Pt(0, 20*at))
		}},
		{name: "sideways", size: hd, left: .03, copies: 6, draw: func(f *wire.Framebuffer, at int) {
			place(f, f.Bounds(), wide, image.Pt(30*at, 0))
		}},
		{name: "two windows", size: hd, left: .09, copies: 8, draw: func(f *wire.Framebuffer, at int) {
			copy(f.Pix, desk.Pix)
			place(f, image.Rect(70, 90, 970, 900), code, image.Pt(0, 48*at))
			place(f, image.Rect(1101, 203, 1701, 803), chat, image.Pt(0, 2000-17*at))
		}},
		{name: "drag", size: hd, left: .32, copies: 6, draw: func(f *wire.Framebuffer, at int) {
			copy(f.Pix, desk.Pix)
			framed(f, image.Rect(100, 80, 1000, 680).Add(image.Pt(13*at, 5*at)), code)
		}},
		{name: "line put in", size: hd, left: .06, copies: 6, draw: func(f *wire.Framebuffer, at int) {
			copy(f.Pix, desk.Pix)
			place(f, image.Rect(300, 100, 1200, 500), code, image.Point{})
			place(f, image.Rect(300, 500, 1200, 1000), code, image.Pt(0, 3400-19*at))
		}},
		{name: "4K page", size: uh, left: .05, copies: 6, draw: func(f *wire.Framebuffer, at int) {
			place(f, f.Bounds(), big, image.Pt(0, 60*at))
		}},
		{name: "4K page, never the same step", size: uh, left: .10, copies: 6, draw: func(f *wire.Framebuffer, at int) {
			place(f, f.Bounds(), big, image.Pt(0, uneven(at)))
		}},
		{name: "typing, all compared", size: hd, left: 1, copies: 0, draw: func(f *wire.Framebuffer, at int) {
			copy(f.Pix, desk.Pix)
			text(f, image.Rect(300, 300, 310+10*at, 316), 3)
		}},
		{name: "another page of the same words", size: hd, left: 1, copies: 6, draw: func(f *wire.Framebuffer, at int) {
			place(f, f.Bounds(), page, image.Pt(0, 1081*at%5000))
		}},
		{name: "another page", size: hd, left: 1, copies: 4, draw: func(f *wire.Framebuffer, at int) {
			text(f, f.Bounds(), uint64(at))
		}},
		{name: "noise", size: hd, left: 1, copies: 0, draw: func(f *wire.Framebuffer, at int) {
			noise(f, f.Bounds(), uint64(at))
		}},
	}
}

func noise(f *wire.Framebuffer, r image.Rectangle, seed uint64) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := f.Row(y, r.Min.X, r.Max.X)
		for x := range row {
			row[x] = rnd.Uint32() & 0xffffff
		}
	}
}

// uneven is how far a scroll is that slows down and speeds up.
func uneven(at int) int {
	y := 0
	for i := range at {
		y += 11 + i*i*7%89
	}
	return y
}

// prose is a page of words, of few enough glyphs and words that much repeats.
func prose(w, h int, seed uint64) *wire.Framebuffer {
	rnd := rand.New(rand.NewPCG(seed, 11))
	var font [60][12][7]uint32
	for i := range font {
		for y := range 12 {
			for x := range 6 {
				if rnd.IntN(3) == 0 {
					font[i][y][x] = uint32(1+rnd.IntN(4)) * 0x3a3a3a
				}
			}
		}
	}
	words := make([][]int, 300)
	for i := range words {
		words[i] = make([]int, 2+rnd.IntN(9))
		for j := range words[i] {
			words[i][j] = rnd.IntN(len(font))
		}
	}
	f := &wire.Framebuffer{}
	f.Resize(w, h)
	f.Fill(f.Bounds(), 0xfcfcfc)
	for y := 4; y+12 <= h; y += 19 {
		end := w - 20 - rnd.IntN(w)*rnd.IntN(2)
		for x := 20; ; x += 7 {
			word := words[rnd.IntN(len(words))]
			if x+7*len(word) > end {
				break
			}
			for _, glyph := range word {
				for gy := range 12 {
					for gx := range 7 {
						f.Row(y+gy, x+gx, x+gx+1)[0] -= font[glyph][gy][gx]
					}
				}
				x += 7
			}
		}
	}
	return f
}

// desktop is a wallpaper that runs from colour to colour, with icons.
func desktop(size image.Point) *wire.Framebuffer {
	f := &wire.Framebuffer{}
	f.Resize(size.X, size.Y)
	for y := range f.H {
		row := f.Row(y, 0, f.W)
		for x := range row {
			row[x] = uint32(40+x/16)<<16 | uint32(60+y/9)<<8 | uint32(120+(x+y)/40)
		}
	}
	for i := range 8 {
		text(f, image.Rect(20, 20+i*120, 84, 84+i*120), uint64(i))
	}
	return f
}

// place puts the part of page that begins at from into r.
func place(f *wire.Framebuffer, r image.Rectangle, page *wire.Framebuffer, from image.Point) {
	for y := range r.Dy() {
		copy(f.Row(r.Min.Y+y, r.Min.X, r.Max.X), page.Row(from.Y+y, from.X, from.X+r.Dx()))
	}
}

// framed draws a window with a title and a soft shadow.
func framed(f *wire.Framebuffer, r image.Rectangle, page *wire.Framebuffer) {
	const soft = 12
	for y := r.Min.Y - soft; y < r.Max.Y+soft; y++ {
		row := f.Row(y, r.Min.X-soft, r.Max.X+soft)
		for x := range row {
			depth := uint32(min(x+1, len(row)-x, y-r.Min.Y+soft+1, r.Max.Y+soft-y, soft))
			row[x] = row[x] >> 1 & 0x7f7f7f
			row[x] += (soft - depth) * 0x020202
		}
	}
	f.Fill(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+28), 0x3b4252)
	text(f, image.Rect(r.Min.X+20, r.Min.Y+6, r.Min.X+220, r.Min.Y+24), 77)
	place(f, image.Rect(r.Min.X, r.Min.Y+28, r.Max.X, r.Max.Y), page, image.Point{})
}
