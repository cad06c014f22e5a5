package video

import (
	"fmt"
	"image"
	"slices"
	"time"

	"beside/signaling/display"
)

// Codec names a codec with its kind of chroma.
type Codec uint8

// The codecs. 4:4:4 keeps coloured text and edges sharp: 1 to 4 dB for a quarter more time.
const (
	JPEG   Codec = iota + 1
	VP9          // profile 0, 4:2:0
	VP9444       // profile 1, 4:4:4
	AV1          // profile 0, 4:2:0
	AV1444       // profile 1, 4:4:4
)

func (c Codec) String() string {
	names := [...]string{JPEG: "JPEG", VP9: "VP9", VP9444: "VP9 4:4:4", AV1: "AV1", AV1444: "AV1 4:4:4"}
	if c == 0 || int(c) >= len(names) {
		return fmt.Sprintf("codec %d", uint8(c))
	}
	return names[c]
}

// Chunk is one encoded picture of a region. AV1: a temporal unit of OBUs (AV1 §7.5); VP9: a frame or superframe;
// JPEG: a JFIF file. This is what WebCodecs' EncodedVideoChunk and createImageBitmap take.
type Chunk struct {
	Data []byte // valid until the encoder's next call
	Key  bool   // decodes without what came before
}

// Encoder encodes one region. It belongs to one goroutine and holds memory outside of Go's heap until Close.
type Encoder interface {
	// Encode encodes the pixels of r, which lies in f. The first chunk is a key chunk, and so is each one that is
	// asked for by key, that has another size than the one before, or that follows an error. The moment at, on any
	// steady clock, tells the rate control how often pictures come.
	Encode(f *display.Framebuffer, r image.Rectangle, at time.Duration, key bool) (Chunk, error)
	// SetRate sets the bits per second that the following chunks shall take. The rate is kept in the mean over about
	// a second, at the cost of quality, down to each codec's worst; a key chunk may take a third of a second's bits.
	SetRate(bitsPerSecond int)
	// Close frees the encoder. Nothing may be called after it.
	Close()
}

// Codecs are the codecs of this build.
func Codecs() []Codec { return append([]Codec{JPEG}, interCodecs...) }

// New makes an encoder for about bitsPerSecond. It fails only for a codec that this build does not have.
func New(c Codec, bitsPerSecond int) (Encoder, error) {
	switch {
	case c == JPEG:
		return newJPEG(bitsPerSecond)
	case slices.Contains(interCodecs, c):
		return newInter(c, bitsPerSecond), nil
	default:
		return nil, fmt.Errorf("this build has no encoder for %v", c)
	}
}

// pixels checks that r can be encoded and returns its first pixel and all that follow in f.
func pixels(f *display.Framebuffer, r image.Rectangle) ([]uint32, error) {
	if r.Empty() || !r.In(f.Bounds()) {
		return nil, fmt.Errorf("region %v is not in the picture %v", r, f.Bounds())
	}
	return f.Pix[r.Min.Y*f.W+r.Min.X:], nil
}
