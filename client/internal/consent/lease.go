package consent

import (
	"errors"
	"time"

	"beside/signaling/grant"
)

// Errors that Lease.Do returns instead of running its function.
var (
	// ErrRevoked: the right is gone for good, taken back or lapsed; whoever holds
	// the Lease stops.
	ErrRevoked = errors.New("right revoked")
	// ErrHeld: the right exists but rests (paused, or a consent window is open).
	ErrHeld = errors.New("right held back for now")
)

// A Lease is the proof of a live right to one scope, needed by everything that
// captures the screen or injects input. Only a Gate makes one; it dies when the
// right is revoked and never comes back to life: a new grant gives a new Lease.
type Lease struct {
	gate  *Gate
	scope grant.Scope
	gen   uint64
	done  <-chan struct{}
}

// Do runs f, the system call that uses the right, under the lock that a
// revocation takes: after Gate.Revoke has returned, no f runs and none will.
// f must be short and must not call the Gate. Do returns ErrRevoked or ErrHeld
// without running f, else what f returned.
func (l *Lease) Do(f func() error) error {
	l.gate.mu.RLock()
	defer l.gate.mu.RUnlock()
	switch {
	case l.gate.gens[l.scope] != l.gen, l.gate.lapsed(time.Now()):
		return ErrRevoked
	case l.gate.held[l.scope] > 0:
		return ErrHeld
	}
	return f()
}

// Done is closed when the right is revoked.
func (l *Lease) Done() <-chan struct{} { return l.done }

// Scope is the right that the Lease proves.
func (l *Lease) Scope() grant.Scope { return l.scope }

// Generation is that of the grant that made the right live: input made under an
// earlier one is not for this Lease.
func (l *Lease) Generation() uint64 { return l.gen }
