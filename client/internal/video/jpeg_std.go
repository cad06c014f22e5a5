//go:build !(video && cgo)

package video

import (
	"bytes"
	"image"
	"image/jpeg"
)

// standard compresses by the standard library, which takes about ten times as long as libjpeg-turbo.
type standard struct {
	planes *image.YCbCr
	out    bytes.Buffer
}

func newCompressor() (compressor, error) { return &standard{}, nil }

func (s *standard) compress(pix []uint32, stride, w, h, quality int) ([]byte, error) {
	if s.planes == nil || s.planes.Rect.Dx() != w || s.planes.Rect.Dy() != h {
		s.planes = image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	}
	s.convert(pix, stride, w, h)
	s.out.Reset()
	if err := jpeg.Encode(&s.out, s.planes, &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	return s.out.Bytes(), nil
}

// convert fills the planes: JFIF's full range BT.601, in 16 bits of fraction, one chroma sample for 2×2 pixels.
// Planes, because image/jpeg is much slower with any other kind of picture.
func (s *standard) convert(pix []uint32, stride, w, h int) {
	p := s.planes
	for y := range h {
		row := pix[y*stride:][:w]
		out := p.Y[y*p.YStride:][:w]
		for x, px := range row {
			r, g, b := int(px>>16&0xff), int(px>>8&0xff), int(px&0xff)
			out[x] = uint8((19595*r + 38470*g + 7471*b + 1<<15) >> 16)
		}
	}
	for y := 0; y < h; y += 2 {
		upper := pix[y*stride:][:w]
		lower := pix[min(y+1, h-1)*stride:][:w]
		at := y / 2 * p.CStride
		for x := 0; x < w; x += 2 {
			next := min(x+1, w-1)
			var r, g, b int
			for _, px := range [4]uint32{upper[x], upper[next], lower[x], lower[next]} {
				r, g, b = r+int(px>>16&0xff), g+int(px>>8&0xff), b+int(px&0xff)
			}
			p.Cb[at+x/2] = uint8(min((-11059*r-21709*g+32768*b+257<<17)>>18, 255))
			p.Cr[at+x/2] = uint8(min((32768*r-27439*g-5329*b+257<<17)>>18, 255))
		}
	}
}

func (s *standard) close() {}
