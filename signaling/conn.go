package signaling

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// AuthTimeout is how long a new socket may stay unproven.
	AuthTimeout = 5 * time.Second
	// BeatInterval is the time between two beats of the broker; an end that
	// heard nothing for DeadAfter connects anew.
	BeatInterval = 15 * time.Second
	DeadAfter    = 40 * time.Second

	writeTimeout = 5 * time.Second
)

// Conn is one websocket that carries Messages. One goroutine calls Read; any
// may call Write and Close.
type Conn struct {
	ws       *websocket.Conn
	patience time.Duration // of the running Read; its goroutine's

	mu sync.Mutex // one writer at a time; a write has writeTimeout
}

// NewConn takes over an open websocket of Subprotocol.
func NewConn(ws *websocket.Conn) *Conn {
	c := &Conn{ws: ws}
	ws.SetReadLimit(MaxMessageBytes)
	// An end that has nothing to say still answers Ping: it is there.
	ws.SetPongHandler(func(string) error { return ws.SetReadDeadline(time.Now().Add(c.patience)) })
	return c
}

// ErrClosed reports a socket that the other end or we closed.
var ErrClosed = errors.New("signaling connection closed")

// Read returns the next message. An *Error means that the other end broke the
// protocol; any other error that the socket is gone. The timeout begins anew
// with each answer to a Ping.
func (c *Conn) Read(timeout time.Duration) (Message, error) {
	c.patience = timeout
	if err := c.ws.SetReadDeadline(time.Now().Add(timeout)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrClosed, err)
	}
	kind, raw, err := c.ws.ReadMessage()
	switch {
	case errors.Is(err, websocket.ErrReadLimit):
		return nil, Errorf(TooLarge, "message over %d bytes", MaxMessageBytes)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrClosed, err)
	case kind != websocket.TextMessage:
		return nil, Errorf(BadMessage, "only text messages are spoken here")
	}
	return Decode(raw)
}

// Write sends a message, or fails within five seconds; after a failure the
// socket is closed.
func (c *Conn) Write(m Message) error {
	raw, err := Encode(m)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.ws.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return fmt.Errorf("%w: %w", ErrClosed, err)
	}
	if err := c.ws.WriteMessage(websocket.TextMessage, raw); err != nil {
		_ = c.ws.Close() // half a frame may be out: nothing may follow it
		return fmt.Errorf("%w: %w", ErrClosed, err)
	}
	return nil
}

// Ping asks whether the other end is there; its Read answers by itself.
func (c *Conn) Ping() error {
	if err := c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTimeout)); err != nil {
		return fmt.Errorf("%w: %w", ErrClosed, err)
	}
	return nil
}

// Fail tells the other end what went wrong, then closes.
func (c *Conn) Fail(e *Error) {
	_ = c.Write(Fault{Error: *e}) // it closes either way
	c.Close()
}

// Close closes the socket; Read returns ErrClosed.
func (c *Conn) Close() {
	deadline := time.Now().Add(time.Second)
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), deadline)
	_ = c.ws.Close()
}

// Dial opens a websocket to url with the given dialer (its TLS settings and
// timeouts) and checks that the broker speaks Subprotocol.
func Dial(ctx context.Context, dialer *websocket.Dialer, url string) (*Conn, error) {
	d := *dialer
	d.Subprotocols = []string{Subprotocol}
	ws, resp, err := d.DialContext(ctx, url, nil)
	if err != nil {
		if resp != nil {
			return nil, fmt.Errorf("open signaling: broker answered %s", resp.Status)
		}
		var dns *net.DNSError
		if errors.As(err, &dns) {
			return nil, fmt.Errorf("open signaling: no address for %s", dns.Name)
		}
		return nil, fmt.Errorf("open signaling: %w", err)
	}
	if ws.Subprotocol() != Subprotocol {
		_ = ws.Close()
		return nil, fmt.Errorf("open signaling: broker does not speak %s", Subprotocol)
	}
	return NewConn(ws), nil
}
