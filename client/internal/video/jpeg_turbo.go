//go:build video && cgo

package video

/*
#cgo LDFLAGS: -lturbojpeg
#include <turbojpeg.h>
*/
import "C"

import (
	"errors"
	"unsafe"
)

// turbo compresses by libjpeg-turbo, straight from the framebuffer.
type turbo struct {
	handle   C.tjhandle
	out      *C.uchar
	capacity C.ulong
	size     C.ulong // of the last result: a field, so that it needs no memory of its own
}

func newCompressor() (compressor, error) {
	handle := C.tjInitCompress()
	if handle == nil {
		return nil, errors.New(C.GoString(C.tjGetErrorStr2(nil)))
	}
	return &turbo{handle: handle}, nil
}

func (t *turbo) compress(pix []uint32, stride, w, h, quality int) ([]byte, error) {
	if need := C.tjBufSize(C.int(w), C.int(h), C.TJSAMP_420); need > t.capacity {
		C.tjFree(t.out)
		t.out, t.capacity = C.tjAlloc(C.int(need)), need
		if t.out == nil {
			t.capacity = 0
			return nil, errors.New("out of memory")
		}
	}
	t.size = t.capacity
	// NOREALLOC: the buffer is never too small. The fast transform is exact enough below quality 95.
	if C.tjCompress2(t.handle, (*C.uchar)(unsafe.Pointer(&pix[0])), C.int(w), C.int(stride*4), C.int(h), C.TJPF_BGRX,
		&t.out, &t.size, C.TJSAMP_420, C.int(quality), C.TJFLAG_NOREALLOC|C.TJFLAG_FASTDCT) != 0 {
		return nil, errors.New(C.GoString(C.tjGetErrorStr2(t.handle)))
	}
	return unsafe.Slice((*byte)(t.out), t.size), nil
}

func (t *turbo) close() {
	C.tjDestroy(t.handle)
	C.tjFree(t.out)
}
