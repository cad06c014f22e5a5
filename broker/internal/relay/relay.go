// Package relay is the STUN and TURN server (RFC 8489, RFC 8656) inside the
// broker, on one UDP port. It carries what two ends of one session cannot send
// each other directly, and nothing else.
//
// An allocation here has no socket of its own. Its relayed address is a name: a
// packet to it is handed, in memory, to the allocation of that name when both
// belong to the same live session, on opposite sides. So no packet that an end
// sends can reach the network, this machine or another session, whatever
// address it carries; addresses are compared whole, with their port, for each
// packet in both directions.
//
// A Relay owns its socket, its goroutines and the table of sessions and
// allocations. Whoever owns the sessions calls Servers for each end that
// arrives and End when a session is over; End also ends its allocations.
package relay

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/pion/turn/v5"

	"beside/signaling"
	"beside/signaling/grant"
)

const (
	// CredentialLife is how long credentials may be used to allocate. What is
	// allocated may be refreshed for as long as the session lives.
	CredentialLife = 10 * time.Minute

	realm     = "beside"
	readBytes = 1 << 20 // the socket's receive buffer: 0.4 s of one session at its full rate
)

// Config says where a Relay listens and how it tells of itself.
type Config struct {
	// Listen is the UDP address to listen on, ":3478".
	Listen string
	// Fallback is where to listen when another program has Listen; empty: nowhere.
	Fallback string
	// Host is what ends reach it by, a name or an address without a port. A
	// Port of 0 is the one that Listen was given.
	Host string
	Port int
	// Address names the allocations. Nothing is bound to it. The zero value is
	// Host, if that is an address, else one reserved for documentation
	// (RFC 5737), which no end can reach directly.
	Address netip.Addr
	// Life is how long credentials may allocate, at most and by default CredentialLife.
	Life time.Duration
	// Volume is how many bytes a session may send, at most and by default 4 GiB.
	Volume int64
	// Events is told what was allocated and refused, one event at a time, from
	// a goroutine of the Relay.
	Events func(Event)
	Log    *slog.Logger
}

// Event is something to be recorded of a session.
type Event struct {
	Session string
	Role    grant.Role
	Denied  Denial // empty: an address was allocated
}

// Denial is why the relay refused to serve or forward.
type Denial string

// The denials. Each is reported once for each side of a session.
const (
	DeniedPeer   Denial = "peer"   // towards another session, or an address that no end can have
	DeniedQuota  Denial = "quota"  // more allocations than a side may have
	DeniedVolume Denial = "volume" // more bytes than a session may send
)

// Relay is a running server.
type Relay struct {
	config Config
	addr   netip.Addr // of every relayed address
	port   int        // that ends are told
	key    [32]byte   // of the credentials; a new process has a new one
	server *turn.Server
	conn   *socket

	readers  sync.WaitGroup // one for each allocation that the server reads
	wake     chan struct{}  // holds one: there are events
	reported chan struct{}  // closed when every event has been handed on

	mu          sync.Mutex
	closed      bool
	events      []Event // to be handed on; at maxEvents nothing more is allocated
	sessions    map[string]*session
	allocations map[uint16]*allocation // by the port of their relayed address
}

// New listens. The caller closes the Relay.
func New(c Config) (*Relay, error) {
	if c.Life <= 0 || c.Life > CredentialLife {
		c.Life = CredentialLife
	}
	if c.Volume <= 0 || c.Volume > maxVolume {
		c.Volume = maxVolume
	}
	r := &Relay{
		config: c, addr: c.Address, port: c.Port, wake: make(chan struct{}, 1), reported: make(chan struct{}),
		sessions: make(map[string]*session), allocations: make(map[uint16]*allocation),
	}
	if !r.addr.IsValid() {
		r.addr = netip.AddrFrom4([4]byte{192, 0, 2, 1})
		if host, err := netip.ParseAddr(c.Host); err == nil {
			r.addr = host
		}
	}
	r.addr = r.addr.Unmap()
	rand.Read(r.key[:]) //nolint:errcheck // never fails, crypto/rand
	conn, err := new(net.ListenConfig).ListenPacket(context.Background(), "udp", c.Listen)
	if errors.Is(err, syscall.EADDRINUSE) && c.Fallback != "" {
		c.Log.Warn("relay on a free port: the usual one is taken; choose another with --listen-relay", "address", c.Listen)
		conn, err = new(net.ListenConfig).ListenPacket(context.Background(), "udp", c.Fallback)
	}
	if err != nil {
		return nil, fmt.Errorf("listen for STUN and TURN: %w", err)
	}
	if udp, ok := conn.(*net.UDPConn); ok {
		_ = udp.SetReadBuffer(readBytes) // the system's default serves too
		if r.port == 0 {
			r.port = udp.LocalAddr().(*net.UDPAddr).Port
		}
	}
	r.conn = &socket{PacketConn: conn, gone: make(chan struct{})}
	if r.server, err = turn.NewServer(r.serverConfig()); err != nil {
		return nil, errors.Join(fmt.Errorf("start TURN: %w", err), conn.Close())
	}
	go r.report()
	return r, nil
}

