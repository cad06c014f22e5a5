package xvfb

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"
)

// Person is somebody at the mouse and keyboard of a Server: what they do comes
// from a device of the server's own, not from a program's.
type Person struct {
	t    testing.TB
	conn net.Conn
}

// StartWithPerson runs an X server with a screen like "1280x800" whose mouse and
// keyboard are moved over RFB: TigerVNC's. Their devices are what hardware is to
// another server.
func StartWithPerson(t testing.TB, size string) (*Server, *Person) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "rfb")
	s := start(t, "Xtigervnc", []string{
		"-geometry", size, "-depth", "24", "-SecurityTypes", "None", "-rfbunixpath", socket, "-rfbport", "-1",
	})
	conn, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	p := &Person{t, conn}
	if err := p.sitDown(); err != nil {
		t.Fatalf("RFB: %v", err)
	}
	return s, p
}

// sitDown is the handshake of RFB 3.8 without a password (RFC 6143 §7).
func (p *Person) sitDown() error {
	_ = p.conn.SetDeadline(time.Now().Add(20 * time.Second))
	version := make([]byte, 12)
	if _, err := io.ReadFull(p.conn, version); err != nil {
		return err
	}
	p.send([]byte("RFB 003.008\n"))
	var n [1]byte
	if _, err := io.ReadFull(p.conn, n[:]); err != nil {
		return err
	}
	types := make([]byte, n[0])
	if _, err := io.ReadFull(p.conn, types); err != nil {
		return err
	}
	p.send([]byte{1}) // none
	var result [4]byte
	if _, err := io.ReadFull(p.conn, result[:]); err != nil {
		return err
	}
	if binary.BigEndian.Uint32(result[:]) != 0 {
		return fmt.Errorf("refused, types %v", types)
	}
	p.send([]byte{1}) // shared
	head := make([]byte, 24)
	if _, err := io.ReadFull(p.conn, head); err != nil {
		return err
	}
	_, err := io.CopyN(io.Discard, p.conn, int64(binary.BigEndian.Uint32(head[20:])))
	_ = p.conn.SetDeadline(time.Time{})
	return err
}

// Move puts the pointer at a place, with the left button down or up.
func (p *Person) Move(x, y int, down bool) {
	p.t.Helper()
	msg := []byte{5, 0, 0, 0, 0, 0}
	if down {
		msg[1] = 1
	}
	binary.BigEndian.PutUint16(msg[2:], uint16(x))
	binary.BigEndian.PutUint16(msg[4:], uint16(y))
	p.send(msg)
}

// Click presses and lets go of the left button at a place.
func (p *Person) Click(x, y int) {
	p.t.Helper()
	p.Move(x, y, false)
	p.Move(x, y, true)
	p.Move(x, y, false)
}

// Key presses and lets go of a key by its symbol.
func (p *Person) Key(keysym uint32) {
	p.t.Helper()
	for _, down := range []byte{1, 0} {
		msg := []byte{4, down, 0, 0, 0, 0, 0, 0}
		binary.BigEndian.PutUint32(msg[4:], keysym)
		p.send(msg)
	}
}

func (p *Person) send(b []byte) {
	p.t.Helper()
	if _, err := p.conn.Write(b); err != nil {
		p.t.Errorf("RFB: %v", err)
	}
}
