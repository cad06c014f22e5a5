package video_test

import (
	"image"
	"math"

	"beside/signaling/display"
)

// film is a moving picture like a photograph: smooth light, edges, fine texture, and things of strong colour that
// move over it in their own ways. The frame n of it is the same every time.
type film struct {
	noise [256 * 256]uint8
}

func newFilm() *film {
	f := &film{}
	state := uint32(1)
	for i := range f.noise {
		state = state*1664525 + 1013904223
		f.noise[i] = uint8(state >> 24)
	}
	return f
}

// texture is smooth noise at a point in 1/16 pixels.
func (f *film) texture(x, y int) int {
	i, j, u, v := x>>4, y>>4, x&15, y&15
	at := func(i, j int) int { return int(f.noise[(j&255)<<8|i&255]) }
	upper := at(i, j)*(16-u) + at(i+1, j)*u
	lower := at(i, j+1)*(16-u) + at(i+1, j+1)*u
	return (upper*(16-v) + lower*v) >> 8
}

// draw paints frame n into r of the picture: a pan of textured ground, light that changes, and two discs.
func (f *film) draw(p *display.Framebuffer, r image.Rectangle, n int) {
	light := int(24 * math.Sin(float64(n)/15))
	w, h := r.Dx(), r.Dy()
	x1, y1 := w/2+int(float64(w)/3*math.Cos(float64(n)/20)), h/2+int(float64(h)/4*math.Sin(float64(n)/13))
	x2, y2 := w/2+int(float64(w)/4*math.Sin(float64(n)/11)), h/2
	radius := h / 6
	for y := range h {
		row := p.Row(r.Min.Y+y, r.Min.X, r.Max.X)
		for x := range row {
			coarse := f.texture((x+2*n)*2, (y+n)*2)
			fine := f.texture((x+2*n)*9, (y+n)*9)
			red := coarse*3/4 + fine/8 + 30 + light
			green := coarse/2 + fine/6 + y*60/h + 20 + light
			blue := 200 - coarse/2 + fine/8 - x*60/w
			switch {
			case (x-x1)*(x-x1)+(y-y1)*(y-y1) < radius*radius:
				red, green, blue = 230, 40+fine/8, 40
			case (x-x2)*(x-x2)+(y-y2)*(y-y2) < radius*radius:
				red, green, blue = 30, 60+fine/8, 220
			}
			row[x] = uint32(clamp(red))<<16 | uint32(clamp(green))<<8 | uint32(clamp(blue))
		}
	}
}

func clamp(v int) int { return min(max(v, 0), 255) }

// psnr is the peak signal-to-noise ratio in dB over R, G and B of the pixels of a against those of r in b.
func psnr(a []uint32, b *display.Framebuffer, r image.Rectangle) float64 {
	var sum float64
	for y := range r.Dy() {
		row := b.Row(r.Min.Y+y, r.Min.X, r.Max.X)
		for x, px := range row {
			other := a[y*r.Dx()+x]
			for shift := 0; shift < 24; shift += 8 {
				d := float64(int(px>>shift&0xff) - int(other>>shift&0xff))
				sum += d * d
			}
		}
	}
	if sum == 0 {
		return math.Inf(1)
	}
	return 10 * math.Log10(255*255*float64(3*r.Dx()*r.Dy())/sum)
}
