package screen

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

const dialTimeout = 5 * time.Second

// dialDisplay connects to the X server named by env.Display. The socket is ours,
// not xgb's, so that a server that hangs can be cut off.
func dialDisplay(env Environment) (*xgb.Conn, net.Conn, error) {
	xgb.Logger.SetOutput(io.Discard) // else it prints to standard error; safe at any time
	host, number, screen, err := parseDisplay(env.Display)
	if err != nil {
		return nil, nil, none(err.Error())
	}
	network, address := "unix", "/tmp/.X11-unix/X"+strconv.Itoa(number)
	if host != "" && host != "unix" {
		network, address = "tcp", net.JoinHostPort(host, strconv.Itoa(6000+number))
	}
	sock, err := net.DialTimeout(network, address, dialTimeout)
	if err != nil {
		return nil, nil, none(err.Error())
	}
	_ = sock.SetDeadline(time.Now().Add(dialTimeout))
	var c *xgb.Conn
	if cookie := findCookie(env, strconv.Itoa(number)); cookie != "" {
		c, err = xgb.NewConnNetWithCookieHex(sock, cookie)
	} else {
		c, err = xgb.NewConnNet(sock)
	}
	if err != nil {
		_ = sock.Close()
		return nil, nil, none(fmt.Sprintf("X display %s: %v", env.Display, err))
	}
	_ = sock.SetDeadline(time.Time{})
	c.DisplayNumber, c.DefaultScreen = number, screen
	return c, sock, nil
}

// parseDisplay reads "[host]:number[.screen]".
func parseDisplay(s string) (host string, number, screen int, err error) {
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
func findCookie(env Environment, number string) string {
	file := env.Authority
	if file == "" {
		file = filepath.Join(env.Home, ".Xauthority")
	}
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
