//go:build video && cgo

package yuv_test

import (
	"fmt"
	"math"
	"testing"
	"unsafe"

	"beside/client/internal/video/yuv"
)

// reference is BT.709 in full range by its definition.
func reference(r, g, b float64) (y, u, v float64) {
	y = 0.2126*r + 0.7152*g + 0.0722*b
	return y, min(128+(b-y)/1.8556, 255), min(128+(r-y)/1.5748, 255)
}

func TestConvert(t *testing.T) {
	const w, h, stride = 37, 19, 41
	pix := make([]uint32, stride*h)
	state := uint32(7)
	for i := range pix {
		state = state*1664525 + 1013904223
		pix[i] = state >> 8
	}
	copy(pix, []uint32{0, 0xffffff, 0xff0000, 0xff00, 0xff, 0xffff00, 0xffff, 0xff00ff})
	for _, full := range []bool{false, true} {
		t.Run(fmt.Sprintf("full chroma %v", full), func(t *testing.T) {
			step := 2
			if full {
				step = 1
			}
			planes := [3][]byte{make([]byte, 40*h), make([]byte, 44*h), make([]byte, 48*h)}
			yuv.Planes{
				Y: unsafe.Pointer(&planes[0][0]), U: unsafe.Pointer(&planes[1][0]), V: unsafe.Pointer(&planes[2][0]),
				StrideY: 40, StrideU: 44, StrideV: 48, FullChroma: full,
			}.Convert(pix, stride, w, h)
			for y := range h {
				for x := range w {
					wantY, _, _ := mean(pix, stride, x, y, x+1, y+1)
					check(t, "Y", x, y, planes[0][y*40+x], wantY)
					if x%step != 0 || y%step != 0 {
						continue
					}
					_, wantU, wantV := mean(pix, stride, x, y, min(x+step, w), min(y+step, h))
					check(t, "U", x, y, planes[1][y/step*44+x/step], wantU)
					check(t, "V", x, y, planes[2][y/step*48+x/step], wantV)
				}
			}
		})
	}
}

func check(t *testing.T, plane string, x, y int, got byte, want float64) {
	t.Helper()
	if math.Abs(float64(got)-want) > 0.51 {
		t.Errorf("%s at (%d,%d) is %d, want %.2f", plane, x, y, got, want)
	}
}

// mean is the reference for the mean colour of the pixels x0 ≤ x < x1, y0 ≤ y < y1.
func mean(pix []uint32, stride, x0, y0, x1, y1 int) (float64, float64, float64) {
	var r, g, b, n float64
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			px := pix[y*stride+x]
			r, g, b, n = r+float64(px>>16&0xff), g+float64(px>>8&0xff), b+float64(px&0xff), n+1
		}
	}
	return reference(r/n, g/n, b/n)
}

func BenchmarkConvert(b *testing.B) {
	const w, h = 1920, 1080
	pix := make([]uint32, w*h)
	plane := [3][]byte{make([]byte, w*h), make([]byte, w*h), make([]byte, w*h)}
	for _, full := range []bool{false, true} {
		b.Run(fmt.Sprintf("full chroma %v", full), func(b *testing.B) {
			planes := yuv.Planes{
				Y: unsafe.Pointer(&plane[0][0]), U: unsafe.Pointer(&plane[1][0]), V: unsafe.Pointer(&plane[2][0]),
				StrideY: w, StrideU: w, StrideV: w, FullChroma: full,
			}
			for b.Loop() {
				planes.Convert(pix, w, w, h)
			}
		})
	}
}
