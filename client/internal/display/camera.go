package display

import (
	"errors"
	"image"
	"sync"
	"time"

	"beside/client/internal/video"
	wire "beside/signaling/display"
)

// camera encodes the shots of films, one at a time, on a goroutine of its own, so
// that small changes elsewhere do not wait for a picture. The Stream's goroutine
// owns it, but for what is said to be the worker's. Each lane has one.
type camera struct {
	done   chan<- developed // of all cameras of the Stream
	over   <-chan struct{}  // closed when nobody receives from done any more
	worker *sync.WaitGroup  // of all
	jobs   chan job
	busy   bool

	// The worker's while busy.
	shot  wire.Framebuffer // what is encoded
	reels [maxRegions]reel
	data  []byte
}

// job is one shot to be encoded.
type job struct {
	Shot
	efforts []effort // to choose from; never changed
	rate    float64  // bytes a second of the link, 0 unknown
}

// developed is what became of a job.
type developed struct {
	Shot
	by      *camera
	picture *Picture // nil: none
	took    time.Duration
	err     error
}

// reel is how the film of one region is encoded.
type reel struct {
	take    int
	step    int // of the efforts
	encoder video.Encoder
	took    time.Duration // by a picture, of late
}

var errNoEncoder = errors.New("no encoder for a film could be opened")

func (s *Stream) newCamera() *camera {
	return &camera{done: s.developed, over: s.over, worker: &s.helpers}
}

// take encodes a part of the frame. It must not be called while busy. The worker
// starts with the first.
func (c *camera) take(f *wire.Framebuffer, j job) {
	if c.jobs == nil {
		c.jobs = make(chan job)
		c.worker.Go(c.run)
	}
	c.busy = true
	keepShot(&c.shot, f, j.Rect)
	c.jobs <- j
}

func keepShot(dst, f *wire.Framebuffer, r image.Rectangle) {
	if n := size(r); cap(dst.Pix) < n {
		dst.Pix = make([]uint32, n)
	}
	dst.W, dst.H = r.Dx(), r.Dy()
	dst.Pix = dst.Pix[:dst.W*dst.H]
	for y := range dst.H {
		copy(dst.Row(y, 0, dst.W), f.Row(r.Min.Y+y, r.Min.X, r.Max.X))
	}
}

// close lets the worker end and forget what it saw, without waiting for it.
func (c *camera) close() {
	if c.jobs != nil {
		close(c.jobs)
	}
}

func (c *camera) run() {
	started := time.Now()
	for j := range c.jobs {
		at := time.Now()
		p, err := c.encode(j, at.Sub(started))
		select {
		case c.done <- developed{Shot: j.Shot, by: c, picture: p, took: time.Since(at), err: err}:
		case <-c.over:
		}
	}
	for i := range c.reels {
		c.reels[i].close()
	}
	clear(c.shot.Pix[:cap(c.shot.Pix)])
	clear(c.data[:cap(c.data)])
}

func (c *camera) encode(j job, at time.Duration) (*Picture, error) {
	r := &c.reels[j.Region]
	fresh := r.take != j.Take || r.encoder == nil
	if fresh {
		r.begin(j)
	} else if r.tooSlow(j) {
		r.step++
		r.open(j)
		fresh = true
	}
	if r.encoder == nil {
		return nil, errNoEncoder
	}
	e := j.efforts[r.step]
	if e.half {
		halve(&c.shot)
	}
	r.encoder.SetRate(e.bits(j))
	began := time.Now()
	chunk, err := r.encoder.Encode(&c.shot, c.shot.Bounds(), at, j.Key || fresh)
	if err != nil {
		r.close()
		return nil, err
	}
	if !chunk.Key { // a key picture is dear and rare
		r.took += (time.Since(began) - r.took) / 4
	}
	c.data = append(c.data[:0], chunk.Data...)
	return &Picture{Codec: e.codec, Key: chunk.Key, Data: c.data}, nil
}
