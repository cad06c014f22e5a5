package session

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"net"

	"golang.org/x/time/rate"

	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// A socket's messages: an offer, forty candidates, their acknowledgements and
// the events of a busy minute fit the burst.
const (
	messagesPerSecond = 50
	messageBurst      = 300
)

// serve runs one socket from its challenge to its end.
func (r *Registry) serve(conn *signaling.Conn, host string, place *Place) {
	place.hold(conn)
	s, wire := r.handshake(conn, host, place.from)
	place.Release()
	if wire != nil {
		conn.Fail(wire)
		return
	}
	if s == nil {
		conn.Close()
		return
	}
	ok := r.welcome(s)
	// A new goroutine: the stack of this one has grown in the handshake.
	if !ok || !r.start(func() { r.attend(s) }) {
		r.depart(s)
	}
}

// attend reads one proven socket until it is gone.
func (r *Registry) attend(s *socket) {
	defer r.depart(s)
	wire := r.read(s)
	if wire == nil {
		return
	}
	r.note(denied(record.MessageRefused{Role: string(s.role), Code: string(wire.Code)}, actorOf(s.role), s.session))
	s.conn.Fail(wire)
}

// read handles messages until the socket is gone (nil) or its end broke the protocol.
func (r *Registry) read(s *socket) *signaling.Error {
	for {
		m, err := s.conn.Read(signaling.DeadAfter)
		var wire *signaling.Error
		switch {
		case errors.As(err, &wire):
			return wire
		case err != nil:
			return nil
		case !s.rate.Allow():
			return signaling.Errorf(signaling.TooMany, "Too many messages at once.")
		}
		if wire := r.handle(s, m); wire != nil {
			return wire
		}
	}
}

// handshake challenges a socket. It returns the proven socket with its place
// taken; or what to tell the other end; or neither, when it is gone.
func (r *Registry) handshake(conn *signaling.Conn, host, from string) (*socket, *signaling.Error) {
	nonce := make([]byte, 32)
	rand.Read(nonce) //nolint:errcheck // never fails, crypto/rand
	if conn.Write(signaling.Challenge{Nonce: nonce}) != nil {
		return nil, nil
	}
	m, err := conn.Read(signaling.AuthTimeout)
	var wire *signaling.Error
	var late net.Error
	switch {
	case errors.As(err, &wire):
		return nil, r.refuse(from, wire)
	case errors.As(err, &late) && late.Timeout():
		return nil, r.refuse(from, signaling.Errorf(signaling.Timeout, "No proof within %v.", signaling.AuthTimeout))
	case err != nil:
		return nil, nil
	}
	auth, ok := m.(signaling.Auth)
	if !ok {
		return nil, r.refuse(from, signaling.Errorf(signaling.BadOrder, "Prove who you are first."))
	}
	return r.authenticate(conn, auth, nonce, host, from)
}

// refuse records that an end that has proven nothing broke the protocol.
func (r *Registry) refuse(from string, wire *signaling.Error) *signaling.Error {
	r.note(denied(record.TokenRefused{Reason: string(wire.Code), From: from}, record.Actor{Kind: record.Stranger}, ""))
	return wire
}

// authenticate believes a token only together with a proof by its holder's key
// over our nonce, and only once.
func (r *Registry) authenticate(conn *signaling.Conn, auth signaling.Auth, nonce []byte, host, from string) (*socket, *signaling.Error) {
	t, err := r.ring.Load().verifier.Verify(auth.Token, grant.JoinToken)
	if err != nil {
		r.log.Info("token refused", "error", err)
		r.note(denied(record.TokenRefused{Reason: "token", From: from}, record.Actor{Kind: record.Stranger}, ""))
		return nil, unauthorized()
	}
	var key []byte
	var wire *signaling.Error
	err = r.journal.Update(r.ctx, func(tx *store.Tx) ([]record.Event, error) {
		se, err := tx.Session(t.Session)
		if err != nil {
			return nil, err
		}
		key = keyOf(se, t.Role)
		why := ""
		if !r.Host(host) || !proves(auth, nonce, host, key, t.Holder) {
			why = "proof"
		} else if fresh, err := tx.UseToken(t.ID, t.Expires.Add(tokenLeeway)); err != nil {
			return nil, err
		} else if !fresh {
			why = "replayed"
		}
		if why != "" {
			wire = unauthorized()
			data := record.TokenRefused{Role: string(t.Role), Reason: why, From: from}
			return []record.Event{denied(data, record.Actor{Kind: record.Stranger}, se.ID)}, nil
		}
		if se.Phase == signaling.Ended && t.Role != grant.Client {
			wire = sessionEnded()
			return nil, nil
		}
		return []record.Event{se.Event(record.PeerArrived{Role: string(t.Role), From: from}, actorOf(t.Role))}, nil
	})
	if err != nil {
		return nil, r.internal(fmt.Errorf("open socket of session %s: %w", t.Session, err))
	}
	if wire != nil {
		return nil, wire
	}
	s := &socket{
		conn: conn, session: t.Session, role: t.Role, epoch: auth.Epoch, key: key,
		rate: rate.NewLimiter(messagesPerSecond, messageBurst),
	}
	return s, r.takePlace(s)
}

