package input

import (
	"context"
	"errors"
	"image"
	"log/slog"
	"sync"
	"time"

	"beside/client/internal/consent"
	"beside/signaling/control"
)

// Hands applies the technician's input. Run is its owner and must be running for
// the other methods to get through; after it has returned they do nothing.
type Hands struct {
	inj   Injector
	log   *slog.Logger
	acts  chan act    // all but moves; when it is full the sender waits, for none may be lost
	moves chan act    // the newest move only
	tasks chan func() // run by Run between two acts
	done  chan struct{}
	locks chan control.Locks // the newest state that was not taken yet

	mu     sync.Mutex
	epoch  uint64             // rises with Release; acts of an older one are dropped
	cancel context.CancelFunc // ends the act under way

	// Owned by Run.
	lease   *consent.Lease // nil while control is not granted
	gen     uint64         // the generation that granted control
	last    uint32         // highest count of a Move, Button or Wheel
	shown   image.Rectangle
	owing   bool // the injector may hold something
	failing bool // the last act failed, and the log says so

	locked *control.Locks // as they were told; nil: not since Use
}

type act struct {
	msg   control.Input
	epoch uint64
}

const (
	maxActs   = 64
	tidyEvery = 50 * time.Millisecond // within this a held right lets go of what is down
)

// NewHands makes Hands that use inj. Nothing happens before Run.
func NewHands(inj Injector, log *slog.Logger) *Hands {
	return &Hands{
		inj: inj, log: log,
		acts: make(chan act, maxActs), moves: make(chan act, 1),
		tasks: make(chan func()), done: make(chan struct{}), locks: make(chan control.Locks, 1),
	}
}

// Use is called when control was granted: input made under generation gen or a
// later one is applied with lease, until that is revoked.
func (h *Hands) Use(lease *consent.Lease, gen uint64) {
	h.post(func() { h.lease, h.gen, h.locked = lease, gen, nil })
}

// Show says which part of the desktop the technician sees, in its pixels.
func (h *Hands) Show(monitor image.Rectangle) {
	h.post(func() { h.shown = monitor })
}

// Handle takes one message of the technician, in the order of its channel. Of
// moves the newest wins; for the rest Handle waits while too many are under way.
func (h *Hands) Handle(msg control.Input) {
	h.mu.Lock()
	a := act{msg, h.epoch}
	h.mu.Unlock()
	if _, move := msg.(control.Move); !move {
		select {
		case h.acts <- a:
		case <-h.done:
		}
		return
	}
	for {
		select {
		case h.moves <- a:
			return
		default:
		}
		select {
		case <-h.moves:
		default:
		}
	}
}

// Release drops what is under way and lets go of everything. It is called when a
// channel or the peer is lost, when control starts to rest, and on Stop; when it
// returns nothing is down. The next connection counts its moves from anew.
func (h *Hands) Release() {
	h.mu.Lock()
	h.epoch++
	if h.cancel != nil {
		h.cancel()
	}
	h.mu.Unlock()
	h.post(func() {
		h.last = 0
		h.releaseAll()
	})
}

// post runs f on the owner and waits for it.
func (h *Hands) post(f func()) {
	ran := make(chan struct{})
	select {
	case h.tasks <- func() { f(); close(ran) }:
		<-ran
	case <-h.done:
	}
}

// Run applies input until ctx ends, and lets go of everything before it returns.
func (h *Hands) Run(ctx context.Context) {
	defer close(h.done)
	defer h.releaseAll()
	tidy := time.NewTicker(tidyEvery)
	defer tidy.Stop()
	locks := time.NewTicker(locksEvery)
	defer locks.Stop()
	ticking := true
	for {
		if h.owing != ticking {
			if ticking = h.owing; ticking {
				tidy.Reset(tidyEvery)
			} else {
				tidy.Stop()
			}
		}
		var revoked <-chan struct{}
		var look <-chan time.Time // no timer runs for a channel that nobody waits for
		if h.lease != nil {
			revoked, look = h.lease.Done(), locks.C
		}
		select {
		case <-ctx.Done():
			return
		case <-revoked:
			h.onRevoked()
		case f := <-h.tasks:
			f()
		case a := <-h.acts:
			h.onAct(ctx, a)
		case a := <-h.moves:
			h.onAct(ctx, a)
		case <-tidy.C:
			h.onTidy()
		case <-look:
			h.onLocks()
		}
	}
}

func (h *Hands) onAct(ctx context.Context, a act) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	h.mu.Lock()
	current := a.epoch == h.epoch
	h.cancel = cancel
	h.mu.Unlock()
	_, release := a.msg.(control.Release)
	switch {
	case !current:
	case release: // of whatever generation: letting go is never wrong
		h.releaseAll()
	case h.lease == nil || a.msg.Generation() < h.gen || h.stale(a.msg):
	default:
		h.onResult(h.inj.Inject(ctx, h.lease, h.shown, a.msg))
	}
}

// stale reports whether msg is a move that something newer overtook, or has no
// place to go to; it counts what is not.
func (h *Hands) stale(msg control.Input) bool {
	var n uint32
	switch m := msg.(type) {
	case control.Move:
		if m.N <= h.last {
			return true
		}
		n = m.N
	case control.Button:
		n = m.N
	case control.Wheel:
		n = m.N
	default:
		return false
	}
	h.last = max(h.last, n)
	return h.shown.Empty()
}

func (h *Hands) onResult(err error) {
	h.owing = true
	switch {
	case err == nil:
		h.failing = false
	case errors.Is(err, consent.ErrRevoked):
		h.onRevoked()
	case errors.Is(err, consent.ErrHeld):
		h.releaseAll()
	case errors.Is(err, ErrOwnWindow), errors.Is(err, context.Canceled):
	case !h.failing:
		h.failing = true
		h.log.Warn("input not injected", "error", err)
	}
}

func (h *Hands) onRevoked() {
	h.lease = nil
	h.releaseAll()
}

// onTidy notices that the right rests although no input comes, and lets the
// injector put things back.
func (h *Hands) onTidy() {
	if h.lease != nil && h.lease.Do(func() error { return nil }) != nil {
		h.releaseAll()
		return
	}
	h.owing = h.inj.Tidy()
}

func (h *Hands) releaseAll() {
	if !h.owing {
		return
	}
	if err := h.inj.ReleaseAll(); err != nil {
		h.log.Warn("keys and buttons may still be down", "error", err)
	}
	h.owing = h.inj.Tidy()
}
