package session

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"

	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
	"beside/signaling/record"
)

// Redeem is a client that wants to join. Key is its session key from now on.
type Redeem struct {
	Join   [32]byte
	Spoken bool // the code was told as digits
	Key    ed25519.PublicKey
	Proof  []byte // by Key over grant.RedeemStatement
	System store.System
	From   string // truncated address
}

// Joined answers a Redeem.
type Joined struct {
	Session, Technician string
	Invitation          string // its id
	Token               string // join token
}

// Redeem spends an invitation, once. The same key again is given the same
// session, so that a lost answer or a second start of the program does no harm;
// another key is refused.
func (r *Registry) Redeem(ctx context.Context, q Redeem) (Joined, error) {
	if len(q.Key) != ed25519.PublicKeySize || !ed25519.Verify(q.Key, grant.RedeemStatement(q.Join, q.Key), q.Proof) {
		return Joined{}, errProof
	}
	hash := sha256.Sum256(q.Join[:])
	var out Joined
	var refused error
	err := r.journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		var events []record.Event
		var err error
		out, events, err = r.redeem(tx, hash[:], q)
		var no *Refusal
		if errors.As(err, &no) {
			refused = no
			err = nil
		}
		return events, err
	})
	if err != nil {
		return Joined{}, fmt.Errorf("redeem: %w", err)
	}
	if refused != nil {
		r.log.Info("redeem refused", "reason", refused, "from", q.From)
		return Joined{}, refused
	}
	r.log.Info("client joined", "session", out.Session, "from", q.From)
	return out, nil
}

// redeem returns a *Refusal with the event that records it.
func (r *Registry) redeem(tx *store.Tx, hash []byte, q Redeem) (Joined, []record.Event, error) {
	stranger := record.Actor{Kind: record.Stranger}
	i, err := tx.InvitationByJoin(hash, q.Spoken)
	if errors.Is(err, store.ErrNotFound) {
		return Joined{}, []record.Event{denied(record.InvitationRefused{From: q.From, Reason: errUnknown.Code}, stranger, "")}, errUnknown
	}
	if err != nil {
		return Joined{}, nil, err
	}
	se, err := tx.Session(i.Session)
	if err != nil {
		return Joined{}, nil, err
	}
	var events []record.Event
	if no := r.mayRedeem(tx, i, se, q.Key); no != nil {
		e := denied(record.InvitationRefused{Invitation: i.ID, From: q.From, Reason: no.Code}, stranger, se.ID)
		e.Ticket = se.Ticket
		return Joined{}, []record.Event{e}, no
	}
	if se.ClientKey == nil {
		if err := r.join(tx, i, q); err != nil {
			return Joined{}, nil, err
		}
		events = append(events, se.Event(record.SessionJoined{
			Invitation: i.ID, From: q.From, Key: grant.Thumbprint(q.Key), OS: q.System.OS, Arch: q.System.Arch, Version: q.System.Client,
			Requester: se.Requester, Technician: se.TechnicianName,
		}, record.Actor{Kind: record.Requester}))
	}
	token, issued, err := r.joinToken(tx, se, grant.Client, q.Key)
	return Joined{Session: se.ID, Technician: se.TechnicianName, Invitation: i.ID, Token: token}, append(events, issued), err
}

// mayRedeem tells why not, or nil.
func (r *Registry) mayRedeem(tx *store.Tx, i store.Invitation, se store.Session, key ed25519.PublicKey) *Refusal {
	switch {
	case se.ClientKey != nil && !bytes.Equal(se.ClientKey, key):
		return errUsed
	case se.ClientKey != nil && se.Phase == signaling.Ended:
		return errEnded
	case se.ClientKey != nil:
		return nil
	case !i.RevokedAt.IsZero():
		return errRevoked
	case !tx.Now().Before(i.ExpiresAt):
		return errExpired
	case se.Phase == signaling.Ended: // by the technician, who needs no link any more
		return errRevoked
	}
	return nil
}

// join changes both rows. Each change is conditional by itself: whatever else
// went wrong, one link brings one client.
func (r *Registry) join(tx *store.Tx, i store.Invitation, q Redeem) error {
	redeemed, err := tx.RedeemInvitation(i.ID)
	if err != nil {
		return err
	}
	joined, err := tx.Join(i.Session, q.Key, q.System, q.From)
	if err != nil {
		return err
	}
	if !redeemed || !joined {
		return fmt.Errorf("invitation %s and its session disagree", i.ID)
	}
	return nil
}
