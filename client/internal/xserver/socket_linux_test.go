package xserver

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"testing/iotest"
)

// wire is a connection of which only the reading is real.
type wire struct {
	net.Conn
	io.Reader
}

func (w wire) Read(p []byte) (int, error) { return w.Reader.Read(p) }

// sent is one packet of the server, with more words than its 32 bytes hold.
func sent(kind, mark byte, more int) []byte {
	b := make([]byte, packet+4*more)
	for i := range b {
		b[i] = mark
	}
	b[0] = kind
	binary.LittleEndian.PutUint32(b[4:], uint32(more))
	return b
}

func setup() []byte {
	b := make([]byte, setupHead+4*5)
	b[0], b[6] = 1, 5
	return b
}

func TestGenericEventsAreTakenOut(t *testing.T) {
	const damage = 91 // an event whose bytes 4 to 8 are no length
	rest := [][]byte{setup(), sent(kindReply, 1, 3), sent(damage, 2, 0), sent(0, 3, 0), sent(kindReply, 4, 0)}
	binary.LittleEndian.PutUint32(rest[2][4:], 1<<30)
	generic := [][]byte{sent(kindGeneric, 5, 0), sent(kindGeneric, 6, 9), sent(kindGeneric|0x80, 7, 1)}
	stream := bytes.Join([][]byte{rest[0], generic[0], rest[1], generic[1], generic[2], rest[2], rest[3], rest[4]}, nil)
	for name, r := range map[string]io.Reader{
		"at once": bytes.NewReader(stream), "byte by byte": iotest.OneByteReader(bytes.NewReader(stream)),
	} {
		t.Run(name, func(t *testing.T) {
			s := newSocket(wire{Reader: r})
			var got [][]byte
			take := func(event []byte) { got = append(got, event) }
			s.generic.Store(&take)
			passed, err := io.ReadAll(s)
			if err != nil || !bytes.Equal(passed, bytes.Join(rest, nil)) {
				t.Errorf("xgb gets %x, %v, want %x", passed, err, bytes.Join(rest, nil))
			}
			if !bytes.Equal(bytes.Join(got, nil), bytes.Join(generic, nil)) {
				t.Errorf("generic events are %x, want %x", got, generic)
			}
		})
	}
}

func TestParseRaw(t *testing.T) {
	const opcode = 131
	event := func(kind RawKind) []byte {
		b := sent(kindGeneric, 0, 4)
		b[1] = opcode
		binary.LittleEndian.PutUint16(b[8:], uint16(kind))
		binary.LittleEndian.PutUint32(b[12:], 4711)
		binary.LittleEndian.PutUint32(b[16:], 39)
		binary.LittleEndian.PutUint16(b[20:], 6)
		return b
	}
	other := event(RawKeyPress)
	other[1]++
	tests := map[string]struct {
		bytes []byte
		want  RawEvent
		ok    bool
	}{
		"key":               {event(RawKeyPress), RawEvent{RawKeyPress, 4711, 39, 6}, true},
		"movement":          {event(RawMotion), RawEvent{RawMotion, 4711, 39, 6}, true},
		"another kind":      {event(1), RawEvent{}, false},
		"another extension": {other, RawEvent{}, false},
		"cut short":         {event(RawKeyPress)[:31], RawEvent{}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got, ok := parseRaw(tt.bytes, opcode); got != tt.want || ok != tt.ok {
				t.Errorf("got %+v, %v, want %+v, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

// Whatever a server sends, xgb gets a stream of whole packets or an error.
func FuzzSocket(f *testing.F) {
	f.Add(append(setup(), sent(kindReply, 1, 3)...))
	f.Add(append(setup(), sent(kindGeneric, 1, 3)...))
	f.Add(append(setup(), sent(kindGeneric, 1, maxGeneric)...))
	f.Fuzz(func(t *testing.T, stream []byte) {
		s := newSocket(wire{Reader: bytes.NewReader(stream)})
		taken := 0
		take := func(event []byte) {
			taken += len(event)
			parseRaw(event, event[1])
		}
		s.generic.Store(&take)
		passed, err := io.ReadAll(s)
		if err == nil && len(passed)+taken > len(stream) {
			t.Errorf("got %d bytes and took %d out of %d", len(passed), taken, len(stream))
		}
	})
}
