package video

import (
	"fmt"
	"image"
	"time"

	"beside/signaling/display"
)

// Qualities of JPEG, 1 to 100 as libjpeg counts. Above the best one bytes grow and nobody sees more in motion; below
// the worst one blocks are all there is.
const (
	bestQuality  = 85
	worstQuality = 25
)

// compressor makes one JPEG, 4:2:0, of w×h pixels whose rows lie stride pixels apart; valid until the next call.
type compressor interface {
	compress(pix []uint32, stride, w, h, quality int) ([]byte, error)
	close()
}

// intra is the Encoder of JPEG. Every chunk is a key chunk, and quality alone keeps the rate.
type intra struct {
	compressor compressor
	rate       int
	quality    int
	clock      clock
}

func newJPEG(bitsPerSecond int) (Encoder, error) {
	c, err := newCompressor()
	if err != nil {
		return nil, fmt.Errorf("open JPEG: %w", err)
	}
	return &intra{compressor: c, rate: bitsPerSecond, quality: bestQuality}, nil
}

func (e *intra) SetRate(bitsPerSecond int) { e.rate = bitsPerSecond }

func (e *intra) Encode(f *display.Framebuffer, r image.Rectangle, at time.Duration, _ bool) (Chunk, error) {
	pix, err := pixels(f, r)
	if err != nil {
		return Chunk{}, err
	}
	_, interval := e.clock.next(at)
	data, err := e.compressor.compress(pix, f.W, r.Dx(), r.Dy(), e.quality)
	if err != nil {
		return Chunk{}, fmt.Errorf("encode JPEG of %v: %w", r.Size(), err)
	}
	e.adapt(len(data), interval)
	return Chunk{Data: data, Key: true}, nil
}

// adapt chooses the next picture's quality by the bytes that this one took of those it had: down in proportion,
// up slowly, so that quality does not swing.
func (e *intra) adapt(size int, interval time.Duration) {
	budget := float64(e.rate) / 8 * interval.Seconds()
	switch over := float64(size) / max(budget, 1); {
	case over > 1:
		e.quality -= min(1+int((over-1)*20), 25)
	case over < 0.85:
		e.quality += 2
	}
	e.quality = min(max(e.quality, worstQuality), bestQuality)
}

func (e *intra) Close() { e.compressor.close() }