func (r *Relay) serverConfig() turn.ServerConfig {
	return turn.ServerConfig{
		Realm:         realm,
		LoggerFactory: loggers{r.config.Log},
		AuthHandler:   r.authenticate,
		QuotaHandler:  func(user, _ string, _ net.Addr) bool { return r.admit(user) },
		EventHandler: turn.EventHandler{
			OnAllocationCreated: func(src, _ net.Addr, _, _, _ string, relayed net.Addr, _ int) { r.serve(src, relayed) },
		},
		// An end that does not ask for a family gets that of the one address.
		StrictAddressFamily: r.addr.Is4(),
		PacketConnConfigs: []turn.PacketConnConfig{{
			PacketConn: r.conn, RelayAddressGenerator: generator{r}, PermissionHandler: r.permit,
		}},
	}
}

// Life is how long credentials may allocate.
func (r *Relay) Life() time.Duration { return r.config.Life }

// LocalAddr is where the Relay listens.
func (r *Relay) LocalAddr() net.Addr { return r.conn.LocalAddr() }

// Close stops serving and waits until nothing of the Relay runs any more and
// every event has been handed on.
func (r *Relay) Close() error {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil
	}
	r.closed = true
	r.mu.Unlock()
	err := r.server.Close()
	<-r.conn.gone // nothing is allocated after this
	r.mu.Lock()
	for _, a := range r.allocations {
		a.drop()
	}
	r.mu.Unlock()
	r.readers.Wait()
	close(r.wake)
	<-r.reported
	if err != nil {
		return fmt.Errorf("close relay: %w", err)
	}
	return nil
}

// maxEvents bounds the events that wait: denials are few by themselves.
const maxEvents = 4096

// tell adds an event to be handed on. It is called locked.
func (r *Relay) tell(e Event) {
	r.events = append(r.events, e)
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *Relay) report() {
	defer close(r.reported)
	for open := true; open; {
		_, open = <-r.wake
		r.mu.Lock()
		events := r.events
		r.events = nil
		r.mu.Unlock()
		for _, e := range events {
			if r.config.Events != nil {
				r.config.Events(e)
			}
		}
	}
}

// Servers returns what one end needs to gather candidates, and makes the
// session one that is served. Epoch is the instance of that side: what an
// earlier instance allocated ends, since nobody is there to use it.
func (r *Relay) Servers(sessionID string, role grant.Role, epoch string) []signaling.ICEServer {
	r.mu.Lock()
	s, ok := r.sessions[sessionID]
	if !ok {
		s = newSession(sessionID)
		r.sessions[sessionID] = s
	}
	if side := s.sides[role]; side.epoch != epoch {
		side.epoch = epoch
		for _, a := range side.allocations {
			a.drop()
		}
	}
	r.mu.Unlock()

	user := username(time.Now().Add(r.config.Life), sessionID, role)
	at := net.JoinHostPort(r.config.Host, fmt.Sprint(r.port))
	return []signaling.ICEServer{
		{URLs: []string{"stun:" + at}},
		{URLs: []string{"turn:" + at + "?transport=udp"}, Username: user, Credential: r.password(user)},
	}
}

// End stops serving a session.
func (r *Relay) End(sessionID string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.sessions[sessionID]
	if !ok {
		return
	}
	delete(r.sessions, sessionID)
	for _, side := range s.sides {
		for _, a := range side.allocations {
			a.drop()
		}
	}
}

// socket tells when the server has stopped to read from it.
type socket struct {
	net.PacketConn
	once sync.Once
	gone chan struct{}
}

// ReadFrom implements net.PacketConn.
func (s *socket) ReadFrom(p []byte) (int, net.Addr, error) {
	n, addr, err := s.PacketConn.ReadFrom(p)
	if err != nil {
		s.once.Do(func() { close(s.gone) })
	}
	return n, addr, err
}
