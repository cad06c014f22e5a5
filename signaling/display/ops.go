package display

import (
	"encoding/binary"
	"image"
)

// The ops of a body.
const (
	opReset        = 1
	opCopy         = 2
	opPalette      = 3
	opTile         = 4
	opPointerShape = 5
	opPointerPlace = 6
	opHash         = 7
	opRegion       = 8
	opVideo        = 9
	opJPEG         = 10
)

// The forms of a TILE. Those with indices use the last PALETTE of the update.
const (
	tileSolid  = 0 // one colour
	tileIndex1 = 1 // indices of 1, 2, 4 or 8 bits
	tileIndex2 = 2
	tileIndex4 = 4
	tileIndex8 = 8
	tileQOI    = 9  // see qoi.go
	tileRaw    = 10 // R, G, B of each pixel
)

// PointerShape is the picture of the pointer: straight (not premultiplied)
// R, G, B, A bytes and the pixel of it that points. W = H = 0 is no pointer.
type PointerShape struct {
	W, H, HotX, HotY int
	RGBA             []byte
}

// AppendReset writes RESET: the screen becomes black and w×h. It must be the
// first op of its update, whose Header.Reset says so.
func AppendReset(b []byte, w, h int) []byte {
	return appendU16(append(b, opReset), w, h)
}

// AppendCopy writes COPY: dst becomes what stood in the rectangle at src.
func AppendCopy(b []byte, dst image.Rectangle, src image.Point) []byte {
	return appendU16(appendRect(append(b, opCopy), dst), src.X, src.Y)
}

// AppendPointerShape writes the shape of the pointer.
func AppendPointerShape(b []byte, s *PointerShape) []byte {
	return append(appendU16(append(b, opPointerShape), s.W, s.H, s.HotX, s.HotY), s.RGBA...)
}

// AppendPointerPlace writes where the pointer is, relative to the picture; it
// may lie outside.
func AppendPointerPlace(b []byte, x, y int) []byte {
	return appendU16(append(b, opPointerPlace), clampI16(x), clampI16(y))
}

// AppendHash writes HASH: what r of f must hash to at this point of the stream.
func AppendHash(b []byte, f *Framebuffer, r image.Rectangle) []byte {
	return binary.LittleEndian.AppendUint32(appendRect(append(b, opHash), r), f.Hash(r))
}

// AppendPalette writes the colours that later tiles of the update refer to.
func AppendPalette(b []byte, p *Palette) []byte {
	b = append(b, opPalette, byte(len(p.colours)))
	for _, px := range p.colours {
		b = appendColour(b, px)
	}
	return b
}

// AppendSolid writes a TILE of one colour.
func AppendSolid(b []byte, r image.Rectangle, px uint32) []byte {
	return appendColour(append(appendRect(append(b, opTile), r), tileSolid), px)
}

// AppendIndexed writes r of f as a TILE of indices into p, which must hold
// every colour of r and have been written before in the same update.
func AppendIndexed(b []byte, f *Framebuffer, r image.Rectangle, p *Palette) []byte {
	bits := p.Bits()
	b = append(appendRect(append(b, opTile), r), byte(bits))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		b = p.appendRow(b, f.Row(y, r.Min.X, r.Max.X), bits)
	}
	return b
}

// AppendPhoto writes r of f, which has many colours, as the smaller of a QOI
// and a raw TILE.
func AppendPhoto(b []byte, f *Framebuffer, r image.Rectangle) []byte {
	b = appendRect(append(b, opTile), r)
	form := len(b)
	b = appendQOI(append(b, tileQOI), f, r)
	if len(b)-form-1 <= 3*r.Dx()*r.Dy() {
		return b
	}
	b = append(b[:form], tileRaw)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for _, px := range f.Row(y, r.Min.X, r.Max.X) {
			b = appendColour(b, px)
		}
	}
	return b
}

func appendRect(b []byte, r image.Rectangle) []byte {
	return appendU16(b, r.Min.X, r.Min.Y, r.Dx(), r.Dy())
}

func appendU16(b []byte, v ...int) []byte {
	for _, n := range v {
		b = append(b, byte(n), byte(n>>8))
	}
	return b
}

func appendColour(b []byte, px uint32) []byte {
	return append(b, byte(px>>16), byte(px>>8), byte(px))
}

func clampI16(n int) int { return max(-1<<15, min(n, 1<<15-1)) }
