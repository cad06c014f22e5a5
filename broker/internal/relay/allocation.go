package relay

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"time"

	"github.com/pion/turn/v5"

	"beside/signaling/grant"
)

const (
	queuePackets = 256 // waiting for one end; a packet that finds it full is dropped, as networks do

	firstPort = 16384
	ports     = 1<<16 - firstPort
)

// errRefused ends a request that the relay does not serve.
var errRefused = errors.New("not served by this relay")

// allocation is the net.PacketConn of one relayed address. It implements no
// socket: WriteTo hands packets to another allocation, ReadFrom returns what
// others handed to this one.
type allocation struct {
	relay   *Relay
	session *session
	role    grant.Role
	user    string
	addr    netip.AddrPort // its relayed address

	queue chan packet
	done  chan struct{}

	// Guarded by Relay.mu.
	holder  string // transport address of the end that holds it, once it is served
	used    time.Time
	dropped bool
}

type packet struct {
	data []byte
	from netip.AddrPort
}

// allocate makes an allocation for a user that admit let in.
func (r *Relay) allocate(user string) (*allocation, error) {
	c, ok := parseUsername(user)
	if !ok {
		return nil, errRefused
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.sessions[c.session]
	if !ok || r.closed {
		return nil, errRefused
	}
	port, ok := r.freePort()
	if !ok {
		return nil, errors.New("no relayed address is free")
	}
	a := &allocation{
		relay: r, session: s, role: c.role, user: user, addr: netip.AddrPortFrom(r.addr, port),
		queue: make(chan packet, queuePackets), done: make(chan struct{}), used: time.Now(),
	}
	r.readers.Add(1) // the server reads what it is given, until the error
	r.allocations[port] = a
	s.sides[c.role].allocations = append(s.sides[c.role].allocations, a)
	return a, nil
}

// freePort is called locked.
func (r *Relay) freePort() (uint16, bool) {
	for range 64 {
		// #nosec G404 -- the port is a name, told to both ends: each packet is checked
		port := uint16(firstPort + rand.IntN(ports))
		if r.allocations[port] == nil {
			return port, true
		}
	}
	return 0, false
}

// serve notes that the server begins to read an allocation for the end at src.
func (r *Relay) serve(src, relayed net.Addr) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.allocations[portOf(relayed).Port()]
	if a == nil { // its session ended meanwhile; the server finds it closed
		return
	}
	a.holder = src.String()
	r.tell(Event{Session: a.session.id, Role: a.role})
}

// permit lets an end ask for packets of relayed addresses only; which of them
// may send is decided for each packet. Every end asks for the other's own
// addresses too when it looks for a path: that is refused, and worth an event
// only where no end could ever be.
func (r *Relay) permit(src net.Addr, peer net.IP) bool {
	ip, ok := netip.AddrFromSlice(peer)
	if ip = ip.Unmap(); ok && ip == r.addr {
		return true
	}
	if ok && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() && !ip.IsUnspecified() && !ip.IsMulticast() {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.allocations {
		if a.holder == src.String() {
			r.deny(a.session, a.role, DeniedPeer)
		}
	}
	return false
}

// WriteTo hands p to the allocation at addr, or drops it. It never blocks.
func (a *allocation) WriteTo(p []byte, addr net.Addr) (int, error) {
	r := a.relay
	r.mu.Lock()
	defer r.mu.Unlock()
	if a.dropped {
		return 0, net.ErrClosed
	}
	a.used = time.Now()
	s := a.session
	at := portOf(addr)
	to := r.allocations[at.Port()]
	switch {
	case to == nil, to.session == s && !meet(to.role, a.role): // gone since, or not for each other: dropped, as networks do
	case to.addr != at || to.session != s:
		r.deny(s, a.role, DeniedPeer)
	case s.sent+int64(len(p)) > r.config.Volume:
		r.deny(s, a.role, DeniedVolume)
	case s.rate.AllowN(a.used, len(p)):
		s.sent += int64(len(p))
		select {
		case to.queue <- packet{bytes.Clone(p), a.addr}:
		default:
		}
	}
	return len(p), nil
}

// meet reports whether two sides of one session have something to say to each other:
// one of them is the client.
func meet(a, b grant.Role) bool { return a != b && (a == grant.Client || b == grant.Client) }

// ReadFrom returns the next packet that the other side sent here. The server
// calls it from the one goroutine that serves the allocation.
func (a *allocation) ReadFrom(p []byte) (int, net.Addr, error) {
	select {
	case <-a.done: // also when packets wait
		return a.ended()
	default:
	}
	select {
	case k := <-a.queue:
		return copy(p, k.data), net.UDPAddrFromAddrPort(k.from), nil
	case <-a.done:
		return a.ended()
	}
}

// ended is the error after which the server reads no more.
func (a *allocation) ended() (int, net.Addr, error) {
	a.relay.readers.Done()
	return 0, nil, net.ErrClosed
}

// Close implements net.PacketConn: the server calls it when the allocation's
// time is over or its end let it go.
func (a *allocation) Close() error {
	a.relay.mu.Lock()
	defer a.relay.mu.Unlock()
	a.drop()
	return nil
}

// drop ends the allocation. It is called locked.
func (a *allocation) drop() {
	if a.dropped {
		return
	}
	a.dropped = true
	delete(a.relay.allocations, a.addr.Port())
	si := a.session.sides[a.role]
	kept := make([]*allocation, 0, maxAllocations)
	for _, b := range si.allocations {
		if b != a {
			kept = append(kept, b)
		}
	}
	si.allocations = kept
	close(a.done)
}

// LocalAddr implements net.PacketConn.
func (a *allocation) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(a.addr) }

// SetDeadline, SetReadDeadline and SetWriteDeadline implement net.PacketConn;
// the server does not call them.
func (a *allocation) SetDeadline(time.Time) error      { return errRefused }
func (a *allocation) SetReadDeadline(time.Time) error  { return errRefused }
func (a *allocation) SetWriteDeadline(time.Time) error { return errRefused }

// portOf is the address and port of a UDP address, IPv4 as such.
func portOf(addr net.Addr) netip.AddrPort {
	udp, ok := addr.(*net.UDPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := udp.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// generator gives the server its allocations.
type generator struct{ relay *Relay }

// Validate implements turn.RelayAddressGenerator.
func (generator) Validate() error { return nil }

// AllocatePacketConn implements turn.RelayAddressGenerator. Chosen and even
// ports (RFC 8656 §7.2) are not served.
func (g generator) AllocatePacketConn(c turn.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	if v4 := c.Network == "udp4"; v4 != g.relay.addr.Is4() || c.UserID == "" || c.RequestedPort != 0 {
		return nil, nil, errRefused
	}
	a, err := g.relay.allocate(c.UserID)
	if err != nil {
		return nil, nil, err
	}
	return a, a.LocalAddr(), nil
}

// AllocateListener implements turn.RelayAddressGenerator: no TCP (RFC 6062).
func (generator) AllocateListener(turn.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errRefused
}

// AllocateConn implements turn.RelayAddressGenerator: no TCP (RFC 6062).
func (generator) AllocateConn(turn.AllocateConnConfig) (net.Conn, error) { return nil, errRefused }
