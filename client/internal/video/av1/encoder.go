//go:build video && cgo

package av1

/*
#cgo LDFLAGS: -laom -lm -lpthread
#include <stdlib.h>
#include "shim.h"
*/
import "C"

import (
	"errors"
	"time"
	"unsafe"

	"beside/client/internal/video/coding"
	"beside/client/internal/video/yuv"
)

// Encoder encodes pictures of one size. One goroutine owns it.
type Encoder struct {
	c             *C.av1enc
	width, height int
	planes        yuv.Planes
}

// New opens an encoder.
func New(c coding.Config) (*Encoder, error) {
	e := &Encoder{c: (*C.av1enc)(C.calloc(1, C.sizeof_av1enc)), width: c.Width, height: c.Height}
	chroma := C.int(0)
	if c.FullChroma {
		chroma = 1
	}
	if problem := C.av1enc_open(e.c, C.int(c.Width), C.int(c.Height), chroma, kilobits(c.BitsPerSecond),
		C.int(c.Threads), C.int(c.TileColumns())); problem != nil {
		C.free(unsafe.Pointer(e.c))
		return nil, errors.New("libaom: " + C.GoString(problem))
	}
	image := e.c.image
	e.planes = yuv.Planes{
		Y: unsafe.Pointer(image.planes[0]), U: unsafe.Pointer(image.planes[1]), V: unsafe.Pointer(image.planes[2]),
		StrideY: int(image.stride[0]), StrideU: int(image.stride[1]), StrideV: int(image.stride[2]),
		FullChroma: c.FullChroma,
	}
	return e, nil
}

func kilobits(bitsPerSecond int) C.uint { return C.uint(bitsPerSecond / 1000) }

// Encode encodes pixels 0x00RRGGBB whose rows lie stride pixels apart into one temporal unit, valid until the next
// call. Time stamps grow from call to call. The result is a key frame if key is set, if it is the first, or if
// libaom chose so.
func (e *Encoder) Encode(pix []uint32, stride int, pts, duration time.Duration, key bool) ([]byte, bool, error) {
	e.planes.Convert(pix, stride, e.width, e.height)
	force := C.int(0)
	if key {
		force = 1
	}
	frame := C.av1enc_encode(e.c, C.int64_t(pts.Microseconds()), C.int64_t(duration.Microseconds()), force)
	if frame.data == nil {
		return nil, false, errors.New("libaom: " + C.GoString(C.av1enc_problem(e.c)))
	}
	return unsafe.Slice((*byte)(frame.data), frame.size), frame.key != 0, nil
}

// SetRate sets the target for the following frames.
func (e *Encoder) SetRate(bitsPerSecond int) error {
	if C.av1enc_set_rate(e.c, kilobits(bitsPerSecond)) != 0 {
		return errors.New("libaom: " + C.GoString(C.av1enc_problem(e.c)))
	}
	return nil
}

// Close frees the encoder.
func (e *Encoder) Close() {
	C.av1enc_close(e.c)
	C.free(unsafe.Pointer(e.c))
}
