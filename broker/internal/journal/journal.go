// Package journal is the one writer of audit events. A change and its events
// reach the database in one transaction: Update takes a function that returns
// both, and the store refuses a change that comes without an event.
//
// Sequence numbers have no gaps, also when several processes write, because the
// one writing transaction assigns them. After each commit everybody who watches
// is woken and reads on from where they were: nothing is queued, so nothing can
// be dropped. Commits of other processes are noticed by Run.
//
// The journal keeps the leaves' exact bytes and never encodes them again.
package journal

import (
	"context"
	"fmt"
	"sync"
	"time"

	"beside/broker/internal/store"
	"beside/signaling/record"
)

// pollInterval is how often Run looks for events of other processes.
const pollInterval = 500 * time.Millisecond

// Journal writes and reads events. It is safe for use by many goroutines.
type Journal struct {
	store *store.Store

	mu      sync.Mutex
	watches map[*Watch]struct{}
}

// New returns the journal of a store.
func New(s *store.Store) *Journal {
	return &Journal{store: s, watches: make(map[*Watch]struct{})}
}

// Update runs change in one writing transaction and appends the events that it
// returns, then commits: all of it or nothing. It returns change's error as it
// is. A change that altered an audited row and returns no event is refused with
// store.ErrUnrecorded.
//
// To record a refusal and still tell the caller of it, return the event and a
// nil error, and keep the refusal in a variable outside.
func (j *Journal) Update(ctx context.Context, change func(*store.Tx) ([]record.Event, error)) error {
	recorded := false
	err := j.store.Update(ctx, func(tx *store.Tx) error {
		events, err := change(tx)
		if err != nil {
			return err
		}
		for _, e := range events {
			if _, err := tx.Append(e); err != nil {
				return err
			}
		}
		recorded = len(events) > 0
		return nil
	})
	if err == nil && recorded {
		j.wake()
	}
	return err
}

// Note records events that come without a change of their own.
func (j *Journal) Note(ctx context.Context, events ...record.Event) error {
	err := j.store.Note(ctx, events...)
	if err == nil && len(events) > 0 {
		j.wake()
	}
	return err
}

// Run wakes watchers when another process has written. It returns when ctx ends.
func (j *Journal) Run(ctx context.Context) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	var last int64
	for {
		err := j.store.View(ctx, func(v *store.View) error {
			seq, err := v.LastSeq()
			if err == nil && seq != last {
				last = seq
				j.wake()
			}
			return err
		})
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("look for new events: %w", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// Watch tells that there may be new events. Close it after use.
type Watch struct {
	C       <-chan struct{} // holds at most one: read everything after your cursor
	wake    chan struct{}
	journal *Journal
}

// Watch begins to watch.
func (j *Journal) Watch() *Watch {
	c := make(chan struct{}, 1)
	w := &Watch{C: c, wake: c, journal: j}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.watches[w] = struct{}{}
	return w
}

// Close ends the watch.
func (w *Watch) Close() {
	w.journal.mu.Lock()
	defer w.journal.mu.Unlock()
	delete(w.journal.watches, w)
}

func (j *Journal) wake() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for w := range j.watches {
		select {
		case w.wake <- struct{}{}:
		default: // already woken
		}
	}
}
