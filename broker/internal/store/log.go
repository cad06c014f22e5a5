package store

import (
	"errors"
	"fmt"
	"time"
)

// LogKey signs the log's checkpoints. Seed is the Ed25519 private key's.
type LogKey struct {
	Origin string
	Seed   []byte
}

// LogKey reads the log's key; ErrNotFound: there is none yet.
func (v *View) LogKey() (k LogKey, err error) {
	err = v.row("log key", func(s scanner) error { return s.Scan(&k.Origin, binary{&k.Seed}) },
		`SELECT origin, seed FROM log_key ORDER BY created_at, origin LIMIT 1`)
	return k, err
}

// InsertLogKey keeps the log's key. It is not audited.
func (t *Tx) InsertLogKey(k LogKey) error {
	if _, err := t.exec(`INSERT INTO log_key (origin, seed, created_at) VALUES ($1, $2, $3)`, k.Origin, encode(k.Seed), millis(t.now)); err != nil {
		return fmt.Errorf("keep log key: %w", err)
	}
	return nil
}

// Tile reads the hashes of one tile of the log's tree; none is nil.
func (v *View) Tile(level int, n int64) (hashes []byte, err error) {
	err = v.row("tile", func(s scanner) error { return s.Scan(binary{&hashes}) }, `SELECT hashes FROM log_tile WHERE level = $1 AND n = $2`, level, n)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return hashes, err
}

// PutTile keeps a tile, whole. It is not audited: it follows from the events.
func (t *Tx) PutTile(level int, n int64, hashes []byte) error {
	if _, err := t.exec(`INSERT INTO log_tile (level, n, hashes) VALUES ($1, $2, $3) ON CONFLICT (level, n) DO UPDATE SET hashes = $3`,
		level, n, encode(hashes)); err != nil {
		return fmt.Errorf("keep tile: %w", err)
	}
	return nil
}

// Checkpoint is one signed head of the log.
type Checkpoint struct {
	Size int64
	Note []byte // as the log signed it
	At   time.Time
}

func (c *Checkpoint) scan(s scanner) error {
	var text string
	err := s.Scan(&c.Size, &text, instant{&c.At})
	c.Note = []byte(text)
	return err
}

// LastCheckpoint reads the newest checkpoint; with a witness, the newest that
// has its cosignature. ErrNotFound: there is none.
func (v *View) LastCheckpoint(witness string) (c Checkpoint, err error) {
	err = v.row("checkpoint", c.scan, `SELECT size, note, created_at FROM checkpoint
		WHERE $1 = '' OR size IN (SELECT size FROM cosignature WHERE witness = $1) ORDER BY size DESC LIMIT 1`, witness)
	return c, err
}

// Checkpoints lists at most limit checkpoints larger than after, in order.
func (v *View) Checkpoints(after int64, limit int) ([]Checkpoint, error) {
	var all []Checkpoint
	err := v.rows("checkpoints", func(s scanner) error {
		var c Checkpoint
		err := c.scan(s)
		all = append(all, c)
		return err
	}, `SELECT size, note, created_at FROM checkpoint WHERE size > $1 ORDER BY size LIMIT $2`, after, limit)
	return all, err
}

// InsertCheckpoint keeps a checkpoint; ErrTaken: there is one of this size.
func (t *Tx) InsertCheckpoint(size int64, note []byte) error {
	if _, err := t.exec(`INSERT INTO checkpoint (size, note, created_at) VALUES ($1, $2, $3)`, size, string(note), millis(t.now)); err != nil {
		return fmt.Errorf("keep checkpoint of %d: %w", size, err)
	}
	return nil
}

// Cosignature is that a witness signed a checkpoint too.
type Cosignature struct {
	Witness string // verifier key
	Line    string // of the note
}

// Cosignatures lists those of the checkpoint of a size.
func (v *View) Cosignatures(size int64) ([]Cosignature, error) {
	var all []Cosignature
	err := v.rows("cosignatures", func(s scanner) error {
		var c Cosignature
		err := s.Scan(&c.Witness, &c.Line)
		all = append(all, c)
		return err
	}, `SELECT witness, line FROM cosignature WHERE size = $1 ORDER BY witness`, size)
	return all, err
}

// LastCosigned is the size of the newest cosigned checkpoint that has at
// least from events. ErrNotFound: there is none.
func (v *View) LastCosigned(from int64) (size int64, err error) {
	err = v.row("cosigned checkpoint", func(s scanner) error { return s.Scan(&size) },
		`SELECT size FROM cosignature WHERE size >= $1 ORDER BY size DESC LIMIT 1`, from)
	return size, err
}

// PutCosignature keeps the newest cosignature of a witness for a checkpoint.
func (t *Tx) PutCosignature(size int64, c Cosignature) error {
	if _, err := t.exec(`INSERT INTO cosignature (size, witness, line, created_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (size, witness) DO UPDATE SET line = $3, created_at = $4`, size, c.Witness, c.Line, millis(t.now)); err != nil {
		return fmt.Errorf("keep cosignature of %d: %w", size, err)
	}
	return nil
}
