package auth

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits say how many attempts a minute are let through, and at once.
type Limits struct{ PerAddress, Global int }

// maxKeys bounds the memory of a counter.
const maxKeys = 10_000

// forgetEvery bounds the work that a flood of names can cause.
const forgetEvery = time.Minute

// Throttle slows down whoever tries too often: per address (IPv6: per /64,
// which one subscriber owns whole) and for all together.
type Throttle struct {
	global    *rate.Limiter
	addresses *counter[netip.Prefix]
}

// NewThrottle returns a throttle with all attempts unused.
func NewThrottle(l Limits) *Throttle {
	return &Throttle{global: perMinute(l.Global), addresses: newCounter[netip.Prefix](l.PerAddress)}
}

func perMinute(n int) *rate.Limiter { return rate.NewLimiter(rate.Limit(float64(n)/60), n) }

// Take takes one attempt of an address. It returns 0, or how long to wait for
// the next when none is left.
func (t *Throttle) Take(from netip.Addr) time.Duration {
	from = from.Unmap()
	bits := from.BitLen()
	if from.Is6() {
		bits = 64
	}
	key, err := from.Prefix(bits)
	limiter := t.addresses.rest // of who has no address at all
	if err == nil {
		limiter = t.addresses.of(key)
	}
	if wait := take1(limiter); wait > 0 {
		return wait
	}
	return take1(t.global)
}

// Allow is Take for who needs no more than yes or no.
func (t *Throttle) Allow(from netip.Addr) bool { return t.Take(from) == 0 }

// take1 takes one attempt, or returns how long until there is one.
func take1(l *rate.Limiter) time.Duration {
	r := l.Reserve()
	wait := r.Delay()
	if wait > 0 {
		r.Cancel()
	}
	return wait
}

// Accounts slows down whoever tries too often to be one account, whether there
// is such an account or not.
type Accounts struct{ names *counter[string] }

// NewAccounts lets n attempts a minute be made for each account.
func NewAccounts(n int) *Accounts { return &Accounts{newCounter[string](n)} }

// Take is Throttle.Take for the account with an address.
func (a *Accounts) Take(email string) time.Duration { return take1(a.names.of(email)) }

// counter counts attempts by key.
type counter[K comparable] struct {
	limit int           // attempts a minute
	rest  *rate.Limiter // shared by the keys that no longer have a place

	mu     sync.Mutex
	keys   map[K]*rate.Limiter
	forgot time.Time // when forget last went through them
}

func newCounter[K comparable](limit int) *counter[K] {
	return &counter[K]{limit: limit, rest: perMinute(limit), keys: make(map[K]*rate.Limiter)}
}

func (c *counter[K]) of(key K) *rate.Limiter {
	c.mu.Lock()
	defer c.mu.Unlock()
	l, ok := c.keys[key]
	if ok {
		return l
	}
	if len(c.keys) >= maxKeys && time.Since(c.forgot) >= forgetEvery {
		c.forget()
		c.forgot = time.Now()
	}
	if len(c.keys) >= maxKeys {
		return c.rest
	}
	l = perMinute(c.limit)
	c.keys[key] = l
	return l
}

// forget drops the keys that have all their attempts back. The caller holds mu.
func (c *counter[K]) forget() {
	for key, l := range c.keys {
		if l.Tokens() >= float64(c.limit) {
			delete(c.keys, key)
		}
	}
}
