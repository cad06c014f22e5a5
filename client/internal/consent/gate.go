// Package consent is the final judge of what this machine shows and accepts.
//
// The Gate holds the rights that the requester granted; everything that
// captures or injects needs one of its Leases. It imports the scopes and knows
// nothing of sessions, peers or windows. No message can widen what it holds:
// only Allow does, and only the answer of a consent window calls it.
package consent

import (
	"sync"
	"time"

	"beside/signaling/grant"
)

const (
	// DefaultTerm is how long rights live when nobody chose.
	DefaultTerm = time.Hour
	// MaxTerm bounds every choice: no grant lives longer without a new answer.
	MaxTerm = 4 * time.Hour
)

// Gate is the table of granted rights. Its zero value is not usable; see NewGate.
type Gate struct {
	mu    sync.RWMutex
	last  uint64                        // generation given last; never reused
	gens  map[grant.Scope]uint64        // live rights and the generation that granted each
	lost  map[grant.Scope]uint64        // rights that went, and the generation that took each
	held  map[grant.Scope]int           // rights that rest: how many reasons each has
	dones map[grant.Scope]chan struct{} // closed when the right goes

	until  time.Time // when all rights lapse; past it no Lease runs, whoever notices first
	closed bool      // nothing is granted any more
}

// NewGate returns a Gate that has granted nothing.
func NewGate() *Gate {
	return &Gate{
		gens:  make(map[grant.Scope]uint64),
		lost:  make(map[grant.Scope]uint64),
		held:  make(map[grant.Scope]int),
		dones: make(map[grant.Scope]chan struct{}),
	}
}

// Allow adds the requester's choice to what is granted, all of it for the
// default term from now, and returns the new generation. Rights already live
// keep their Leases.
func (g *Gate) Allow(scopes grant.Set) uint64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	g.lapse(now)
	return g.allow(scopes, now.Add(DefaultTerm))
}

// allowAt is Allow until a time, if the new generation is the given one: a grant
// that was signed for it does not come into force when rights changed in between.
func (g *Gate) allowAt(scopes grant.Set, gen uint64, now, until time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lapse(now)
	if g.closed || g.last+1 != gen {
		return false
	}
	g.allow(scopes, until)
	return true
}

// allow runs with mu held.
func (g *Gate) allow(scopes grant.Set, until time.Time) uint64 {
	if g.closed {
		return g.last
	}
	g.last++
	g.until = until
	for _, sc := range scopes.Scopes() {
		if _, live := g.gens[sc]; live {
			continue
		}
		g.gens[sc] = g.last
		g.dones[sc] = make(chan struct{})
	}
	return g.last
}

// Shut takes all rights back and lets none be granted again: the session is
// over, whatever answer was under way.
func (g *Gate) Shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	g.revoke(g.granted())
}

// Lapse takes all rights back when their time is up, and returns them. A Lease
// refuses from that moment on by itself; Lapse is how the others learn of it.
func (g *Gate) Lapse(now time.Time) grant.Set {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.lapse(now)
}

// lapse runs with mu held.
func (g *Gate) lapse(now time.Time) (gone grant.Set) {
	if len(g.gens) == 0 || !g.lapsed(now) {
		return grant.Set{}
	}
	gone = g.granted()
	g.revoke(gone)
	return gone
}

// lapsed also asks the clock on the wall: the other one stands still while a
// computer sleeps. It runs with mu held.
func (g *Gate) lapsed(now time.Time) bool {
	return !now.Before(g.until) || !now.Round(0).Before(g.until.Round(0))
}

// Until is when all that is granted lapses; the zero time when nothing is.
func (g *Gate) Until() time.Time {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if len(g.gens) == 0 {
		return time.Time{}
	}
	return g.until
}

// Revoke takes rights back. When it returns, no call that used one is running
// and none will start. It returns the new generation.
func (g *Gate) Revoke(scopes grant.Set) uint64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.revoke(scopes)
}

// revoke runs with mu held.
func (g *Gate) revoke(scopes grant.Set) uint64 {
	g.last++
	for _, sc := range scopes.Scopes() {
		if _, live := g.gens[sc]; live {
			delete(g.gens, sc)
			g.lost[sc] = g.last
			close(g.dones[sc])
			delete(g.dones, sc)
		}
	}
	return g.last
}

// Hold makes rights rest until the returned function is called (once or more).
// Holds add up: a right runs again when every reason is gone.
func (g *Gate) Hold(scopes grant.Set) (release func()) {
	g.add(scopes, 1)
	var once sync.Once
	return func() { once.Do(func() { g.add(scopes, -1) }) }
}

func (g *Gate) add(scopes grant.Set, n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, sc := range scopes.Scopes() {
		g.held[sc] += n
	}
}

// Lease returns the proof of a live right, or false when it is not granted.
func (g *Gate) Lease(sc grant.Scope) (*Lease, bool) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	gen, live := g.gens[sc]
	if !live || g.lapsed(time.Now()) {
		return nil, false
	}
	return &Lease{gate: g, scope: sc, gen: gen, done: g.dones[sc]}, true
}

// Granted returns the live rights and the latest generation.
func (g *Gate) Granted() (grant.Set, uint64) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.granted(), g.last
}

// granted runs with mu held.
func (g *Gate) granted() (s grant.Set) {
	for sc := range g.gens {
		s = s.Union(grant.SetOf(sc))
	}
	return s
}
