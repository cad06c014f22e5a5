package session

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"beside/signaling"
	"beside/signaling/grant"
)

const (
	// The wait before trying again is random up to a bound that doubles.
	firstWait, longestWait = 300 * time.Millisecond, 8 * time.Second
	welcomeTimeout         = 10 * time.Second
	maxUnwritten           = 512 // messages; more, and the socket is given up
)

// backoff waits longer and longer, with full jitter.
type backoff struct{ bound time.Duration }

func (b *backoff) reset() { b.bound = 0 }

// wait returns false when ctx ended.
func (b *backoff) wait(ctx context.Context) bool {
	b.bound = min(max(2*b.bound, firstWait), longestWait)
	// #nosec G404 -- when to try again is no secret
	timer := time.NewTimer(rand.N(b.bound))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// wire is one open socket to the broker. Its writer owns the sending side, so
// that nobody else waits for the network.
type wire struct {
	conn *signaling.Conn
	out  chan signaling.Message
}

// send queues a message. A socket that takes none is closed: what matters is
// kept elsewhere and sent again on the next one.
func (w *wire) send(m signaling.Message) {
	select {
	case w.out <- m:
	default:
		w.conn.Close()
	}
}

func (w *wire) write(ctx context.Context) {
	for {
		select {
		case m := <-w.out:
			if w.conn.Write(m) != nil {
				return // the reader notices too
			}
		case <-ctx.Done():
			return
		}
	}
}

// send hands a message to the socket, if there is one.
func (s *session) send(m signaling.Message) {
	if s.wire != nil {
		s.wire.send(m)
	}
}

// signal keeps a socket to the broker open until ctx ends.
func (s *session) signal(ctx context.Context, first *joined) {
	pass := &ticket{Token: first.Token, Signaling: first.Signaling}
	var wait backoff
	for ctx.Err() == nil {
		welcomed, err := s.connect(ctx, pass)
		pass = nil // a token opens one socket
		if ctx.Err() != nil {
			return
		}
		if r := asRefusal(err); r != nil {
			s.log.Warn("broker does not take us back", "code", r.Code)
			s.post(func() { // after what it said before
				s.refused = true
				s.finish(signaling.LostClient, true)
			})
			return
		}
		s.log.Info("no socket to the broker", "error", err)
		if welcomed {
			wait.reset()
		}
		if !wait.wait(ctx) {
			return
		}
	}
}

// connect opens one socket and reads it to its end. It reports whether the
// broker welcomed us.
func (s *session) connect(ctx context.Context, pass *ticket) (welcomed bool, err error) {
	if pass == nil {
		if pass, err = s.api.token(ctx, s.id); err != nil {
			return false, err
		}
	}
	u, err := s.api.socketURL(pass.Signaling)
	if err != nil {
		return false, err
	}
	dial, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	conn, err := signaling.Dial(dial, s.api.dialer(), u.String())
	if err != nil {
		return false, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, conn.Close)
	defer stop()
	welcome, err := s.authenticate(conn, pass.Token, u.Host)
	if err != nil {
		return false, err
	}
	w := &wire{conn: conn, out: make(chan signaling.Message, maxUnwritten)}
	writing, end := context.WithCancel(ctx)
	written := make(chan struct{})
	go func() { defer close(written); w.write(writing) }()
	defer func() { end(); conn.Close(); <-written }()
	s.post(func() { s.onWelcome(w, welcome) })
	err = s.read(w)
	s.post(func() { s.onWireLost(w) })
	return true, err
}

func (s *session) authenticate(conn *signaling.Conn, token, host string) (signaling.Welcome, error) {
	m, err := conn.Read(signaling.AuthTimeout)
	if err != nil {
		return signaling.Welcome{}, err
	}
	challenge, ok := m.(signaling.Challenge)
	if !ok {
		return signaling.Welcome{}, fmt.Errorf("broker began with %s", signaling.Type(m))
	}
	err = conn.Write(signaling.Auth{
		Token: token, Proof: ed25519.Sign(s.key, grant.PopStatement(challenge.Nonce, token, host)), Epoch: s.epoch,
	})
	if err != nil {
		return signaling.Welcome{}, err
	}
	if m, err = conn.Read(welcomeTimeout); err != nil {
		return signaling.Welcome{}, err
	}
	switch m := m.(type) {
	case signaling.Welcome:
		if m.Session != s.id || m.Role != grant.Client {
			return signaling.Welcome{}, errors.New("broker welcomed somebody else")
		}
		return m, nil
	case signaling.Fault:
		return signaling.Welcome{}, &m.Error
	}
	return signaling.Welcome{}, fmt.Errorf("broker answered with %s", signaling.Type(m))
}

// read posts each message until the socket is gone.
func (s *session) read(w *wire) error {
	for {
		m, err := w.conn.Read(signaling.DeadAfter)
		if err != nil {
			return err
		}
		if f, ok := m.(signaling.Fault); ok {
			return &f.Error
		}
		s.post(func() { s.onSignaling(w, m) })
	}
}
