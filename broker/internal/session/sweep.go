package session

import (
	"context"
	"fmt"
	"time"

	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/grant"
	"beside/signaling/record"
)

const (
	maxSweep   = 30 * time.Second // between two looks for clients that are gone
	maxUnended = 100_000          // sessions that one broker looks after
)

// sweep ends sessions whose client stays away, seals those that are over, and
// drops keys that are no longer believed, until ctx ends.
func (r *Registry) sweep(ctx context.Context) {
	tick := time.NewTicker(min(maxSweep, r.config.LostAfter/4+1))
	defer tick.Stop()
	for {
		r.forgetKeys()
		if err := r.sweepOnce(ctx); err != nil && ctx.Err() == nil {
			r.log.Error("look for lost clients", "error", err) // the next round tries again
		}
		if err := r.sealOnce(ctx, time.Now()); err != nil && ctx.Err() == nil {
			r.log.Error("seal sessions", "error", err) // the next round tries again
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (r *Registry) sweepOnce(ctx context.Context) error {
	var unended []store.Session
	if err := r.store.View(ctx, func(v *store.View) (err error) {
		unended, err = v.Sessions(store.SessionFilter{Unended: true}, maxUnended)
		return err
	}); err != nil {
		return err
	}
	for _, id := range r.lost(unended, time.Now()) {
		if err := r.journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
			se, err := tx.Session(id)
			if err != nil {
				return nil, err
			}
			return end(tx, se, signaling.LostClient, record.Actor{Kind: record.Broker})
		}); err != nil {
			return fmt.Errorf("end session %s: %w", id, err)
		}
		r.log.Info("session ended", "session", id, "reason", signaling.LostClient)
	}
	return nil
}

// lost notes which clients are away, and returns the sessions of those that
// have been for too long. A broker that has just started gives each of them the
// whole time to come back.
func (r *Registry) lost(unended []store.Session, now time.Time) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	away := make(map[string]time.Time)
	var lost []string
	for _, se := range unended {
		if se.Phase == signaling.Invited || r.live[se.ID].has(grant.Client) {
			continue
		}
		since, ok := r.away[se.ID]
		if !ok {
			since = now
		}
		away[se.ID] = since
		if now.Sub(since) >= r.config.LostAfter {
			lost = append(lost, se.ID)
		}
	}
	r.away = away
	return lost
}