// takePlace makes a socket the one of its side; the newest always is.
func (r *Registry) takePlace(s *socket) *signaling.Error {
	old, ok := r.attach(s)
	if !ok {
		return goingAway()
	}
	if old == nil {
		return nil
	}
	r.start(func() {
		old.conn.Fail(signaling.Errorf(signaling.Superseded, "Another window took this session over."))
	})
	e := record.New(record.PeerSuperseded{Role: string(s.role)}, record.ByBroker, actorOf(s.role))
	e.Session = s.session
	r.note(e)
	return nil
}

// proves reports whether the holder of the token's key answered our nonce for
// this host, and that key is the one of its side.
func proves(auth signaling.Auth, nonce []byte, host string, key []byte, holder string) bool {
	return len(key) == ed25519.PublicKeySize && grant.Thumbprint(key) == holder &&
		ed25519.Verify(key, grant.PopStatement(nonce, auth.Token, host), auth.Proof)
}

func keyOf(se store.Session, role grant.Role) []byte {
	switch {
	case role == grant.Client:
		return se.ClientKey
	case role == grant.Viewer:
		return se.ViewerKey
	case se.Colleague.Came():
		return se.Colleague.Key
	}
	return nil
}

func actorOf(role grant.Role) record.Actor {
	if role == grant.Client {
		return record.Actor{Kind: record.Requester}
	}
	return record.Actor{Kind: record.Technician}
}

func goingAway() *signaling.Error {
	return signaling.Errorf(signaling.GoingAway, "The broker stops. Connect again in a moment.")
}

func unauthorized() *signaling.Error {
	return signaling.Errorf(signaling.Unauthorized, "Token refused. Ask for a new one.")
}

// internal logs what only the log may show.
func (r *Registry) internal(err error) *signaling.Error {
	wire := signaling.Errorf(signaling.Internal, "Something broke in the broker. Connect again.")
	wire.ID = store.NewID()
	r.log.Error("socket failed", "id", wire.ID, "error", err)
	return wire
}

// welcome ends the handshake; it reports whether the socket is still there.
func (r *Registry) welcome(s *socket) bool {
	se, err := r.row(s.session)
	if err != nil {
		s.conn.Fail(r.internal(err))
		return false
	}
	w := signaling.Welcome{
		Session: s.session, Role: s.role, Organisation: r.config.Organisation, Technician: se.TechnicianName,
		State: r.seenBy(s).state(se), ICE: []signaling.ICEServer{}, Recorded: se.ClientSeq,
	}
	if r.relay != nil && se.Phase != signaling.Ended {
		w.ICE = r.relay.Servers(s.session, s.role, s.epoch)
	}
	if s.conn.Write(w) != nil || !r.startBeats(s) {
		return false
	}
	// Both are told again: what changed since the row was read, and that we are here.
	r.publish(s.session)
	return true
}

func (r *Registry) seenBy(s *socket) listener {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.live[s.session].sees(s)
}

// depart gives a socket's place up and closes it.
func (r *Registry) depart(s *socket) {
	defer s.conn.Close()
	if !r.detach(s) {
		return // a newer one has it
	}
	r.mu.Lock()
	closed := r.closed
	r.mu.Unlock()
	if closed {
		return // broker.stopped says it of all of them
	}
	e := record.New(record.PeerLeft{Role: string(s.role)}, record.ByBroker, actorOf(s.role))
	e.Session = s.session
	r.note(e)
	r.publish(s.session)
}
