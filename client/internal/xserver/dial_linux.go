package xserver

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jezek/xgb"
)

// Display says which X server, and where the right to use it is kept.
type Display struct {
	Name      string // DISPLAY: "[host]:number[.screen]"
	Authority string // XAUTHORITY, the file of cookies (Xau(3)); empty means the one in Home
	Home      string // HOME
}

// Here is the display of the desktop that this program was started in.
func Here() Display {
	return Display{Name: os.Getenv("DISPLAY"), Authority: os.Getenv("XAUTHORITY"), Home: os.Getenv("HOME")}
}

// Conn is one connection to an X server.
type Conn struct {
	*xgb.Conn
	wire *socket
}

const dialTimeout = 5 * time.Second

// Dial connects. The socket is ours, not xgb's, so that Cut ends a connection
// whose server hangs.
func Dial(d Display) (*Conn, error) {
	xgb.Logger.SetOutput(io.Discard) // else it prints to standard error; safe at any time
	host, number, screen, err := parseName(d.Name)
	if err != nil {
		return nil, err
	}
	network, address := "unix", "/tmp/.X11-unix/X"+strconv.Itoa(number)
	if host != "" && host != "unix" {
		network, address = "tcp", net.JoinHostPort(host, strconv.Itoa(6000+number))
	}
	wire, err := net.DialTimeout(network, address, dialTimeout)
	if err != nil {
		return nil, err
	}
	_ = wire.SetDeadline(time.Now().Add(dialTimeout))
	s := newSocket(wire)
	var c *xgb.Conn
	if cookie := findCookie(d, strconv.Itoa(number)); cookie != "" {
		c, err = xgb.NewConnNetWithCookieHex(s, cookie)
	} else {
		c, err = xgb.NewConnNet(s)
	}
	if err != nil {
		_ = wire.Close()
		return nil, fmt.Errorf("connect to display %s: %w", d.Name, err)
	}
	_ = wire.SetDeadline(time.Time{})
	c.DisplayNumber, c.DefaultScreen = number, screen
	return &Conn{c, s}, nil
}

// Cut ends the connection at once; every call that waits then returns an error.
func (c *Conn) Cut() { _ = c.wire.Close() }

// parseName reads "[host]:number[.screen]".
func parseName(s string) (host string, number, screen int, err error) {
	colon := strings.LastIndexByte(s, ':')
	if colon < 0 {
		return "", 0, 0, fmt.Errorf("bad DISPLAY %q", s)
	}
	num, scr, dotted := strings.Cut(s[colon+1:], ".")
	n, err := strconv.ParseUint(num, 10, 16)
	if err != nil {
		return "", 0, 0, fmt.Errorf("bad DISPLAY %q", s)
	}
	if dotted {
		i, err := strconv.ParseUint(scr, 10, 8)
		if err != nil {
			return "", 0, 0, fmt.Errorf("bad DISPLAY %q", s)
		}
		screen = int(i)
	}
	return s[:colon], int(n), screen, nil
}

// findCookie returns the MIT-MAGIC-COOKIE-1 for the display in the user's
// authority file (Xau(3)), in hex, or "" when there is none.
func findCookie(d Display, number string) string {
	file := d.Authority
	if file == "" {
		file = filepath.Join(d.Home, ".Xauthority")
	}
	// #nosec G304 -- the person's own XAUTHORITY
	data, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	const familyLocal, familyWild = 256, 65535
	hostname, _ := os.Hostname()
	for len(data) >= 2 {
		family := binary.BigEndian.Uint16(data)
		data = data[2:]
		var fields [4][]byte // address, display number, name, cookie
		for i := range fields {
			if fields[i], data, err = authField(data); err != nil {
				return ""
			}
		}
		here := family == familyWild || family == familyLocal && string(fields[0]) == hostname
		display := len(fields[1]) == 0 || string(fields[1]) == number
		if here && display && string(fields[2]) == "MIT-MAGIC-COOKIE-1" && len(fields[3]) == 16 {
			return hex.EncodeToString(fields[3])
		}
	}
	return ""
}

func authField(data []byte) (field, rest []byte, err error) {
	if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
		return nil, nil, errors.New("authority file cut short")
	}
	n := int(binary.BigEndian.Uint16(data))
	return data[2 : 2+n], data[2+n:], nil
}
