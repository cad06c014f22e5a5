package xserver

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync/atomic"
)

// Sizes and kinds of what a server sends (X Window System Protocol, Appendix B).
const (
	setupHead    = 8  // of the answer to the connection's set-up
	packet       = 32 // of an event, an error, and of a reply's fixed part
	kindReply    = 1
	kindGeneric  = 35 // X Generic Event Extension: an event with more than 32 bytes
	maxGeneric   = 1 << 16
	socketBuffer = 4 << 10
)

// socket is what xgb reads from. It takes generic events out of the stream: xgb
// would read their first 32 bytes and take the rest for further events.
type socket struct {
	net.Conn
	r     *bufio.Reader
	begun bool  // the set-up is read
	left  int64 // bytes of the present packet that xgb has not read

	// generic takes each generic event, on xgb's reader: it must neither wait nor
	// keep the bytes.
	generic atomic.Pointer[func(event []byte)]
}

func newSocket(c net.Conn) *socket { return &socket{Conn: c, r: bufio.NewReaderSize(c, socketBuffer)} }

// Read implements net.Conn, for one reader.
func (s *socket) Read(p []byte) (int, error) {
	for s.left == 0 {
		if err := s.next(); err != nil {
			return 0, err
		}
	}
	n, err := s.r.Read(p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	return n, err
}

// next finds out how long the next packet is, or takes it if it is generic.
func (s *socket) next() error {
	if !s.begun {
		head, err := s.r.Peek(setupHead)
		if err != nil {
			return err
		}
		s.begun = true
		s.left = setupHead + 4*int64(binary.LittleEndian.Uint16(head[6:]))
		return nil
	}
	head, err := s.r.Peek(packet)
	if err != nil {
		return err
	}
	more := 4 * int64(binary.LittleEndian.Uint32(head[4:]))
	switch head[0] & 0x7f {
	case kindReply:
		s.left = packet + more
	case kindGeneric:
		return s.takeGeneric(more)
	default:
		s.left = packet
	}
	return nil
}

func (s *socket) takeGeneric(more int64) error {
	if more > maxGeneric {
		return fmt.Errorf("the X server sent an event of %d bytes", packet+more)
	}
	event := make([]byte, packet+more)
	if _, err := io.ReadFull(s.r, event); err != nil {
		return err
	}
	if f := s.generic.Load(); f != nil {
		(*f)(event)
	}
	return nil
}
