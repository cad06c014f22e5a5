package inputtest

import (
	"bytes"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// Proxy stands between this process and its display.
type Proxy struct {
	asked    atomic.Int64 // bytes that the server was sent
	withhold string
	server   string // its socket
}

// NewProxy puts a Proxy in front of the display until the test ends. The server
// seems not to have the extension withhold, if that is not empty.
func NewProxy(t testing.TB, display, withhold string) *Proxy {
	t.Helper()
	p := &Proxy{withhold: withhold, server: "/tmp/.X11-unix/X" + strings.TrimPrefix(display, ":")}
	listener, name := listen(t)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go p.carry(client)
		}
	}()
	t.Setenv("DISPLAY", name)
	return p
}

// Asked is how many bytes the server was sent so far.
func (p *Proxy) Asked() int64 { return p.asked.Load() }

func listen(t testing.TB) (listener net.Listener, display string) {
	t.Helper()
	for n := firstDisplay; n <= lastDisplay; n++ {
		if l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(6000+n)); err == nil {
			return l, "127.0.0.1:" + strconv.Itoa(n)
		}
	}
	t.Fatal("no free port for a display")
	return nil, ""
}

func (p *Proxy) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("unix", p.server)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		defer server.Close()
		_, _ = io.Copy(writerFunc(func(b []byte) (int, error) {
			p.asked.Add(int64(len(b)))
			if p.withhold != "" { // a request comes whole: clients write it at once
				b = bytes.ReplaceAll(b, []byte(p.withhold), []byte(strings.Repeat("-", len(p.withhold))))
			}
			return server.Write(b)
		}), client)
	}()
	_, _ = io.Copy(client, server)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
