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
	ID        string // RFC 7638 thumbprint
	Seed      []byte
	CreatedAt time.Time
}

// InsertSigningKey keeps a new key. It is not audited.
func (t *Tx) InsertSigningKey(k SigningKey) error {
	if _, err := t.exec(`INSERT INTO signing_key (id, seed, created_at) VALUES ($1, $2, $3)`, k.ID, encode(k.Seed), millis(t.now)); err != nil {
		return fmt.Errorf("keep signing key: %w", err)
	}
	return nil
}

// SigningKeys lists the keys, the newest first: that one signs, all verify.
func (v *View) SigningKeys() ([]SigningKey, error) {
	var keys []SigningKey
	err := v.rows("signing keys", func(s scanner) error {
		var k SigningKey
		err := s.Scan(&k.ID, binary{&k.Seed}, instant{&k.CreatedAt})
		keys = append(keys, k)
		return err
	}, `SELECT id, seed, created_at FROM signing_key ORDER BY created_at DESC, id`)
	return keys, err
}

// Sweep deletes what has no further use: spent tokens and
// ceremonies that expired, sign-in links older than a day and browsers not seen for longer than cookieLife.
func (t *Tx) Sweep(cookieLife time.Duration) error {
	for _, s := range []struct {
		query  string
		before time.Time
	}{
		{`DELETE FROM used_token WHERE expires_at < $1`, t.now.Add(-time.Minute)},
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
