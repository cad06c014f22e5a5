package display

import (
	"errors"
	"fmt"
	"image"
)

var (
	errShort    = fmt.Errorf("%w: body cut short", ErrMalformed)
	errPictures = fmt.Errorf("%w: too many pictures in one update", ErrMalformed)
)

// Decoder is the reference viewer: it joins parts, checks everything and paints
// into Screen. It decodes no video and no JPEG; it hands them on and keeps which
// pixels are unknown since. It belongs to one goroutine. After an error it is
// lost: it drops all updates until one that begins with RESET.
type Decoder struct {
	Screen  Framebuffer
	Unknown Blocks // of Screen
	Shape   PointerShape
	Place   image.Point // of the pointer, relative to the screen
	// Media, if set, is given every picture that takes a codec, in order. Its
	// error ends the update.
	Media func(Media) error

	following bool   // last is the number of an update painted, and the next must follow it
	last      uint32 // update painted last
	joining   bool   // some parts of head's update have come
	head      Header // of the update being joined
	packed    []byte
	body      []byte
	inflater  inflater
	palette   []uint32 // of the update being painted
	work      int      // pixels it may still touch
	pictures  int      // VREGION, VIDEO and JPEG it has had
	regions   [MaxRegions]region
}

// Receive takes one message of the display channel. With ack the viewer
// acknowledges seq on that channel: the message completed an update, and seq is
// painted now, or it was an update painted before, and seq is the last.
func (d *Decoder) Receive(msg []byte) (seq uint32, ack bool, err error) {
	return d.settle(d.receive(msg))
}

// ReceiveRepeat takes one message of the repeat channel, where single-message
// updates come a second time, in any order. It paints the next one, and ignores
// those it cannot use. The result is that of Receive.
func (d *Decoder) ReceiveRepeat(msg []byte) (seq uint32, ack bool, err error) {
	return d.settle(d.receiveRepeat(msg))
}

// ReceiveWhole takes an update as a recording keeps it: see Whole. The result is
// that of Receive.
func (d *Decoder) ReceiveWhole(update []byte) (seq uint32, ack bool, err error) {
	if err := CheckWhole(update); err != nil {
		return d.settle(false, err)
	}
	h, err := parseHeader(update)
	if err != nil || !d.following && !h.Reset {
		return d.settle(false, err)
	}
	if err := d.join(h, update[HeaderSize:]); err != nil {
		return d.settle(false, err)
	}
	return d.settle(d.finish())
}

// settle makes a decoder that met an error a lost one.
func (d *Decoder) settle(ack bool, err error) (uint32, bool, error) {
	switch {
	case err != nil:
		d.following, d.joining = false, false
		return 0, false, err
	case ack:
		return d.last, true, nil
	}
	return 0, false, nil
}

func (d *Decoder) receive(msg []byte) (ack bool, err error) {
	h, chunk, err := ParseHeader(msg)
	if err != nil {
		return false, err
	}
	if !d.following && !d.joining && (!h.Reset || h.Part != 0) {
		return false, nil // lost: wait for RESET
	}
	if d.repeats(h) {
		return true, nil
	}
	if err := d.join(h, chunk); err != nil || !h.Last {
		return false, err
	}
	return d.finish()
}

func (d *Decoder) receiveRepeat(msg []byte) (ack bool, err error) {
	h, chunk, err := ParseHeader(msg)
	switch {
	case err != nil:
		return false, err
	case h.Reset || h.Part != 0 || !h.Last:
		return false, fmt.Errorf("%w: update %d cannot be repeated", ErrMalformed, h.Seq)
	case !d.following:
		return false, nil
	case d.repeats(h):
		return true, nil
	case d.joining || h.Seq != d.last+1:
		return false, nil // it will come on the display channel
	}
	if err := d.join(h, chunk); err != nil {
		return false, err
	}
	return d.finish()
}

// repeats reports whether h is of a whole update that is painted already, by
// serial number arithmetic (RFC 1982).
func (d *Decoder) repeats(h Header) bool {
	return d.following && !h.Reset && h.Part == 0 && h.Last && int32(h.Seq-d.last) <= 0
}

// finish paints the update whose parts have all come.
func (d *Decoder) finish() (ack bool, err error) {
	d.joining = false
	body, err := d.unpack()
	if err != nil {
		return false, err
	}
	if err := d.paint(body); err != nil {
		return false, err
	}
	d.following, d.last = true, d.head.Seq
	return true, nil
}

// join adds a part to the update it belongs to.
func (d *Decoder) join(h Header, chunk []byte) error {
	if h.Part == 0 {
		if !h.Reset && (d.joining || h.Seq != d.last+1) {
			return fmt.Errorf("%w: update %d after %d", ErrGap, h.Seq, d.last)
		}
		d.joining, d.head, d.packed = true, h, d.packed[:0]
	} else {
		want := d.head
		want.Part, want.Last = d.head.Part+1, h.Last
		if !d.joining || h != want {
			return fmt.Errorf("%w: part %d of update %d", ErrGap, h.Part, h.Seq)
		}
		d.head.Part = h.Part
	}
	total := len(d.packed) + len(chunk)
	if total > int(h.Packed) || h.Last != (total == int(h.Packed)) {
		return fmt.Errorf("%w: parts give %d of %d bytes", ErrMalformed, total, h.Packed)
	}
	d.packed = append(d.packed, chunk...)
	return nil
}

func (d *Decoder) unpack() ([]byte, error) {
	if d.head.Enc == Plain {
		return d.packed, nil
	}
	if cap(d.body) < int(d.head.Raw) {
		d.body = make([]byte, d.head.Raw)
	}
	d.body = d.body[:d.head.Raw]
	if d.head.Enc == Deflate {
		return d.body, d.inflater.decode(d.body, d.packed)
	}
	return d.body, decodeLZ4(d.body, d.packed)
}

// ReasonOf is the reason a viewer gives for a Resync after err.
func ReasonOf(err error) Reason {
	switch {
	case errors.Is(err, ErrGap):
		return ReasonGap
	case errors.Is(err, ErrHash):
		return ReasonHash
	}
	return ReasonMalformed
}
