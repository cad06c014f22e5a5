package session

import (
	"bytes"
	"errors"

	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// maxEvents bounds the events of one client in one session.
const maxEvents = 10_000

// handle acts on one message, or says how it broke the protocol. The types that
// are not here are the broker's own to send.
func (r *Registry) handle(s *socket, m signaling.Message) *signaling.Error {
	switch m := m.(type) {
	case signaling.Offer:
		return r.onOffer(s, m)
	case signaling.Answer:
		return r.onAnswer(s, m)
	case signaling.Candidate:
		return r.pass(s, m)
	case signaling.Ack:
		return r.pass(s, m)
	case signaling.Event:
		return r.onEvent(s, m)
	}
	return signaling.Errorf(signaling.BadOrder, "%s does not belong here.", signaling.Type(m))
}

func (r *Registry) onOffer(s *socket, m signaling.Offer) *signaling.Error {
	if s.role != grant.Client {
		return signaling.Errorf(signaling.BadOrder, "Only the client offers.")
	}
	return r.pass(s, m)
}

func (r *Registry) onAnswer(s *socket, m signaling.Answer) *signaling.Error {
	if s.role == grant.Client {
		return signaling.Errorf(signaling.BadOrder, "Only the viewer answers.")
	}
	return r.pass(s, m)
}

// pass hands a message to the instance that it is for. When that one is away
// the message is dropped: its sender keeps it until it is acknowledged.
func (r *Registry) pass(s *socket, m signaling.PeerMessage) *signaling.Error {
	head := m.Head()
	if head.From != s.epoch {
		return signaling.Errorf(signaling.BadMessage, "from is not your epoch.")
	}
	r.mu.Lock()
	to := r.live[s.session].receiver(s.role, head.To)
	r.mu.Unlock()
	if to != nil {
		_ = to.conn.Write(m) // a socket that is gone is noticed by its reader
	}
	return nil
}

// onEvent commits a fact that the client signed, with the change of phase that
// it brings, and acknowledges it. One that came before is acknowledged again.
func (r *Registry) onEvent(s *socket, m signaling.Event) *signaling.Error {
	if s.role != grant.Client {
		return signaling.Errorf(signaling.BadOrder, "Only the client reports events.")
	}
	claim, data, err := m.Statement.Open(s.key)
	if err != nil || claim.Session != s.session || claim.Seq != m.Seq {
		return signaling.Errorf(signaling.BadMessage, "The event is not signed by this session's client, or is malformed.")
	}
	if m.Seq > maxEvents {
		return signaling.Errorf(signaling.TooMany, "A session has at most %d events.", maxEvents)
	}
	var recorded uint64
	var wire *signaling.Error
	err = r.journal.Update(r.ctx, func(tx *store.Tx) ([]record.Event, error) {
		se, err := tx.Session(s.session)
		if err != nil {
			return nil, err
		}
		if m.Seq <= se.ClientSeq {
			recorded = se.ClientSeq
			return nil, nil
		}
		if m.Seq != se.ClientSeq+1 || !bytes.Equal(claim.Prev, se.ClientHash) {
			wire = signaling.Errorf(signaling.BadOrder, "Event %d does not follow %d.", m.Seq, se.ClientSeq)
			return nil, nil
		}
		recorded = m.Seq
		return commit(tx, se, m.Statement, claim, data)
	})
	switch {
	case errors.Is(err, errScopes):
		return signaling.Errorf(signaling.BadMessage, "The event names scopes that do not exist.")
	case err != nil:
		return r.internal(err)
	case wire != nil:
		return wire
	}
	_ = s.conn.Write(signaling.Recorded{Seq: recorded}) // a socket that is gone is noticed by its reader
	return nil
}
