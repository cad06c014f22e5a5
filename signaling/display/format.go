// Package display is the format of the display stream: the picture of the
// requester's screen on its way from the client to the viewer, and the viewer's
// answers on the same data channel.
//
// The stream is a sequence of updates. Each update is a list of ops painted in
// order; it may be compressed, and it travels in one or more messages (parts).
// docs/display.md describes the bytes. This package holds the format's limits,
// the helpers that write it, and the reference decoder that paints it into a
// Framebuffer. It captures nothing, sends nothing and decides nothing: what
// becomes an update is the client's affair.
//
// Everything a decoder reads is hostile: sizes are checked before memory is
// taken, and the work one update can cause is bounded.
package display

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Limits of the format. Both ends refuse what exceeds them.
const (
	MaxSide        = 8192     // pixels of a screen's width or height
	MaxMessage     = 60 << 10 // bytes of one message, header included
	MaxBody        = 1 << 20  // bytes of an update's ops before compression
	MaxPointerSide = 256      // pixels of a pointer shape's width or height
	MaxColours     = 252      // colours of a palette
	MaxRegions     = 2        // video regions at a time
	MinRegionSide  = 16       // pixels of a video region's width or height
	MaxMedia       = 16       // VREGION, VIDEO and JPEG in one update
	HeaderSize     = 16       // bytes of a message's header
	workFactor     = 4        // an update touches at most this many times the screen's pixels
)

// Errors of the decoders; each wraps one of them with what was wrong.
var (
	// ErrMalformed: the bytes are not this format or exceed its limits.
	ErrMalformed = errors.New("malformed display update")
	// ErrGap: an update or a part of one is missing.
	ErrGap = errors.New("gap in the display stream")
	// ErrHash: the picture differs from what the client says it should be.
	ErrHash = errors.New("picture differs from the client's")
)

// Encoding says how an update's body is packed.
type Encoding uint8

// The encodings of a body.
const (
	Plain   Encoding = 0 // as it is
	LZ4     Encoding = 1 // one LZ4 block without a frame
	Deflate Encoding = 2 // raw DEFLATE (RFC 1951), for slow links
)

const (
	flagLast  = 1 << 0 // the last part of its update
	flagReset = 1 << 1 // the update's first op is RESET
)

// Header opens every message. All parts of an update carry the same header but
// for Last and Part.
type Header struct {
	Last   bool     // the update is complete with this part
	Reset  bool     // the update begins with RESET, so it needs no predecessor
	Enc    Encoding // of the whole body
	Part   uint16   // counts from 0
	Seq    uint32   // number of the update; each is its predecessor's plus one, modulo 2³²
	Raw    uint32   // bytes of the body before packing
	Packed uint32   // bytes of the body as sent, all parts together
}

// appendHeader writes h.
func appendHeader(b []byte, h Header) []byte {
	var flags byte
	if h.Last {
		flags |= flagLast
	}
	if h.Reset {
		flags |= flagReset
	}
	b = append(b, flags, byte(h.Enc))
	b = binary.LittleEndian.AppendUint16(b, h.Part)
	b = binary.LittleEndian.AppendUint32(b, h.Seq)
	b = binary.LittleEndian.AppendUint32(b, h.Raw)
	return binary.LittleEndian.AppendUint32(b, h.Packed)
}

// ParseHeader reads a message's header and returns it with the part's bytes.
func ParseHeader(msg []byte) (Header, []byte, error) {
	if len(msg) <= HeaderSize || len(msg) > MaxMessage {
		return Header{}, nil, fmt.Errorf("%w: message of %d bytes", ErrMalformed, len(msg))
	}
	h, err := parseHeader(msg)
	return h, msg[HeaderSize:], err
}

func parseHeader(msg []byte) (Header, error) {
	h := Header{
		Last:   msg[0]&flagLast != 0,
		Reset:  msg[0]&flagReset != 0,
		Enc:    Encoding(msg[1]),
		Part:   binary.LittleEndian.Uint16(msg[2:]),
		Seq:    binary.LittleEndian.Uint32(msg[4:]),
		Raw:    binary.LittleEndian.Uint32(msg[8:]),
		Packed: binary.LittleEndian.Uint32(msg[12:]),
	}
	switch {
	case msg[0]&^(flagLast|flagReset) != 0:
		return Header{}, fmt.Errorf("%w: unknown flags %#x", ErrMalformed, msg[0])
	case h.Enc > Deflate:
		return Header{}, fmt.Errorf("%w: unknown encoding %d", ErrMalformed, h.Enc)
	case h.Raw == 0 || h.Raw > MaxBody:
		return Header{}, fmt.Errorf("%w: body of %d bytes", ErrMalformed, h.Raw)
	case h.Enc == Plain && h.Packed != h.Raw, h.Enc != Plain && h.Packed >= h.Raw, h.Packed == 0:
		return Header{}, fmt.Errorf("%w: %d bytes packed into %d", ErrMalformed, h.Raw, h.Packed)
	}
	return h, nil
}

// Split appends the messages of one update to msgs and returns it. The memory
// behind the messages is taken from buf, which is returned grown for reuse;
// the messages are valid until buf is written again. h.Part, h.Last and
// h.Packed are filled in here.
func Split(msgs [][]byte, buf []byte, h Header, packed []byte) ([][]byte, []byte) {
	const room = MaxMessage - HeaderSize
	parts := (len(packed) + room - 1) / room
	if need := len(packed) + parts*HeaderSize; cap(buf) < need {
		buf = make([]byte, 0, need)
	}
	buf = buf[:0]
	h.Packed = uint32(len(packed))
	for i := range parts {
		chunk := packed[i*room : min((i+1)*room, len(packed))]
		h.Part, h.Last = uint16(i), i == parts-1
		start := len(buf)
		buf = appendHeader(buf, h)
		buf = append(buf, chunk...)
		msgs = append(msgs, buf[start:len(buf):len(buf)])
	}
	return msgs, buf
}

// Renumber gives another number to a message that Split has made.
func Renumber(msg []byte, seq uint32) { binary.LittleEndian.PutUint32(msg[4:], seq) }

// Whole makes one message, of any length, of an update whose parts stand in it
// behind each other under the header of the first, and gives it another number.
// So updates are kept in a recording.
func Whole(update []byte, seq uint32) {
	update[0] |= flagLast
	Renumber(update, seq)
}

// CheckWhole refuses what Whole has not made. Its body is for a Decoder to check.
func CheckWhole(update []byte) error {
	if len(update) <= HeaderSize {
		return fmt.Errorf("%w: update of %d bytes", ErrMalformed, len(update))
	}
	h, err := parseHeader(update)
	if err != nil {
		return err
	}
	if h.Part != 0 || !h.Last || int(h.Packed) != len(update)-HeaderSize {
		return fmt.Errorf("%w: not a whole update", ErrMalformed)
	}
	return nil
}

// Resets reports whether an update that CheckWhole has passed begins anew.
func Resets(update []byte) bool { return update[0]&flagReset != 0 }
