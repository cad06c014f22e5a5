package store

import (
	"errors"
	"fmt"
	"time"
)

// UseToken spends the id of a token that is good for one use; it reports false
// when the id was spent before. It is not audited.
func (t *Tx) UseToken(id string, expires time.Time) (bool, error) {
	_, err := t.exec(`INSERT INTO used_token (id, expires_at) VALUES ($1, $2)`, id, millis(expires))
	if errors.Is(err, ErrTaken) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("use token: %w", err)
	}
	return true, nil
}

// SigningKey signs the broker's tokens. Seed is the Ed25519 private key's.
type SigningKey struct {
	ID          string // RFC 7638 thumbprint
	Seed        []byte
	CreatedAt   time.Time
	ActivatedAt time.Time // zero: not yet
	RetiredAt   time.Time // zero: not yet
}

// Signs reports whether the key is in use.
func (k SigningKey) Signs() bool { return !k.ActivatedAt.IsZero() && k.RetiredAt.IsZero() }

// Next reports whether the key's turn is still to come.
func (k SigningKey) Next() bool { return k.ActivatedAt.IsZero() }

// State names where the key is in its life: next, signs or retired.
func (k SigningKey) State() string {
	switch {
	case k.Next():
		return "next"
	case k.Signs():
		return "signs"
	}
	return "retired"
}

// InsertSigningKey keeps a new key. It is not audited.
func (t *Tx) InsertSigningKey(k SigningKey) error {
	if _, err := t.exec(`INSERT INTO signing_key (id, seed, created_at, activated_at) VALUES ($1, $2, $3, $4)`,
		k.ID, encode(k.Seed), millis(t.now), millis(k.ActivatedAt)); err != nil {
		return fmt.Errorf("keep signing key: %w", err)
	}
	return nil
}

// ActivateSigningKey makes a key sign.
func (t *Tx) ActivateSigningKey(id string) error {
	_, err := t.audited("activate key", `UPDATE signing_key SET activated_at = $1 WHERE id = $2`, millis(t.now), id)
	return err
}

// RetireSigningKey keeps a key from signing; what it signed still verifies.
func (t *Tx) RetireSigningKey(id string) error {
	_, err := t.audited("retire key", `UPDATE signing_key SET retired_at = $1 WHERE id = $2`, millis(t.now), id)
	return err
}

// SigningKeys lists the keys: the next one, the one that signs (the newest of
// them), and those that did. All verify.
func (v *View) SigningKeys() ([]SigningKey, error) {
	var keys []SigningKey
	err := v.rows("signing keys", func(s scanner) error {
		var k SigningKey
		err := s.Scan(&k.ID, binary{&k.Seed}, instant{&k.CreatedAt}, instant{&k.ActivatedAt}, instant{&k.RetiredAt})
		keys = append(keys, k)
		return err
	}, `SELECT id, seed, created_at, activated_at, retired_at FROM signing_key
		ORDER BY CASE WHEN retired_at <> 0 THEN 2 WHEN activated_at = 0 THEN 0 ELSE 1 END, created_at DESC, id`)
	return keys, err
}

// Sweep deletes what has no further use: retired keys after keyRest, spent tokens and
// ceremonies that expired, sign-in links older than a day and browsers not seen for longer than cookieLife.
func (t *Tx) Sweep(cookieLife, keyRest time.Duration) error {
	for _, s := range []struct {
		query  string
		before time.Time
	}{
		{`DELETE FROM used_token WHERE expires_at < $1`, t.now.Add(-time.Minute)},
		{`DELETE FROM signing_key WHERE retired_at <> 0 AND retired_at < $1`, t.now.Add(-keyRest)},
		{`DELETE FROM ceremony WHERE expires_at < $1`, t.now},
		{`DELETE FROM signin_link WHERE expires_at < $1`, t.now.Add(-24 * time.Hour)},
		{`DELETE FROM cookie_session WHERE seen_at < $1`, t.now.Add(-cookieLife)},
	} {
		if _, err := t.exec(s.query, millis(s.before)); err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
	}
	return nil
}
