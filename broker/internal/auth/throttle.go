package auth

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits say how many attempts a minute are let through, and at once.
type Limits struct{ PerAddress, Global int }

// maxAddresses bounds the memory of a Throttle.
const maxAddresses = 10_000

// forgetEvery bounds the work that a flood of addresses can cause.
const forgetEvery = time.Minute

// Throttle slows down whoever tries too often: per address (IPv6: per /64,
// which one subscriber owns whole) and for all together.
type Throttle struct {
	limits Limits
	global *rate.Limiter
	rest   *rate.Limiter // shared by the addresses that no longer have a place

	mu        sync.Mutex
	addresses map[netip.Prefix]*rate.Limiter
	forgot    time.Time // when forget last went through them
}

// NewThrottle returns a throttle with all attempts unused.
func NewThrottle(l Limits) *Throttle {
	return &Throttle{limits: l, global: perMinute(l.Global), rest: perMinute(l.PerAddress), addresses: make(map[netip.Prefix]*rate.Limiter)}
}

func perMinute(n int) *rate.Limiter { return rate.NewLimiter(rate.Limit(float64(n)/60), n) }

// Allow takes one attempt of an address and reports whether it had one left.
func (t *Throttle) Allow(from netip.Addr) bool {
	return t.of(from).Allow() && t.global.Allow()
}

func (t *Throttle) of(from netip.Addr) *rate.Limiter {
	from = from.Unmap()
	bits := from.BitLen()
	if from.Is6() {
		bits = 64
	}
	key, err := from.Prefix(bits)
	if err != nil { // no address at all
		return t.rest
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	l, ok := t.addresses[key]
	if ok {
		return l
	}
	if len(t.addresses) >= maxAddresses && time.Since(t.forgot) >= forgetEvery {
		t.forget()
		t.forgot = time.Now()
	}
	if len(t.addresses) >= maxAddresses {
		return t.rest
	}
	l = perMinute(t.limits.PerAddress)
	t.addresses[key] = l
	return l
}

// forget drops the addresses that have all their attempts back. The caller
// holds mu.
func (t *Throttle) forget() {
	for key, l := range t.addresses {
		if l.Tokens() >= float64(t.limits.PerAddress) {
			delete(t.addresses, key)
		}
	}
}
