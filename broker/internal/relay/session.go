package relay

import (
	"net"
	"time"

	"golang.org/x/time/rate"

	"beside/signaling/grant"
)

const (
	maxAllocations = 2                // of one side of a session at a time, to one other
	maxVolume      = 4 << 30          // bytes that a session may send, both sides together
	maxRate        = 20_000_000 / 8   // bytes in a second, both sides together
	maxBurst       = maxRate / 5      // 0.2 s
	idleAfter      = 10 * time.Second // consent (RFC 7675) is asked for every 5 s on what is in use
)

// session is what the relay knows of one session; Relay.mu guards it.
type session struct {
	id    string
	sides map[grant.Role]*side
	rate  *rate.Limiter
	sent  int64
}

// side is one side of a session.
type side struct {
	epoch       string
	allocations []*allocation // oldest first
	tries       *rate.Limiter // of allocations
	denied      map[Denial]bool
}

func newSession(id string) *session {
	s := &session{id: id, sides: make(map[grant.Role]*side, 3), rate: rate.NewLimiter(maxRate, maxBurst)}
	for _, role := range []grant.Role{grant.Client, grant.Viewer, grant.Colleague} {
		s.sides[role] = &side{tries: rate.NewLimiter(1, 16), denied: make(map[Denial]bool)}
	}
	return s
}

// holds reports whether the side has an allocation made by that user from
// that address.
func (si *side) holds(user string, from net.Addr) bool {
	for _, a := range si.allocations {
		if a.user == user && a.holder == from.String() {
			return true
		}
	}
	return false
}

// admit decides about one more allocation. A side that restarts ICE holds old
// ones for a while: the one that has been idle longest makes room.
func (r *Relay) admit(user string) bool {
	c, _ := parseUsername(user) // authenticate did before
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.sessions[c.session]
	if !ok || len(r.events) >= maxEvents {
		return false
	}
	si := s.sides[c.role]
	if !si.tries.Allow() {
		r.deny(s, c.role, DeniedQuota)
		return false
	}
	if len(si.allocations) < s.bound(c.role) {
		return true
	}
	oldest := si.allocations[0]
	for _, a := range si.allocations {
		if a.used.Before(oldest.used) {
			oldest = a
		}
	}
	if time.Since(oldest.used) < idleAfter {
		r.deny(s, c.role, DeniedQuota)
		return false
	}
	oldest.drop()
	return true
}

// bound is how many allocations a side may hold: with a colleague there the client has
// two sides to reach.
func (s *session) bound(role grant.Role) int {
	if role == grant.Client && s.sides[grant.Colleague].epoch != "" {
		return 2 * maxAllocations
	}
	return maxAllocations
}

// deny reports a refusal, the first of its kind. It is called locked.
func (r *Relay) deny(s *session, role grant.Role, why Denial) {
	if si := s.sides[role]; !si.denied[why] {
		si.denied[why] = true
		r.tell(Event{Session: s.id, Role: role, Denied: why})
	}
}
