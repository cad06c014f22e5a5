package display

import (
	"encoding/binary"
	"fmt"
	"time"
)

// What the viewer says on the channels of the display stream.
const (
	feedbackAck    = 1
	feedbackResync = 2
	ackSize        = 11
	resyncSize     = 6
	ackUnit        = 100 * time.Microsecond // of an Ack's times on the wire
)

// Rested is the Ack.Paint of a viewer that did not look meanwhile, as in a
// background tab, or that took longer than an Ack can say: when such an Ack
// comes says nothing of the link.
const Rested = (1<<16 - 1) * ackUnit

// Ack says that the update Seq and all before it are in the viewer's canvas.
type Ack struct {
	Seq   uint32
	Paint time.Duration // decoding and painting took; steps of 100 µs, at most Rested
	Begun Clock         // when that began
}

// Clock is a moment by the viewer's clock, in steps of 100 µs from a moment that
// only the viewer knows. It begins again at 0 after 2³² of them, five days.
type Clock uint32

// Since is how long it is from an earlier moment to this one, or negative from a
// later one; right for up to 59 hours.
func (c Clock) Since(earlier Clock) time.Duration {
	return time.Duration(int32(c-earlier)) * ackUnit
}

// Reason says why a viewer asks to begin anew.
type Reason uint8

// The reasons of a Resync.
const (
	ReasonMalformed Reason = 1 // an update could not be decoded
	ReasonGap       Reason = 2 // an update is missing
	ReasonHash      Reason = 3 // the picture is not the client's
	ReasonAsked     Reason = 4 // the viewer lost its canvas or has just begun
	ReasonVideo     Reason = 5 // it cannot decode a picture: do not use that codec again
)

// Resync asks for RESET and the whole picture. Until that comes the viewer
// ignores all updates.
type Resync struct {
	Seq    uint32 // the last update painted, 0 for none
	Reason Reason
}

// AppendAck writes a.
func AppendAck(b []byte, a Ack) []byte {
	b = binary.LittleEndian.AppendUint32(append(b, feedbackAck), a.Seq)
	b = binary.LittleEndian.AppendUint16(b, uint16(min(max(a.Paint/ackUnit, 0), 1<<16-1)))
	return binary.LittleEndian.AppendUint32(b, uint32(a.Begun))
}

// AppendResync writes r.
func AppendResync(b []byte, r Resync) []byte {
	return append(binary.LittleEndian.AppendUint32(append(b, feedbackResync), r.Seq), byte(r.Reason))
}

// Feedback is one decoded message of the viewer: exactly one field is set.
type Feedback struct {
	Ack    *Ack
	Resync *Resync
}

// ParseFeedback reads a message of the viewer strictly.
func ParseFeedback(msg []byte) (Feedback, error) {
	switch {
	case len(msg) == ackSize && msg[0] == feedbackAck:
		return Feedback{Ack: &Ack{
			Seq:   binary.LittleEndian.Uint32(msg[1:]),
			Paint: time.Duration(binary.LittleEndian.Uint16(msg[5:])) * ackUnit,
			Begun: Clock(binary.LittleEndian.Uint32(msg[7:])),
		}}, nil
	case len(msg) == resyncSize && msg[0] == feedbackResync && msg[5] >= byte(ReasonMalformed) && msg[5] <= byte(ReasonVideo):
		return Feedback{Resync: &Resync{
			Seq:    binary.LittleEndian.Uint32(msg[1:]),
			Reason: Reason(msg[5]),
		}}, nil
	}
	return Feedback{}, fmt.Errorf("%w: feedback of %d bytes", ErrMalformed, len(msg))
}
