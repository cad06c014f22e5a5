package session

import (
	"net/netip"
	"sync"

	"beside/signaling"
)

// maxPending is how many sockets of one address may be unproven at a time.
const maxPending = 50

// Place is a place among the unproven sockets of an address.
type Place struct {
	registry *Registry
	key      netip.Prefix
	from     string
	once     sync.Once
}

// Reserve takes a place for a socket that is about to open, and reports whether
// there was one.
func (r *Registry) Reserve(from netip.Addr, truncated string) (*Place, bool) {
	from = from.Unmap()
	bits := from.BitLen()
	if from.Is6() {
		bits = 64 // one subscriber owns it whole
	}
	key, _ := from.Prefix(bits) // the zero Prefix for no address
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || r.pending[key] >= maxPending {
		return nil, false
	}
	r.pending[key]++
	return &Place{registry: r, key: key, from: truncated}, true
}

// Release gives the place back. Only the first call counts.
func (p *Place) Release() {
	p.once.Do(func() {
		r := p.registry
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.unproven, p)
		if r.pending[p.key]--; r.pending[p.key] == 0 {
			delete(r.pending, p.key)
		}
	})
}

// Serve takes over a socket that was opened for the place, to the given host,
// and returns at once.
func (p *Place) Serve(conn *signaling.Conn, host string) {
	if !p.registry.start(func() { p.registry.serve(conn, host, p) }) {
		p.Release()
		conn.Fail(goingAway())
	}
}

// hold lets Close reach a socket that has proven nothing yet.
func (p *Place) hold(conn *signaling.Conn) {
	r := p.registry
	r.mu.Lock()
	closed := r.closed
	r.unproven[p] = conn
	r.mu.Unlock()
	if closed {
		conn.Fail(goingAway())
	}
}
