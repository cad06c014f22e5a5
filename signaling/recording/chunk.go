package recording

import (
	"encoding/binary"
	"fmt"
	"iter"
	"time"

	"beside/signaling/display"
)

// Kind is what a record of a chunk is.
type Kind uint8

// The kinds of records.
const (
	KindUpdate  Kind = 1 // a whole update of the display stream, as one message: part 0 and last
	KindEvent   Kind = 2 // JSON of an Event
	KindPointer Kind = 3 // where the technician's pointer is: x and y, 2 bytes each, in 1/65536 of the surface shown
)

const (
	recordHead  = 9
	pointerSize = 4
)

// Record is one thing that happened, at that many milliseconds since the chunk's
// From.
type Record struct {
	Kind Kind
	Time uint32
	Data []byte
}

// Plain is the plaintext of a chunk while it is written. The zero value is empty.
type Plain struct {
	b []byte
}

// Room reports whether a record with so many bytes of data fits.
func (p *Plain) Room(data int) bool { return len(p.b)+recordHead+data <= MaxChunkBytes }

// Len is the number of bytes so far.
func (p *Plain) Len() int { return len(p.b) }

// Bytes are valid until the next call of any method.
func (p *Plain) Bytes() []byte { return p.b }

// Reset forgets everything; the memory is cleared and kept.
func (p *Plain) Reset() {
	clear(p.b)
	p.b = p.b[:0]
}

// Update appends an update, given as the messages in which it was sent. It gets
// the number seq, which counts the updates of the recording.
func (p *Plain) Update(at uint32, seq uint32, messages [][]byte) error {
	size := 0
	for i, m := range messages {
		if size += len(m); i > 0 {
			size -= display.HeaderSize
		}
	}
	if len(messages) == 0 || size > MaxUpdateBytes || !p.Room(size) {
		return fmt.Errorf("%w: update of %d bytes", ErrMalformed, size)
	}
	p.head(KindUpdate, at, size)
	start := len(p.b)
	for i, m := range messages {
		if i > 0 {
			m = m[display.HeaderSize:]
		}
		p.b = append(p.b, m...)
	}
	display.Whole(p.b[start:], seq)
	return nil
}

// Event appends an event.
func (p *Plain) Event(at uint32, e Event) error {
	raw, err := e.encode()
	if err != nil {
		return err
	}
	if !p.Room(len(raw)) {
		return fmt.Errorf("%w: no room for an event", ErrMalformed)
	}
	p.head(KindEvent, at, len(raw))
	p.b = append(p.b, raw...)
	return nil
}

// Pointer appends the place of the technician's pointer.
func (p *Plain) Pointer(at uint32, x, y uint16) error {
	if !p.Room(pointerSize) {
		return fmt.Errorf("%w: no room for the pointer", ErrMalformed)
	}
	p.head(KindPointer, at, pointerSize)
	p.b = binary.BigEndian.AppendUint16(p.b, x)
	p.b = binary.BigEndian.AppendUint16(p.b, y)
	return nil
}

func (p *Plain) head(k Kind, at uint32, size int) {
	p.b = binary.BigEndian.AppendUint32(append(p.b, byte(k)), at)
	p.b = binary.BigEndian.AppendUint32(p.b, uint32(size))
}

// Records reads the plaintext of the chunk that s describes, strictly. It ends
// with the first error. The data is that of plain.
func Records(s Span, plain []byte) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		if len(plain) > MaxChunkBytes {
			yield(Record{}, fmt.Errorf("%w: chunk of %d bytes", ErrMalformed, len(plain)))
			return
		}
		var last uint32
		first := true
		for rest := plain; len(rest) > 0; {
			r, n, err := next(rest)
			if err == nil {
				err = r.belongs(s, first, last)
			}
			if err != nil {
				yield(Record{}, err)
				return
			}
			if !yield(r, nil) {
				return
			}
			// What says why there is a gap, and whose rights hold, goes before the picture.
			first, last, rest = first && r.Kind == KindEvent, r.Time, rest[n:]
		}
		if first && s.Flags&Snapshot != 0 {
			yield(Record{}, fmt.Errorf("%w: chunk %d has no picture", ErrMalformed, s.N))
		}
	}
}

func next(b []byte) (Record, int, error) {
	if len(b) < recordHead {
		return Record{}, 0, fmt.Errorf("%w: cut short", ErrMalformed)
	}
	r := Record{Kind: Kind(b[0]), Time: binary.BigEndian.Uint32(b[1:])}
	n := uint64(binary.BigEndian.Uint32(b[5:]))
	if n > uint64(len(b)-recordHead) {
		return Record{}, 0, fmt.Errorf("%w: cut short", ErrMalformed)
	}
	end := recordHead + int(n)
	r.Data = b[recordHead:end:end]
	return r, end, r.check()
}

func (r Record) check() error {
	switch r.Kind {
	case KindUpdate:
		if len(r.Data) > MaxUpdateBytes {
			return fmt.Errorf("%w: update of %d bytes", ErrMalformed, len(r.Data))
		}
		if err := display.CheckWhole(r.Data); err != nil {
			return fmt.Errorf("%w: %v", ErrMalformed, err)
		}
		return nil
	case KindEvent:
		_, err := ParseEvent(r.Data)
		return err
	case KindPointer:
		if len(r.Data) != pointerSize {
			return fmt.Errorf("%w: pointer of %d bytes", ErrMalformed, len(r.Data))
		}
		return nil
	}
	return fmt.Errorf("%w: unknown record %d", ErrMalformed, r.Kind)
}

// belongs refuses a record that cannot stand here; first: only events came before
// it.
func (r Record) belongs(s Span, first bool, last uint32) error {
	switch {
	case r.Time < last:
		return fmt.Errorf("%w: a record goes back in time", ErrMalformed)
	case uint64(r.Time) > s.To-s.From:
		return fmt.Errorf("%w: a record after the chunk's end", ErrMalformed)
	case first && s.Flags&Snapshot != 0 && r.Kind != KindEvent && !r.resets():
		return fmt.Errorf("%w: chunk %d does not begin with a whole picture", ErrMalformed, s.N)
	}
	return nil
}

// resets reports whether r is an update that begins anew.
func (r Record) resets() bool {
	return r.Kind == KindUpdate && display.Resets(r.Data)
}

// Place is where a record of the kind KindPointer says the pointer is.
func (r Record) Place() (x, y uint16) {
	return binary.BigEndian.Uint16(r.Data), binary.BigEndian.Uint16(r.Data[2:])
}

// At is when r happened, since the recording began, in the chunk that s describes.
func (r Record) At(s Span) time.Duration {
	return time.Duration(s.From+uint64(r.Time)) * time.Millisecond
}
