package display

import (
	"errors"
	"fmt"
	"image"
)

var errShort = fmt.Errorf("%w: body cut short", ErrMalformed)

// Decoder is the reference viewer: it joins parts, checks everything and paints
// into Screen. It belongs to one goroutine. After an error it is lost: it drops
// all updates until one that begins with RESET.
type Decoder struct {
	Screen Framebuffer
	Shape  PointerShape
	Place  image.Point // of the pointer, relative to the screen

	following bool   // last is the number of an update painted, and the next must follow it
	last      uint32 // update painted last
	joining   bool   // some parts of head's update have come
	head      Header // of the update being joined
	packed    []byte
	body      []byte
	palette   []uint32 // of the update being painted
	work      int      // pixels it may still touch
}

// Receive takes one message. It reports done and the update's number when that
// message completed an update and the update is painted.
func (d *Decoder) Receive(msg []byte) (seq uint32, done bool, err error) {
	seq, done, err = d.receive(msg)
	if err != nil {
		d.following, d.joining = false, false
	}
	return seq, done, err
}

func (d *Decoder) receive(msg []byte) (uint32, bool, error) {
	h, chunk, err := ParseHeader(msg)
	if err != nil {
		return 0, false, err
	}
	if !d.following && !d.joining && (!h.Reset || h.Part != 0) {
		return 0, false, nil // lost: wait for RESET
	}
	if err := d.join(h, chunk); err != nil || !h.Last {
		return 0, false, err
	}
	d.joining = false
	body, err := d.unpack()
	if err != nil {
		return 0, false, err
	}
	if err := d.paint(body); err != nil {
		return 0, false, err
	}
	d.following, d.last = true, h.Seq
	return h.Seq, true, nil
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
