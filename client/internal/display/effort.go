package display

import (
	"slices"
	"time"

	"beside/client/internal/video"
	wire "beside/signaling/display"
)

const (
	slowPicture = 28 * time.Millisecond // of encoding: a step too dear for this machine
	somePixels  = 350 << 10             // of a film: begin with a cheaper codec
	manyPixels  = 1 << 20               // and with half of the width and height
	fastLink    = 5 << 20               // bytes a second: bytes are cheaper than processor time
	shareOfLink = 0.7                   // of the link, that a film may take
	fullRate    = 12e6                  // bits a second for a film of fullPixels, smaller ones take less
	fullPixels  = 1920 * 1080
	leastShare  = 0.1 // of fullRate, however small
	leastRate   = 200e3
)

// effort is how a film is encoded.
type effort struct {
	codec wire.Codec
	half  bool // half the width and height; the viewer scales it up
}

// efforts are all there are, each cheaper for the processor than the one before.
// What moves like a film VP9 carries as well as AV1 does, for half the time; AV1 is
// ahead where text moves, and in small films time is no matter. The last one takes
// many more bytes.
var efforts = [...]effort{
	{wire.AV1444, false},
	{wire.VP9444, false},
	{wire.AV1, false},
	{wire.VP9, false},
	{wire.AV1, true},
	{wire.VP9, true},
	{wire.JPEG, false},
}

var encoders = map[wire.Codec]video.Codec{
	wire.AV1444: video.AV1444, wire.AV1: video.AV1, wire.VP9444: video.VP9444, wire.VP9: video.VP9, wire.JPEG: video.JPEG,
}

// effortsFor are the efforts that this program can make and a viewer of these
// codecs can see.
func effortsFor(decodes []wire.Codec) []effort {
	var out []effort
	for _, e := range efforts {
		if slices.Contains(video.Codecs(), encoders[e.codec]) && (e.codec == wire.JPEG || slices.Contains(decodes, e.codec)) {
			out = append(out, e)
		}
	}
	return out
}

// begin chooses the first effort for a new film by its size.
func (r *reel) begin(j job) {
	r.take, r.took = j.Take, 0
	r.step = 0
	switch n := size(j.Rect); {
	case n > manyPixels:
		r.step = last(j.efforts, true)
	case n > somePixels:
		r.step = last(j.efforts, false)
	}
	r.open(j)
}

// last is the cheapest effort of full or of half size that is not JPEG, else the
// first there is.
func last(efforts []effort, half bool) int {
	for i := len(efforts) - 1; i > 0; i-- {
		if efforts[i].half == half && efforts[i].codec != wire.JPEG {
			return i
		}
	}
	return 0
}

// tooSlow reports whether a cheaper effort should be made from now on.
func (r *reel) tooSlow(j job) bool {
	if r.step+1 >= len(j.efforts) || r.took < slowPicture {
		return false
	}
	return j.efforts[r.step+1].codec != wire.JPEG || j.rate > fastLink
}

func (r *reel) open(j job) {
	r.close()
	r.took = 0
	encoder, err := video.New(encoders[j.efforts[r.step].codec], j.efforts[r.step].bits(j))
	if err == nil {
		r.encoder = encoder
	}
}

func (r *reel) close() {
	if r.encoder != nil {
		r.encoder.Close()
		r.encoder = nil
	}
}

// bits is how many bits a second the film of a job may take.
func (e effort) bits(j job) int {
	share := max(leastShare, min(1, float64(size(j.Rect))/fullPixels))
	bits := fullRate * share
	if e.codec == wire.JPEG {
		bits *= 4
	}
	if j.rate > 0 {
		bits = min(bits, 8*shareOfLink*j.rate)
	}
	return int(max(bits, leastRate))
}

// halve makes f half as wide and high; each pixel is the mean of four.
func halve(f *wire.Framebuffer) {
	w, h := f.W/2, f.H/2
	for y := range h {
		a, b := f.Row(2*y, 0, 2*w), f.Row(2*y+1, 0, 2*w)
		out := f.Pix[y*w : (y+1)*w] // never after what is still to be read
		for x := range out {
			out[x] = mean(mean(a[2*x], a[2*x+1]), mean(b[2*x], b[2*x+1]))
		}
	}
	f.W, f.H, f.Pix = w, h, f.Pix[:w*h]
}

// mean is the mean of two pixels, each colour for itself.
func mean(a, b uint32) uint32 { return a&b + (a^b)&0xfefefe>>1 }
