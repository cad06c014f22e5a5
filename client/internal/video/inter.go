package video

import (
	"fmt"
	"image"
	"runtime"
	"time"

	"beside/signaling/display"
)

// core is an encoder of one fixed size.
type core interface {
	// Encode encodes rows of pixels that lie stride pixels apart. The result is valid until the next call.
	Encode(pix []uint32, stride int, pts, duration time.Duration, key bool) (data []byte, isKey bool, err error)
	SetRate(bitsPerSecond int) error
	Close()
}

// Bounds of what a core is told. Below lowestRate the codecs' own rate control has nothing left to decide.
const (
	lowestRate  = 50_000
	highestRate = 500_000_000
	mostThreads = 4
)

// inter is an Encoder of chunks that build on each other: a core, anew for every size.
type inter struct {
	codec Codec
	rate  int
	clock clock

	core core // nil before the first picture and after an error
	size image.Point
	set  int // the rate that core has
}

func newInter(c Codec, bitsPerSecond int) *inter {
	e := &inter{codec: c}
	e.SetRate(bitsPerSecond)
	return e
}

func (e *inter) SetRate(bitsPerSecond int) { e.rate = min(max(bitsPerSecond, lowestRate), highestRate) }

func (e *inter) Encode(f *display.Framebuffer, r image.Rectangle, at time.Duration, key bool) (Chunk, error) {
	pix, err := pixels(f, r)
	if err != nil {
		return Chunk{}, err
	}
	if err := e.prepare(r.Size()); err != nil {
		return Chunk{}, fmt.Errorf("open %v for %v: %w", e.codec, r.Size(), err)
	}
	pts, duration := e.clock.next(at)
	data, isKey, err := e.core.Encode(pix, f.W, pts, duration, key)
	if err != nil {
		e.Close() // whatever its state is: the next picture starts anew
		return Chunk{}, fmt.Errorf("encode %v of %v: %w", e.codec, r.Size(), err)
	}
	return Chunk{Data: data, Key: isKey}, nil
}

// prepare sees to a core of this size and of the rate set.
func (e *inter) prepare(size image.Point) error {
	if e.core != nil && e.size != size {
		e.Close()
	}
	if e.core == nil {
		core, err := openCore(e.codec, size, e.rate, min(mostThreads, runtime.GOMAXPROCS(0)))
		if err != nil {
			return err
		}
		e.core, e.size, e.set = core, size, e.rate
	}
	if e.set != e.rate {
		e.set = e.rate
		return e.core.SetRate(e.rate)
	}
	return nil
}

func (e *inter) Close() {
	if e.core != nil {
		e.core.Close()
		e.core = nil
	}
}
