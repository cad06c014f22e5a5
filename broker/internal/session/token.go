package session

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"time"

	"beside/broker/internal/desk"
	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
	"beside/signaling/record"
)

const (
	// proofWindow is how far the clock of an end may be off.
	proofWindow = 2 * time.Minute
	// afterEnd is how long the client of an ended session may still bring the
	// events that it had kept.
	afterEnd = 10 * time.Minute
	// tokenLeeway is how long after its end a token could still be believed.
	tokenLeeway = time.Minute
)

// offered is the most that any viewer may do. What one may do now is decided by
// the requester, at the client.
var offered = grant.SetOf(
	grant.View, grant.Control, grant.ClipboardSend, grant.ClipboardFetch, grant.FilesSend, grant.FilesFetch,
	grant.Facts, grant.Point,
)

// Policy is what an access token may name: what there is, less what the
// administrator's policy leaves out. It never adds a right.
func Policy(v *store.View) (grant.Set, error) {
	p, set, err := v.Policy()
	if err != nil || !set {
		return offered, err
	}
	return offered.Narrow(p.Scopes), nil
}

// SetPolicy narrows what clients may be asked for, inside a transaction of the
// caller's. Every live viewer is given a token with that at once, and clients
// take back what it no longer names.
func SetPolicy(tx *store.Tx, scopes grant.Set, by record.Actor) ([]record.Event, error) {
	now, err := Policy(&tx.View)
	if err != nil {
		return nil, err
	}
	if !offered.ContainsAll(scopes) {
		return nil, &desk.Problem{Field: "scopes", Text: "a policy only narrows: choose among " + offered.String()}
	}
	if scopes == now {
		return nil, nil
	}
	e := record.New(record.PolicyChanged{Scopes: scopes.String()}, record.ByBroker, by)
	return []record.Event{e}, tx.SetPolicy(scopes)
}

// Offered is what there is, for who chooses a policy.
func Offered() grant.Set { return offered }

// TokenRequest is one side that wants to open a socket.
type TokenRequest struct {
	Session string
	Role    grant.Role
	Key     ed25519.PublicKey
	Time    time.Time
	Proof   []byte // by Key over grant.TokenStatement
	// Technician is the account that is signed in, for the viewer's and a colleague's side.
	Technician string
	From       string // truncated address
}

// Token gives a side of a session a join token. The first key of the viewer's
// side is fixed by it.
func (r *Registry) Token(ctx context.Context, q TokenRequest) (string, error) {
	if off := time.Since(q.Time); off > proofWindow || off < -proofWindow {
		return "", errProof
	}
	if len(q.Key) != ed25519.PublicKeySize || !ed25519.Verify(q.Key, grant.TokenStatement(q.Role, q.Session, q.Time), q.Proof) {
		return "", errProof
	}
	var token string
	var no *Refusal
	err := r.journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		se, err := tx.Session(q.Session)
		if err != nil {
			return nil, err
		}
		if no, err = mayHaveToken(tx, se, q); err != nil {
			return nil, err
		}
		if no != nil {
			data := record.TokenRefused{Role: string(q.Role), Reason: no.Code, From: q.From}
			return []record.Event{denied(data, record.Actor{Kind: record.Stranger}, se.ID)}, nil
		}
		came, err := claim(tx, &se, q)
		if err != nil {
			return nil, err
		}
		var issued record.Event
		token, issued, err = r.joinToken(tx, se, q.Role, q.Key)
		return append(came, issued), err
	})
	if err != nil {
		return "", fmt.Errorf("token for session: %w", err)
	}
	if no != nil {
		return "", no
	}
	return token, nil
}

func mayHaveToken(tx *store.Tx, se store.Session, q TokenRequest) (*Refusal, error) {
	over := se.Phase == signaling.Ended
	if q.Role == grant.Client {
		switch {
		case !bytes.Equal(se.ClientKey, q.Key):
			return errKey, nil
		case over && tx.Now().Sub(se.EndedAt) > afterEnd:
			return errEnded, nil
		}
		return nil, nil
	}
	if q.Role == grant.Colleague {
		return mayLookOn(tx, se, q), nil
	}
	switch {
	case se.Technician != q.Technician:
		return errOwner, nil
	case over:
		return errEnded, nil
	}
	ours, err := tx.SetViewerKey(se.ID, q.Key)
	if err != nil || ours {
		return nil, err
	}
	return errKey, nil
}

// joinToken signs a token that opens one socket, and returns its event.
func (r *Registry) joinToken(tx *store.Tx, se store.Session, role grant.Role, key ed25519.PublicKey) (string, record.Event, error) {
	return r.sign(se, grant.Token{Type: grant.JoinToken, Role: role, Expires: tx.Now().Truncate(time.Second).Add(grant.JoinLife)}, key)
}

// accessToken signs a viewer's next access token, and returns its event. A colleague
// is given what they can be allowed at most: to look on.
func (r *Registry) accessToken(se store.Session, role grant.Role) (string, record.Event, error) {
	now := time.Now().Truncate(time.Second)
	var scopes grant.Set
	if err := r.store.View(r.ctx, func(v *store.View) (err error) {
		if scopes, err = Policy(v); err == nil {
			scopes, err = withRecording(v, scopes)
		}
		return err
	}); err != nil {
		return "", record.Event{}, fmt.Errorf("policy: %w", err)
	}
	if role == grant.Colleague {
		scopes = scopes.Narrow(looksOn)
	}
	return r.sign(se, grant.Token{Type: grant.AccessToken, Role: role, Scopes: scopes, Issued: now, Expires: now.Add(grant.MaxAccessLife)}, keyOf(se, role))
}

func (r *Registry) sign(se store.Session, t grant.Token, key ed25519.PublicKey) (string, record.Event, error) {
	t.Session, t.Holder, t.Subject = se.ID, grant.Thumbprint(key), "client:"+se.ID
	switch t.Role {
	case grant.Viewer:
		t.Subject = "technician:" + se.Technician
	case grant.Colleague:
		t.Subject = "technician:" + se.Colleague.Technician
	}
	signed, t, err := r.ring.Load().issuer.Sign(t)
	if err != nil {
		return "", record.Event{}, err
	}
	return signed, se.Event(record.TokenIssued{
		Role: string(t.Role), Type: string(t.Type), TokenID: t.ID, Scope: t.Scopes.String(), Expires: t.Expires.UTC(),
	}, record.Actor{Kind: record.Broker}), nil
}
