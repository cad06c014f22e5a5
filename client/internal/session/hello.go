package session

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"time"

	"beside/signaling"
	"beside/signaling/control"
	"beside/signaling/grant"
	"beside/signaling/invite"
	"beside/signaling/record"
)

// refreshEvery is how often an unknown token may make us read the broker's keys.
const refreshEvery = 10 * time.Second

// greet sends our message 0 and starts to wait for theirs.
func (s *session) greet(r *road) {
	if r.greeted {
		return
	}
	own, viewer, err := r.peer.Fingerprints()
	if err != nil {
		s.log.Warn("connection to somebody else", "error", err)
		s.verifyFailed("fingerprint")
		return
	}
	r.greeted, r.viewer = true, viewer
	s.tellViewer(r, control.HelloClient{
		Proof: s.binding(own, viewer).ClientProof(s.cfg.Secret),
		Key:   s.key.Public().(ed25519.PublicKey),
	})
	r.timers = append(r.timers, s.after(s.cfg.Times.Hello, func() {
		// A connection that is silent is lost, and nobody lied.
		if r.link.road == r && !r.verified.Load() && !r.lost && !s.words.open(r) {
			s.verifyFailed("timeout")
		}
	}))
}

func (s *session) binding(own, viewer invite.Fingerprint) invite.Binding {
	return invite.Binding{Session: s.id, Client: own, Viewer: viewer}
}

// onHello checks the viewer's message 0: the key that the link names signed this
// very connection, and the broker says that its holder is this session's viewer.
// A spoken code names no key: then the words say who it is.
func (s *session) onHello(r *road, m control.HelloViewer) {
	if s.greet(r); !r.greeted || r.hello {
		s.violation("hello")
		return
	}
	r.hello = true
	own, viewer, err := r.peer.Fingerprints()
	if err == nil {
		err = s.checkProof(s.binding(own, viewer), m)
	}
	if err != nil {
		s.log.Warn("message 0 refused", "error", err)
		s.verifyFailed("binding")
		return
	}
	r.holder = grant.Thumbprint(m.Key)
	s.checkToken(r, m.Token, func(t grant.Token, err error) {
		if err != nil {
			s.log.Warn("access token refused", "error", err)
			s.verifyFailed("token")
			return
		}
		if s.cfg.Spoken && s.words.known != r.viewer {
			s.compare(r, t)
			return
		}
		s.onVerified(r, t)
	})
}

func (s *session) checkProof(b invite.Binding, m control.HelloViewer) error {
	if s.cfg.Spoken {
		return b.CheckSigned(m.Key, m.Proof)
	}
	return b.CheckViewer(s.cfg.Key, m.Key, m.Proof)
}

// onVerified takes the viewer on: rights that name it stay, all others go.
func (s *session) onVerified(r *road, t grant.Token) {
	r.verified.Store(true)
	s.record(record.PeerVerified{Viewer: hex.EncodeToString(r.viewer[:]), Path: r.peer.Path(), Key: r.holder})
	if gone := s.holder.Take(r.viewer); !gone.Empty() {
		s.revoked(gone, control.ByTechnician)
	}
	s.story.arrived()
	s.useToken(r, t)
	if s.panicGone == nil && s.cfg.Devices.PanicKey != nil {
		s.tellViewer(r, control.Notice{Code: control.NoPanicKey})
	}
	s.tellColleague()
	s.apply()
	s.retell(r)
}

// verifyFailed ends the session: somebody stands between, or plays technician.
func (s *session) verifyFailed(reason string) {
	if s.isOver() {
		return
	}
	s.gate.Shut()
	s.record(record.VerifyFailed{Reason: reason})
	s.finish(signaling.NotVerified, false)
}

// checkToken verifies an access token and calls then, later when the broker's
// keys must be read anew first.
func (s *session) checkToken(r *road, signed string, then func(grant.Token, error)) {
	t, err := s.verify(r, signed)
	if err == nil || time.Since(s.refreshed) < refreshEvery {
		then(t, err)
		return
	}
	s.refreshed = time.Now()
	s.go_(func() {
		ctx, cancel := context.WithTimeout(r.ctx, callTimeout)
		defer cancel()
		keys, failed := s.api.signingKeys(ctx)
		s.post(func() {
			if r.link.road != r {
				return
			}
			if failed == nil {
				s.keys = keys
			}
			then(s.verify(r, signed))
		})
	})
}

// verify checks that a token was made for this viewer in this session.
func (s *session) verify(r *road, signed string) (grant.Token, error) {
	keys, err := s.keys.PublicKeys()
	if err != nil {
		return grant.Token{}, err
	}
	t, err := grant.NewVerifier(s.api.issuer(), keys...).At(s.api.clock.now).Verify(signed, grant.AccessToken)
	switch {
	case err != nil:
		return grant.Token{}, err
	case t.Session != s.id || t.Role != r.role || t.Holder != r.holder:
		return grant.Token{}, fmt.Errorf("%w: made for somebody else", grant.ErrToken)
	}
	return t, nil
}

// onToken takes a renewal.
func (s *session) onToken(r *road, m control.Token) {
	s.checkToken(r, m.Token, func(t grant.Token, err error) {
		switch {
		case err == nil:
			s.useToken(r, t)
			s.apply()
		case !r.complain:
			r.complain = true // once: the token that it has runs out by itself
			s.log.Warn("renewal refused", "error", err)
			s.record(record.VerifyFailed{Reason: "token"})
		}
	})
}

// useToken narrows rights to what the token still holds and waits for its end.
func (s *session) useToken(r *road, t grant.Token) {
	for _, timer := range r.expiry {
		timer.Stop()
	}
	r.token, r.expired = t, false
	s.holds.token.release()
	granted, _ := s.gate.Granted()
	if gone := s.recordings.withRest(granted.Without(t.Scopes)).Narrow(granted); !gone.Empty() {
		s.gate.Revoke(gone)
		s.revoked(gone, control.ByToken)
	}
	left := t.Expires.Sub(s.api.clock.now())
	r.expiry = []*time.Timer{
		s.after(left, func() { s.onExpired(r, t) }),
		s.after(left+s.cfg.Times.ViewAfter, func() {
			if r.link.road == r && r.expired {
				s.finish(signaling.LostToken, false)
			}
		}),
	}
}

// onExpired makes control rest at once: nobody vouches for this viewer any more.
func (s *session) onExpired(r *road, t grant.Token) {
	if r.link.road != r || r.token.ID != t.ID {
		return
	}
	r.expired = true
	s.holds.token.hold(vouched, s.gate)
	s.releaseHands()
	s.apply()
}
