package session

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"time"

	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// colleagueWithin is how long a link to a second technician waits to be opened.
const colleagueWithin = 10 * time.Minute

// looksOn is the most that a colleague's token names.
var looksOn = grant.SetOf(grant.View)

// CallColleague keeps the key of a link by which a second technician may come to look
// on, and says until when that is good. A link that was made before is good no more.
// Whoever comes is seen by nobody but the client, which lets in whom the first
// technician's viewer introduced and the requester allowed.
func (r *Registry) CallColleague(ctx context.Context, session, technician string, key ed25519.PublicKey) (until time.Time, err error) {
	if len(key) != ed25519.PublicKeySize {
		return until, errProof
	}
	err = r.act(ctx, session, technician, func(tx *store.Tx, se store.Session) ([]record.Event, error) {
		switch se.Phase {
		case signaling.Live, signaling.Paused:
		case signaling.Ended:
			return nil, errEnded
		default:
			return nil, errNotLive
		}
		until = tx.Now().Add(colleagueWithin)
		called := record.ColleagueCalled{Key: grant.Thumbprint(key)}
		return []record.Event{se.Event(called, record.Actor{Kind: record.Technician, ID: technician})}, tx.CallColleague(se.ID, key, until)
	})
	return until, err
}

// mayLookOn says no to whoever is not the technician that a link called in: it is good
// for its key, for the first who opens it, and not for who made it.
func mayLookOn(tx *store.Tx, se store.Session, q TokenRequest) *Refusal {
	c := se.Colleague
	switch {
	case se.Phase == signaling.Ended:
		return errEnded
	case !bytes.Equal(c.Key, q.Key), !c.Came() && tx.Now().After(c.Until):
		return errCall
	case c.Came() && c.Technician != q.Technician, se.Technician == q.Technician:
		return errCalled
	}
	return nil
}

// claim takes note of a colleague who comes for the first time.
func claim(tx *store.Tx, se *store.Session, q TokenRequest) ([]record.Event, error) {
	if q.Role != grant.Colleague || se.Colleague.Came() {
		return nil, nil
	}
	se.Colleague.Technician = q.Technician
	came := record.ColleagueCame{Key: grant.Thumbprint(q.Key)}
	return []record.Event{se.Event(came, record.Actor{Kind: record.Technician, ID: q.Technician})}, tx.ClaimColleague(se.ID, q.Technician)
}
