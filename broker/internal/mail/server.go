package mail

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"time"

	"beside/signaling/invite"
)

// Server is where mails are fetched or given.
type Server struct {
	URL      *url.URL // imaps, or imap on this machine; smtps, smtp with STARTTLS, or without on this machine
	User     string   // empty: nobody signs in
	Password string
	TLS      *tls.Config // nil: the system's
}

const (
	dialTimeout = 15 * time.Second
	// talkTime bounds one talk with a server.
	talkTime = 5 * time.Minute
)

// CheckIn reads the address of a mailbox, and CheckOut that of a server that sends.
func CheckIn(text string) (*url.URL, error) { return check(text, "imaps", "imap") }

// CheckOut reads the address of a server that sends.
func CheckOut(text string) (*url.URL, error) { return check(text, "smtps", "smtp") }

// check reads one; only secure may go to another machine, but for smtp, which secures itself.
func check(text, secure, plain string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Scheme != secure && u.Scheme != plain ||
		u.Scheme == "imap" && !invite.IsLoopback(u.Hostname()) {
		return nil, fmt.Errorf("write it as %s://mail.example.org; without TLS it is for this machine alone", secure)
	}
	return u, nil
}

var ports = map[string]string{"imaps": "993", "imap": "143", "smtps": "465", "smtp": "587"}

// dial connects, by TLS where the scheme says so, and ends the connection with ctx.
func (s Server) dial(ctx context.Context) (conn net.Conn, local bool, err error) {
	port := s.URL.Port()
	if port == "" {
		port = ports[s.URL.Scheme]
	}
	dialer := &net.Dialer{Timeout: dialTimeout}
	address := net.JoinHostPort(s.URL.Hostname(), port)
	if s.URL.Scheme == "imaps" || s.URL.Scheme == "smtps" {
		conn, err = (&tls.Dialer{NetDialer: dialer, Config: s.tls()}).DialContext(ctx, "tcp", address)
	} else {
		conn, err = dialer.DialContext(ctx, "tcp", address)
	}
	if err != nil {
		return nil, false, fmt.Errorf("connect to %s: %w", address, err)
	}
	return conn, invite.IsLoopback(s.URL.Hostname()), conn.SetDeadline(time.Now().Add(talkTime))
}

func (s Server) tls() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.TLS != nil {
		c = s.TLS.Clone()
	}
	c.ServerName = s.URL.Hostname()
	return c
}
