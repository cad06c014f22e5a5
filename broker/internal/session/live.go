package session

import (
	"bytes"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
)

// live is a session that has at least one socket; Registry.mu guards it. A nil
// live has none.
type live struct {
	client, viewer, colleague *socket

	// At most one goroutine at a time tells the sides of a change, so that a
	// later state never overtakes an earlier one.
	telling, changed bool
}

// socket is one proven socket of one side.
type socket struct {
	conn    *signaling.Conn
	session string
	role    grant.Role
	epoch   string
	key     []byte        // of this side
	rate    *rate.Limiter // of its messages

	// Guarded by Registry.mu.
	welcomed bool // it may be sent things, and the other side sees it
	gone     bool // its place was taken or given up
	over     bool // its session has ended
	beats    *time.Timer

	relayed time.Time // when it was last given credentials of the relay; one beat at a time has it

	mu    sync.Mutex
	renew time.Time // when the viewer's next access token is due
}

func (l *live) side(role grant.Role) *socket {
	switch {
	case l == nil:
		return nil
	case role == grant.Client:
		return l.client
	case role == grant.Colleague:
		return l.colleague
	}
	return l.viewer
}

func (l *live) has(role grant.Role) bool { return l.side(role) != nil }

func (l *live) set(role grant.Role, s *socket) {
	switch role {
	case grant.Client:
		l.client = s
	case grant.Colleague:
		l.colleague = s
	default:
		l.viewer = s
	}
}

func (l *live) sockets() []*socket {
	var all []*socket
	for _, s := range []*socket{l.client, l.viewer, l.colleague} {
		if s != nil {
			all = append(all, s)
		}
	}
	return all
}

// epoch is that of a side as the other side is told it.
func (l *live) epoch(role grant.Role) string {
	if s := l.side(role); s != nil && s.welcomed {
		return s.epoch
	}
	return ""
}

// other is the side that a side sees.
func other(role grant.Role) grant.Role {
	if role == grant.Client {
		return grant.Viewer
	}
	return grant.Client
}

// receiver is the instance that a message of a side is for; nil when it is away. The
// client speaks to both technicians, they to the client alone.
func (l *live) receiver(from grant.Role, epoch string) *socket {
	sides := []grant.Role{grant.Client}
	if from == grant.Client {
		sides = []grant.Role{grant.Viewer, grant.Colleague}
	}
	for _, role := range sides {
		if s := l.side(role); s != nil && s.welcomed && !s.over && s.epoch == epoch {
			return s
		}
	}
	return nil
}

// attach gives a socket its place and returns the one that had it. It reports
// false when the Registry is closed.
func (r *Registry) attach(s *socket) (old *socket, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, false
	}
	l := r.live[s.session]
	if l == nil {
		l = &live{}
		r.live[s.session] = l
	}
	if old = l.side(s.role); old != nil {
		old.leave()
	}
	l.set(s.role, s)
	if s.role == grant.Client {
		delete(r.away, s.session)
	}
	return old, true
}

// detach takes a socket's place away, and reports whether it still had it.
func (r *Registry) detach(s *socket) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.gone {
		return false
	}
	s.leave()
	l := r.live[s.session]
	l.set(s.role, nil)
	if s.role == grant.Client {
		r.away[s.session] = time.Now()
	}
	if len(l.sockets()) == 0 {
		delete(r.live, s.session)
	}
	return true
}

// leave is called with Registry.mu held.
func (s *socket) leave() {
	s.gone = true
	if s.beats != nil {
		s.beats.Stop()
	}
}

// publish tells both sides of a session its state, in a goroutine of its own:
// a slow socket holds up nobody but its own session.
func (r *Registry) publish(session string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.live[session]
	if l == nil || r.closed {
		return
	}
	l.changed = true
	if l.telling {
		return
	}
	l.telling = true
	r.work.Go(func() {
		for r.tell(session, l) {
		}
	})
}

// tell sends the state as it is now; it reports whether there may be a newer one.
func (r *Registry) tell(session string, l *live) bool {
	r.mu.Lock()
	if !l.changed || r.closed {
		l.telling = false
		r.mu.Unlock()
		return false
	}
	l.changed = false
	r.mu.Unlock()

	se, err := r.row(session)
	if err != nil {
		r.log.Error("session not read", "session", session, "error", err)
		return true
	}
	if se.Phase == signaling.Ended && r.relay != nil {
		r.relay.End(session) // also when a welcome came between
	}
	for _, to := range r.audience(l, se.Phase) {
		_ = to.socket.conn.Write(signaling.StateChange{State: to.state(se)}) // a socket that is gone is noticed by its reader
		switch {
		case to.socket.role == grant.Client:
		case se.Phase == signaling.Ended, to.socket.uncalled(se):
			to.socket.conn.Fail(sessionEnded())
		default:
			r.renewAccess(to.socket, se)
		}
	}
	return true
}

// row reads a session as it is now.
func (r *Registry) row(session string) (se store.Session, err error) {
	err = r.store.View(r.ctx, func(v *store.View) error {
		se, err = v.Session(session)
		return err
	})
	return se, err
}

// uncalled reports whether the socket is that of a colleague whose link is good no more.
func (s *socket) uncalled(se store.Session) bool {
	return s.role == grant.Colleague && !bytes.Equal(s.key, se.Colleague.Key)
}

// listener is a socket and whom it sees at the other end.
type listener struct {
	socket    *socket
	peer      string
	colleague string // at the client: the epoch of the second technician's
}

func (l listener) state(se store.Session) signaling.State {
	st := signaling.State{Phase: se.Phase, Reason: se.Reason, Peer: l.peer}
	if l.colleague != "" && se.Colleague.Came() {
		st.Colleague = &signaling.Colleague{Peer: l.colleague, Technician: se.Colleague.Name}
	}
	return st
}

// sees is what a socket sees of the others. It is called with Registry.mu held.
func (l *live) sees(s *socket) listener {
	seen := listener{socket: s, peer: l.epoch(other(s.role))}
	if s.role == grant.Client {
		seen.colleague = l.epoch(grant.Colleague)
	}
	return seen
}

// audience lists who is to be told of a phase. The client of a session that is
// over may bring its last events before its socket closes.
func (r *Registry) audience(l *live, phase signaling.Phase) []listener {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []listener
	for _, s := range l.sockets() {
		if !s.welcomed {
			continue
		}
		if phase == signaling.Ended && !s.over {
			s.over = true
			s.beats.Reset(endGrace)
		}
		all = append(all, l.sees(s))
	}
	return all
}

func sessionEnded() *signaling.Error {
	return signaling.Errorf(signaling.SessionEnded, "This session is over.")
}
