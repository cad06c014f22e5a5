package session

import (
	"context"
	"crypto/ed25519"
	"errors"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"beside/broker/internal/effect"
	"beside/broker/internal/journal"
	"beside/broker/internal/store"
	"beside/signaling"
	"beside/signaling/ledger"
	"beside/signaling/record"
)

const (
	// settled is when a session that both ends have signed is sealed: what its
	// sockets still cause has happened by then.
	settled = 3 * endGrace
	// maxSeals bounds the sessions of one round.
	maxSeals = 200
	// maxSessionLeaves bounds the events of one session: the client's, and ours.
	maxSessionLeaves = 4 * maxEvents
)

var (
	errNotOver = &Refusal{"session_not_over", "This session is not over. Sign it when it has ended."}
	errSeal    = &Refusal{"seal_refused", "This is not a signature of the session's events by its technician's key."}
)

// Story is how many events a session has and the RFC 6962 root of their leaves.
type Story struct {
	Events int64
	Root   tlog.Hash
}

func storyOf(v *store.View, session string) (Story, error) {
	leaves, err := v.Leaves(session, 0, maxSessionLeaves)
	if err != nil {
		return Story{}, err
	}
	hashes := make([]tlog.Hash, len(leaves))
	for i, l := range leaves {
		hashes[i] = ledger.LeafHash(l.Bytes)
	}
	return Story{int64(len(hashes)), ledger.Root(hashes)}, nil
}

// Story is what the session's technician signs once it is over.
func (r *Registry) Story(ctx context.Context, session, technician string) (s Story, err error) {
	err = r.store.View(ctx, func(v *store.View) error {
		se, err := v.Session(session)
		switch {
		case err != nil:
			return err
		case se.Technician != technician:
			return errOwner
		case se.Phase != signaling.Ended:
			return errNotOver
		}
		s, err = storyOf(v, session)
		return err
	})
	return s, err
}

// Countersign records that the technician's side signed a Story. One of before
// that has grown since is as good: the log shows what came later. Once is enough.
func (r *Registry) Countersign(ctx context.Context, session, technician string, s Story, signature []byte) error {
	return r.act(ctx, session, technician, func(tx *store.Tx, se store.Session) ([]record.Event, error) {
		if se.Phase != signaling.Ended {
			return nil, errNotOver
		}
		kinds, err := tx.SessionKinds(session)
		if err != nil || kinds[record.KindCountersigned] {
			return nil, err
		}
		if len(se.ViewerKey) != ed25519.PublicKeySize || !ed25519.Verify(se.ViewerKey, record.SealStatement(session, s.Events, s.Root[:]), signature) {
			return nil, errSeal
		}
		if ok, err := begins(tx, session, s); err != nil || !ok {
			return nil, errors.Join(err, errSeal)
		}
		return []record.Event{se.Event(record.Countersigned{
			Events: s.Events, Root: s.Root[:], Key: se.ViewerKey, Signature: signature,
		}, record.Actor{Kind: record.Technician, ID: technician})}, nil
	})
}

// begins reports whether the session's events begin with those of s.
func begins(v *store.Tx, session string, s Story) (bool, error) {
	if s.Events < 1 || s.Events > maxSessionLeaves {
		return false, nil
	}
	leaves, err := v.Leaves(session, 0, int(s.Events))
	if err != nil || int64(len(leaves)) != s.Events {
		return false, err
	}
	hashes := make([]tlog.Hash, len(leaves))
	for i, l := range leaves {
		hashes[i] = ledger.LeafHash(l.Bytes)
	}
	return ledger.Root(hashes) == s.Root, nil
}

// sealOnce closes the record of sessions that are over: at once when both ends
// have signed, else when the time in which they could is up. Then it says what
// is missing.
func (r *Registry) sealOnce(ctx context.Context, now time.Time) error {
	var over []store.Session
	if err := r.store.View(ctx, func(v *store.View) (err error) {
		over, err = v.Unsealed(now.Add(-min(settled, r.config.LostAfter)), maxSeals)
		return err
	}); err != nil {
		return err
	}
	for _, se := range over {
		if err := r.journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
			return seal(tx, se, now.Sub(se.EndedAt) >= r.config.LostAfter)
		}); err != nil {
			return err
		}
	}
	return r.deriveEffects(ctx)
}

// deriveEffects derives what came of sessions whose record is closed: see package
// effect.
func (r *Registry) deriveEffects(ctx context.Context) error {
	var without []string
	if err := r.store.View(ctx, func(v *store.View) (err error) {
		without, err = v.WithoutEffects(maxSeals)
		return err
	}); err != nil {
		return err
	}
	for _, id := range without {
		if err := r.journal.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
			events, err := journal.EventsOf(&tx.View, id, 0, maxSessionLeaves)
			if err != nil {
				return nil, err
			}
			found := effect.Of(events)
			names := make([]string, len(found))
			for i, e := range found {
				names[i] = string(e)
			}
			return nil, tx.SetEffects(id, names)
		}); err != nil {
			return err
		}
	}
	return nil
}

// seal returns nothing while something may still come.
func seal(tx *store.Tx, se store.Session, late bool) ([]record.Event, error) {
	kinds, err := tx.SessionKinds(se.ID)
	if err != nil {
		return nil, err
	}
	data := record.SessionSealed{Client: kinds[record.KindClientSealed], Technician: kinds[record.KindCountersigned]}
	if !late && !(data.Client && data.Technician) {
		return nil, nil
	}
	sealed, err := tx.Seal(se.ID)
	if err != nil || !sealed {
		return nil, err
	}
	s, err := storyOf(&tx.View, se.ID)
	data.Events, data.Root = s.Events, s.Root[:]
	return []record.Event{se.Event(data, record.Actor{Kind: record.Broker})}, err
}
