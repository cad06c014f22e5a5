package store

import "fmt"

// WitnessSeed reads the key of the witness called name; ErrNotFound: none yet.
func (v *View) WitnessSeed(name string) (seed []byte, err error) {
	err = v.row("witness key", func(s scanner) error { return s.Scan(binary{&seed}) }, `SELECT seed FROM witness_key WHERE name = $1`, name)
	return seed, err
}

// InsertWitnessSeed keeps the key of a witness.
func (t *Tx) InsertWitnessSeed(name string, seed []byte) error {
	if _, err := t.exec(`INSERT INTO witness_key (name, seed, created_at) VALUES ($1, $2, $3)`, name, encode(seed), millis(t.now)); err != nil {
		return fmt.Errorf("keep witness key: %w", err)
	}
	return nil
}

// WitnessHead reads the signed head that a witness cosigned last for the log
// called origin; ErrNotFound: it never did.
func (v *View) WitnessHead(origin string) (note []byte, err error) {
	var text string
	err = v.row("witnessed head", func(s scanner) error { return s.Scan(&text) }, `SELECT note FROM witness_head WHERE origin = $1`, origin)
	return []byte(text), err
}

// PutWitnessHead keeps the head that a witness is about to cosign.
func (t *Tx) PutWitnessHead(origin string, size int64, note []byte) error {
	if _, err := t.exec(`INSERT INTO witness_head (origin, size, note, seen_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (origin) DO UPDATE SET size = $2, note = $3, seen_at = $4`, origin, size, string(note), millis(t.now)); err != nil {
		return fmt.Errorf("keep witnessed head: %w", err)
	}
	return nil
}
