//go:build video && cgo

package yuv

/*
#cgo CFLAGS: -O3
#include "convert.h"
*/
import "C"

import "unsafe"

// Planes are the three planes of one picture in C's memory, each with the bytes from one row to the next.
type Planes struct {
	Y, U, V                   unsafe.Pointer
	StrideY, StrideU, StrideV int
	FullChroma                bool // 4:4:4; else U and V have half the sides, rounded up
}

// Convert fills the planes from w×h pixels 0x00RRGGBB whose rows lie stride pixels apart.
func (p Planes) Convert(pix []uint32, stride, w, h int) {
	_ = pix[(h-1)*stride+w-1] // C does not check
	y, u, v := (*C.uint8_t)(p.Y), (*C.uint8_t)(p.U), (*C.uint8_t)(p.V)
	first := (*C.uint32_t)(unsafe.Pointer(&pix[0]))
	if p.FullChroma {
		C.yuv_444(y, C.int(p.StrideY), u, C.int(p.StrideU), v, C.int(p.StrideV),
			first, C.int(stride), C.int(w), C.int(h))
		return
	}
	C.yuv_420(y, C.int(p.StrideY), u, C.int(p.StrideU), v, C.int(p.StrideV),
		first, C.int(stride), C.int(w), C.int(h))
}
