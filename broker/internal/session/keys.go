package session

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"beside/broker/internal/journal"
	"beside/broker/internal/store"
	"beside/signaling/grant"
	"beside/signaling/record"
)

const (
	// KeyLife is how long a key signs before the broker turns to the next.
	KeyLife = 30 * 24 * time.Hour
	// KeyRest is how long a key verifies after that: as long as the longest
	// token that it signed, and an hour for clocks that are off.
	KeyRest = grant.MaxAccessLife + time.Hour
)

// keyring is the keys at one time. It is immutable.
type keyring struct {
	stale    time.Time // when one of them is believed no more; zero: not yet known
	issuer   *grant.Issuer
	verifier *grant.Verifier
	public   grant.JWKSet
}

// newKeyring reads the keys. The next one is published already: whoever knows
// the set needs no new one when it begins to sign.
func newKeyring(issuer string, kept []store.SigningKey, now time.Time) (*keyring, error) {
	var public []ed25519.PublicKey
	ring := &keyring{}
	for _, k := range kept {
		if len(k.Seed) != ed25519.SeedSize {
			return nil, fmt.Errorf("signing key %s is damaged", k.ID)
		}
		if !k.RetiredAt.IsZero() {
			over := k.RetiredAt.Add(KeyRest)
			if !now.Before(over) {
				continue
			}
			if ring.stale.IsZero() || over.Before(ring.stale) {
				ring.stale = over
			}
		}
		key := ed25519.NewKeyFromSeed(k.Seed)
		if k.Signs() && ring.issuer == nil {
			ring.issuer = grant.NewIssuer(issuer, key)
		}
		public = append(public, key.Public().(ed25519.PublicKey))
	}
	if ring.issuer == nil {
		return nil, errors.New("no signing key is in use")
	}
	ring.verifier, ring.public = grant.NewVerifier(issuer, public...), grant.NewJWKSet(public...)
	return ring, nil
}

// readKeys reads the keys, making those that are missing.
func readKeys(ctx context.Context, s *store.Store, issuer string) (ring *keyring, err error) {
	err = s.Update(ctx, func(tx *store.Tx) error {
		kept, err := tx.SigningKeys()
		if err != nil {
			return err
		}
		signs, next := false, false
		for _, k := range kept {
			signs, next = signs || k.Signs(), next || k.Next()
		}
		if !signs {
			if err := insertKey(tx, tx.Now()); err != nil {
				return err
			}
		}
		if !next {
			if err := insertKey(tx, time.Time{}); err != nil {
				return err
			}
		}
		if kept, err = tx.SigningKeys(); err != nil {
			return err
		}
		ring, err = newKeyring(issuer, kept, tx.Now())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("signing keys: %w", err)
	}
	return ring, nil
}

func insertKey(tx *store.Tx, activated time.Time) error {
	public, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return fmt.Errorf("make signing key: %w", err)
	}
	return tx.InsertSigningKey(store.SigningKey{ID: grant.Thumbprint(public), Seed: key.Seed(), ActivatedAt: activated})
}

// Rotate turns to the next key, inside a transaction of the caller's: it signs
// from now on, the one before verifies for KeyRest, and there is a new next one.
// Every Registry learns of it from the event.
func Rotate(tx *store.Tx, by record.Actor) ([]record.Event, error) {
	kept, err := tx.SigningKeys()
	if err != nil {
		return nil, err
	}
	data := record.KeyRotated{}
	for _, k := range kept {
		switch {
		case k.Next():
			data.Key = k.ID
			err = tx.ActivateSigningKey(k.ID)
		case k.Signs():
			data.Before = k.ID
			err = tx.RetireSigningKey(k.ID)
		}
		if err != nil {
			return nil, err
		}
	}
	if data.Key == "" {
		return nil, errors.New("rotate: there is no next key; start the broker once")
	}
	return []record.Event{record.New(data, record.ByBroker, by)}, insertKey(tx, time.Time{})
}

// RotateDue turns to the next key when the present one has signed for KeyLife.
func RotateDue(ctx context.Context, j *journal.Journal) error {
	return j.Update(ctx, func(tx *store.Tx) ([]record.Event, error) {
		kept, err := tx.SigningKeys()
		if err != nil {
			return nil, err
		}
		for _, k := range kept {
			if k.Signs() && tx.Now().Sub(k.ActivatedAt) >= KeyLife {
				return Rotate(tx, record.Actor{Kind: record.Broker})
			}
		}
		return nil, nil
	})
}

// onKeys takes the keys as they are now.
func (r *Registry) onKeys() {
	ring, err := readKeys(r.ctx, r.store, r.config.Issuer)
	if err != nil {
		r.log.Error("keys not read", "error", err) // those of before go on
		return
	}
	r.ring.Store(ring)
	r.renewAll()
}

// forgetKeys drops the keys whose rest is over.
func (r *Registry) forgetKeys() {
	if stale := r.ring.Load().stale; !stale.IsZero() && !time.Now().Before(stale) {
		r.onKeys()
	}
}

// renewAll gives every viewer a fresh access token: by the key that signs now,
// with what the policy leaves now.
func (r *Registry) renewAll() {
	r.mu.Lock()
	var sessions []string
	for id, l := range r.live {
		for _, s := range []*socket{l.viewer, l.colleague} {
			if s != nil {
				s.renewNow()
				sessions = append(sessions, id)
			}
		}
	}
	r.mu.Unlock()
	for _, id := range sessions {
		r.publish(id)
	}
}

// Keys is the key set by which anybody can verify the broker's tokens.
func (r *Registry) Keys() grant.JWKSet { return r.ring.Load().public }
