// Package session runs the sessions: redeem, tokens, the sockets of both sides
// and what passes between them, and each change of phase.
//
// The Registry owns what is alive in this process: the sockets by session and
// side, and since when a client has been away. Everything else is the
// database's row, and every change of it comes with its event in one
// transaction. So a broker that is started anew goes on where the last one
// stopped: the ends come back with fresh tokens, and what they had not seen
// acknowledged they send again.
//
// The package never keeps or looks into what the two ends say to each other,
// cannot widen what a requester allows, and knows nothing of HTTP: package
// entry is its door.
package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"beside/broker/internal/journal"
	"beside/broker/internal/relay"
	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/record"
)

// LostAfter is how long a session waits for a client that is away.
const LostAfter = 10 * time.Minute

// Config is what a Registry is made of.
type Config struct {
	Issuer       string   // the broker's public address, as tokens name it
	Hosts        []string // host or host:port by which ends may reach the broker
	Organisation string
	Store        *store.Store
	Journal      *journal.Journal
	Relay        *relay.Config // nil: no STUN and TURN. Its Events are the Registry's
	Log          *slog.Logger
	LostAfter    time.Duration // 0: LostAfter
}

// Registry is safe for use by many goroutines.
type Registry struct {
	config  Config
	store   *store.Store
	journal *journal.Journal
	log     *slog.Logger
	relay   *relay.Relay // nil: none
	ring    atomic.Pointer[keyring]

	ctx    context.Context // of everything that a socket causes; ends in Close
	cancel context.CancelFunc
	work   sync.WaitGroup // of all goroutines; nothing is added once closed is set

	mu       sync.Mutex
	closed   bool
	live     map[string]*live           // sessions that have a socket
	away     map[string]time.Time       // since when a session's client has been away
	pending  map[netip.Prefix]int       // how many places an address has taken
	unproven map[*Place]*signaling.Conn // their sockets, once they are open
}

// New reads the signing keys, making the first one, and starts the relay. The
// caller calls Run, and Close at the end.
func New(ctx context.Context, c Config) (*Registry, error) {
	if c.Issuer == "" || len(c.Hosts) == 0 {
		return nil, errors.New("sessions need the broker's public address")
	}
	if c.LostAfter == 0 {
		c.LostAfter = LostAfter
	}
	ring, err := readKeys(ctx, c.Store, c.Issuer)
	if err != nil {
		return nil, err
	}
	r := &Registry{
		config: c, store: c.Store, journal: c.Journal, log: c.Log,
		live: make(map[string]*live), away: make(map[string]time.Time),
		pending: make(map[netip.Prefix]int), unproven: make(map[*Place]*signaling.Conn),
	}
	r.ring.Store(ring)
	r.ctx, r.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if c.Relay != nil {
		config := *c.Relay
		config.Events = r.onRelay
		if r.relay, err = relay.New(config); err != nil {
			r.cancel()
			return nil, err
		}
	}
	return r, nil
}

// Host reports whether ends may reach the broker as host.
func (r *Registry) Host(host string) bool { return slices.Contains(r.config.Hosts, host) }

// Run tells the sockets of what others commit, and ends sessions whose client
// stays away. It returns when ctx ends.
func (r *Registry) Run(ctx context.Context) error {
	after, err := r.journal.LastSeq(ctx)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("follow the log: %w", err)
	}
	r.onKeys() // they may have turned since New
	var swept sync.WaitGroup
	defer swept.Wait()
	swept.Go(func() { r.sweep(ctx) })
	err = r.journal.Follow(ctx, after, func(l store.Leaf) error {
		e, err := record.ParseLeaf(l.Bytes)
		if err != nil {
			return fmt.Errorf("event %d: %w", l.Seq, err)
		}
		r.onCommitted(e)
		return nil
	})
	if err != nil {
		return fmt.Errorf("follow the log: %w", err)
	}
	return nil
}

// onCommitted tells both sides of a session that its phase may have changed,
// and all of them of new keys and another policy.
func (r *Registry) onCommitted(e record.Event) {
	switch {
	case e.Kind == record.KindKeyRotated:
		r.onKeys()
		return
	case e.Kind == record.KindPolicyChanged, e.Kind == record.KindRecordingPolicyChanged, e.Kind == record.KindAuditorsPublished:
		r.renewAll()
		return
	case e.Session == "":
		return
	case e.Kind == record.KindSessionEnded:
		if r.relay != nil {
			r.relay.End(e.Session)
		}
	case e.Kind == record.KindSessionJoined, e.Kind == record.KindSessionAccepted, e.Kind == record.KindColleagueCalled, e.Kind.FromClient():
	default:
		return
	}
	r.publish(e.Session)
}

// onRelay records what the relay did.
func (r *Registry) onRelay(e relay.Event) {
	event := record.New(record.RelayAllocated{Role: string(e.Role)}, record.ByBroker, record.Actor{Kind: record.Broker})
	if e.Denied != "" {
		event = record.New(record.RelayDenied{Role: string(e.Role), Reason: string(e.Denied)}, record.ByBroker, record.Actor{Kind: record.Broker})
		event.Outcome = record.Denied
	}
	event.Session = e.Session
	r.note(event)
}

// note records events whose change is in no row.
func (r *Registry) note(events ...record.Event) {
	if err := r.journal.Note(r.ctx, events...); err != nil {
		r.log.Error("event not recorded", "kind", events[0].Kind, "session", events[0].Session, "error", err)
	}
}

// Close tells every socket that the broker goes away and waits until nothing
// of the Registry runs any more. Run must have returned.
func (r *Registry) Close() error {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil
	}
	r.closed = true
	conns := slices.Collect(maps.Values(r.unproven))
	for _, l := range r.live {
		for _, s := range l.sockets() {
			conns = append(conns, s.conn)
		}
	}
	r.mu.Unlock()
	var told sync.WaitGroup
	for _, c := range conns {
		told.Go(func() { c.Fail(goingAway()) })
	}
	told.Wait()
	var err error
	if r.relay != nil {
		err = r.relay.Close()
	}
	r.work.Wait()
	r.cancel()
	return err
}

// start runs f in a goroutine that Close waits for; it reports false when the
// Registry is closed already.
func (r *Registry) start(f func()) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.work.Go(f)
	return true
}
