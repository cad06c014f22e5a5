package xserver

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/jezek/xgb/xproto"
)

// Device is one input device of the server: a slave device, in the words of the
// X Input Extension 2.
type Device struct {
	ID      uint16 // RawEvent.Source
	Name    string
	Pointer bool // else a keyboard
	// Program says that what comes from it was made by a program: it is the device
	// of the XTEST extension, or the kernel's uinput.
	Program bool
}

const (
	xiQueryDevice = 48
	xiGetProperty = 59

	allDevices    = 0 // XIAllDevices
	slavePointer  = 3
	slaveKeyboard = 4

	// deadDevices are those of a server without hardware (Xvfb): nothing ever
	// comes from them.
	deadDevices = "Xvfb "
)

var errDevices = errors.New("the X server's list of devices is malformed")

// Devices lists the slave devices that something can come from.
func (r *Raw) Devices() ([]Device, error) {
	request := make([]byte, 8)
	r.head(request, xiQueryDevice)
	binary.LittleEndian.PutUint16(request[4:], allDevices)
	cookie := r.conn.NewCookie(true, true)
	r.conn.NewRequest(request, cookie)
	reply, err := cookie.Reply()
	if err != nil {
		return nil, fmt.Errorf("ask the X server for its devices: %w", err)
	}
	found, err := parseDevices(reply)
	if err != nil {
		return nil, err
	}
	for i := range found {
		if !found[i].Program {
			found[i].Program = isVirtual(r.node(found[i].ID))
		}
	}
	return found, nil
}

// parseDevices reads the reply to XIQueryDevice.
func parseDevices(reply []byte) (found []Device, err error) {
	const fixed = 12 // bytes of a device before its name
	if len(reply) < packet {
		return nil, errDevices
	}
	n, rest := int(binary.LittleEndian.Uint16(reply[8:])), reply[packet:]
	for range n {
		if len(rest) < fixed {
			return nil, errDevices
		}
		id, use := binary.LittleEndian.Uint16(rest), binary.LittleEndian.Uint16(rest[2:])
		classes, nameLen := int(binary.LittleEndian.Uint16(rest[6:])), int(binary.LittleEndian.Uint16(rest[8:]))
		rest = rest[fixed:]
		padded := (nameLen + 3) &^ 3
		if len(rest) < padded {
			return nil, errDevices
		}
		name := string(rest[:nameLen])
		if rest, err = skipClasses(rest[padded:], classes); err != nil {
			return nil, err
		}
		if use != slavePointer && use != slaveKeyboard || strings.HasPrefix(name, deadDevices) {
			continue
		}
		found = append(found, Device{
			ID: id, Name: name, Pointer: use == slavePointer,
			Program: strings.HasSuffix(name, " XTEST pointer") || strings.HasSuffix(name, " XTEST keyboard"),
		})
	}
	return found, nil
}

func skipClasses(rest []byte, n int) ([]byte, error) {
	for range n {
		if len(rest) < 4 {
			return nil, errDevices
		}
		size := 4 * int(binary.LittleEndian.Uint16(rest[2:]))
		if size < 4 || size > len(rest) {
			return nil, errDevices
		}
		rest = rest[size:]
	}
	return rest, nil
}

// node is the file in /dev/input that the server's driver reads, or empty.
func (r *Raw) node(device uint16) string {
	const name = "Device Node"
	atom, err := xproto.InternAtom(r.conn.Conn, true, uint16(len(name)), name).Reply()
	if err != nil || atom.Atom == xproto.AtomNone {
		return ""
	}
	request := make([]byte, 24)
	r.head(request, xiGetProperty)
	binary.LittleEndian.PutUint16(request[4:], device)
	binary.LittleEndian.PutUint32(request[8:], uint32(atom.Atom))
	binary.LittleEndian.PutUint32(request[20:], 64) // words of it, at most
	cookie := r.conn.NewCookie(true, true)
	r.conn.NewRequest(request, cookie)
	reply, err := cookie.Reply()
	if err != nil || len(reply) < packet || reply[20] != 8 {
		return ""
	}
	text := reply[packet:]
	text = text[:min(len(text), int(binary.LittleEndian.Uint32(reply[16:])))]
	return strings.TrimRight(string(text), "\x00")
}

// isVirtual reports whether the kernel made this device for a program (uinput).
func isVirtual(node string) bool {
	if node == "" {
		return false
	}
	path, err := filepath.EvalSymlinks(filepath.Join("/sys/class/input", filepath.Base(node)))
	if err != nil {
		return errors.Is(err, os.ErrPermission) // nobody can tell: it counts as made
	}
	return strings.HasPrefix(path, "/sys/devices/virtual/input/")
}
