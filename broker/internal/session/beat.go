package session

import (
	"time"

	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
)

// endGrace is how long the client's socket outlives its session.
const endGrace = 10 * time.Second

// startBeats lets a socket be seen, and beats on it until it is gone. It
// reports false when it is gone already.
func (r *Registry) startBeats(s *socket) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.gone || r.closed {
		return false
	}
	s.welcomed = true
	s.relayed = time.Now()
	s.beats = time.AfterFunc(r.beatEvery(), func() { r.start(func() { r.beat(s) }) })
	return true
}

// beat is one beat. There is a goroutine only while it is being sent.
func (r *Registry) beat(s *socket) {
	r.mu.Lock()
	over := s.over
	r.mu.Unlock()
	if over {
		s.conn.Fail(sessionEnded())
		return
	}
	if s.conn.Ping() != nil || s.conn.Write(signaling.Beat{Time: time.Now().UTC().Truncate(time.Millisecond)}) != nil || !r.renewRelay(s) {
		s.conn.Close() // its reader notices
		return
	}
	if s.role != grant.Client && s.due(false) {
		se, err := r.row(s.session)
		switch {
		case err != nil:
		case s.uncalled(se):
			s.conn.Fail(sessionEnded())
			return
		default:
			r.renewAccess(s, se)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !s.gone && !s.over {
		s.beats.Reset(r.beatEvery())
	}
}

// beatEvery is the time between two beats. Credentials of the relay that live
// shortly are renewed in time.
func (r *Registry) beatEvery() time.Duration {
	if r.relay == nil {
		return signaling.BeatInterval
	}
	return min(signaling.BeatInterval, r.relay.Life()/4)
}

// renewRelay gives an end its next credentials of the relay at half of the life
// of those before. It reports whether the socket is still there. Only beat
// calls it.
func (r *Registry) renewRelay(s *socket) bool {
	if r.relay == nil || time.Since(s.relayed) < r.relay.Life()/2 {
		return true
	}
	s.relayed = time.Now()
	return s.conn.Write(signaling.Relay{ICE: r.relay.Servers(s.session, s.role, s.epoch)}) == nil
}

// mayBeShown lists the phases in which a viewer holds an access token: from
// when the technician has accepted who joined.
func mayBeShown(p signaling.Phase) bool {
	return p == signaling.Asking || p == signaling.Live || p == signaling.Paused
}

// due reports whether the next access token is due. Whoever claims it gives it.
func (s *socket) due(claim bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().Before(s.renew) {
		return false
	}
	if claim {
		s.renew = time.Now().Add(grant.MaxAccessLife / 2)
	}
	return true
}

// renewNow makes the next access token due.
func (s *socket) renewNow() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.renew = time.Time{}
}

// renewAccess gives a viewer its next access token when it is due: at first,
// and then at half of each one's life.
func (r *Registry) renewAccess(s *socket, se store.Session) {
	if !mayBeShown(se.Phase) || !s.due(true) {
		return
	}
	token, issued, err := r.accessToken(se, s.role)
	if err == nil {
		err = r.journal.Note(r.ctx, issued)
	}
	if err == nil {
		_ = s.conn.Write(signaling.Access{Token: token}) // a socket that is gone is noticed by its reader
		return
	}
	r.log.Error("access token not issued", "session", s.session, "error", err)
	s.renewNow() // the next beat tries again
}
