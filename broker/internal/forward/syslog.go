package forward

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"beside/broker/internal/siem"
	"beside/broker/internal/store"
)

const (
	dialTimeout  = 10 * time.Second
	writeTimeout = 10 * time.Second
	// unheard is how many messages are sent again after a connection broke: syslog
	// has no acknowledgement, so what stood in buffers may be lost.
	unheard = 1000
)

// Syslog sends events as RFC 5424 over TLS (RFC 5425).
type Syslog struct {
	Address string // host:port
	TLS     *tls.Config
	Writer  siem.Writer
	conn    net.Conn
	notify  func()
	reader  chan struct{} // closed when the goroutine that reads conn has ended
}

// Send implements Sink.
func (s *Syslog) Send(ctx context.Context, l store.Leaf) error {
	message, err := s.Writer.Message(l)
	if err != nil {
		return err
	}
	if err := s.dial(ctx); err != nil {
		return err
	}
	if err := s.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return fmt.Errorf("send to %s: %w", s.Address, err)
	}
	// Octet counting: RFC 5425 §4.3.
	if _, err := s.conn.Write(append([]byte(strconv.Itoa(len(message))+" "), message...)); err != nil {
		return fmt.Errorf("send to %s: %w", s.Address, err)
	}
	return nil
}

func (s *Syslog) dial(ctx context.Context) error {
	if s.conn != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	conn, err := (&tls.Dialer{Config: s.TLS}).DialContext(ctx, "tcp", s.Address)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", s.Address, err)
	}
	s.conn, s.reader = conn, make(chan struct{})
	go func(ended chan<- struct{}) {
		_, err := io.Copy(io.Discard, conn) // a collector says nothing: this ends when it is gone
		if !errors.Is(err, net.ErrClosed) {
			s.notify()
		}
		close(ended)
	}(s.reader)
	return nil
}

// Notify implements Sink.
func (s *Syslog) Notify(f func()) { s.notify = f }

// Uncertain implements Sink.
func (s *Syslog) Uncertain() int64 { return unheard }

// Close implements Sink.
func (s *Syslog) Close() {
	if s.conn != nil {
		_ = s.conn.Close() // nothing more is wanted of it
		<-s.reader
	}
	s.conn = nil
}
