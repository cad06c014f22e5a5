// Package sequencer puts committed events into the log's tree and signs its
// head. An event is in the tree well under a second after its commit, whichever
// process wrote it; nobody waits for that.
//
// Everything it knows is in the database, so a process that dies leaves nothing
// half done: a batch is its tiles and one checkpoint in one transaction, and two
// that race for the same batch cannot both win. It never signs two heads that
// do not follow each other, since the events it reads are committed and only
// ever added.
package sequencer

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"beside/broker/internal/journal"
	"beside/broker/internal/store"
	"beside/signaling/ledger"
)

const (
	// between is how long events gather before the next checkpoint.
	between = 200 * time.Millisecond
	// batch bounds the events of one checkpoint.
	batch = 8192
)

// Log is the tree of one store. It is safe for use by many goroutines.
type Log struct {
	store *store.Store
	key   *ledger.LogKey
}

// Open returns the log of a store. The first time it makes the log's key, whose
// name, the origin, begins with host and stays for good.
func Open(ctx context.Context, s *store.Store, host string) (*Log, error) {
	var kept store.LogKey
	err := s.View(ctx, func(v *store.View) (err error) {
		kept, err = v.LogKey()
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		kept, err = makeKey(ctx, s, host)
	}
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	key, err := ledger.NewLogKey(kept.Origin, kept.Seed)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	return &Log{s, key}, nil
}

// makeKey keeps a new key, unless another process was first.
func makeKey(ctx context.Context, s *store.Store, host string) (kept store.LogKey, err error) {
	pub, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return kept, fmt.Errorf("make log key: %w", err)
	}
	err = s.Update(ctx, func(tx *store.Tx) error {
		if kept, err = tx.LogKey(); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		sum := sha256.Sum256(pub)
		kept = store.LogKey{Origin: host + "/audit/" + hex.EncodeToString(sum[:4]), Seed: key.Seed()}
		return tx.InsertLogKey(kept)
	})
	return kept, err
}

// Key is the log's key.
func (l *Log) Key() *ledger.LogKey { return l.key }

// Run keeps the tree up to date until ctx ends. Somebody must run the journal.
func (l *Log) Run(ctx context.Context, j *journal.Journal) error {
	w := j.Watch()
	defer w.Close()
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-pause.C:
		case <-ctx.Done():
			return nil
		}
		if err := l.catchUp(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		pause.Reset(between)
		select {
		case <-w.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// Advance puts everything that is committed into the tree and returns its
// newest checkpoint; ErrNotFound: there has never been an event.
func (l *Log) Advance(ctx context.Context) (store.Checkpoint, error) {
	if err := l.catchUp(ctx); err != nil {
		return store.Checkpoint{}, err
	}
	return l.Last(ctx, "")
}

func (l *Log) catchUp(ctx context.Context) error {
	for {
		grown, err := l.step(ctx)
		if err != nil && !errors.Is(err, store.ErrTaken) { // taken: another process was first
			return fmt.Errorf("sequence: %w", err)
		}
		if err == nil && !grown {
			return nil
		}
	}
}

// Last is the newest checkpoint with the cosignatures that it has; with a
// witness's key, the newest that this one signed. It may be of another process.
func (l *Log) Last(ctx context.Context, witness string) (c store.Checkpoint, err error) {
	err = l.store.View(ctx, func(v *store.View) error {
		c, err = LastIn(v, witness)
		return err
	})
	return c, err
}

// LastIn is Last in the caller's snapshot.
func LastIn(v *store.View, witness string) (store.Checkpoint, error) {
	c, err := v.LastCheckpoint(witness)
	if err != nil {
		return c, err
	}
	return withCosignatures(v, c)
}

// At is the checkpoint of a size with its cosignatures; ErrNotFound: there is
// none of that size.
func At(v *store.View, size int64) (store.Checkpoint, error) {
	all, err := v.Checkpoints(size-1, 1)
	switch {
	case err != nil:
		return store.Checkpoint{}, err
	case len(all) == 0 || all[0].Size != size:
		return store.Checkpoint{}, fmt.Errorf("checkpoint of %d: %w", size, store.ErrNotFound)
	}
	return withCosignatures(v, all[0])
}

func withCosignatures(v *store.View, c store.Checkpoint) (store.Checkpoint, error) {
	cosigned, err := v.Cosignatures(c.Size)
	for _, s := range cosigned {
		c.Note = ledger.Merge(c.Note, s.Line)
	}
	return c, err
}

// next is one batch, ready to be kept.
type next struct {
	from, size int64
	tiles      []ledger.Tile
	root       tlog.Hash
}

// step adds one batch. What takes time, reading and hashing, is done on a
// snapshot, so that writers wait for the writing alone.
func (l *Log) step(ctx context.Context) (grown bool, err error) {
	var n next
	if err := l.store.View(ctx, func(v *store.View) error {
		n, err = gather(v)
		return err
	}); err != nil || n.size == n.from {
		return false, err
	}
	signed, err := ledger.Checkpoint{Origin: l.key.Name(), Size: n.size, Root: n.root}.Sign(l.key)
	if err != nil {
		return false, err
	}
	return true, l.store.Update(ctx, func(tx *store.Tx) error {
		last, err := tx.LastCheckpoint("")
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if last.Size != n.from {
			return store.ErrTaken
		}
		for _, t := range n.tiles {
			if err := tx.PutTile(t.Level, t.N, t.Hashes); err != nil {
				return err
			}
		}
		return tx.InsertCheckpoint(n.size, signed)
	})
}

func gather(v *store.View) (n next, err error) {
	last, err := v.LastCheckpoint("")
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return n, err
	}
	n.from, n.size = last.Size, last.Size
	leaves, err := v.Leaves("", last.Size, batch)
	if err != nil || len(leaves) == 0 {
		return n, err
	}
	hashes := make([]tlog.Hash, len(leaves))
	for i, leaf := range leaves {
		if leaf.Seq != last.Size+int64(i)+1 {
			return n, fmt.Errorf("event %d is missing from the log", last.Size+int64(i)+1)
		}
		hashes[i] = ledger.LeafHash(leaf.Bytes)
	}
	n.size += int64(len(leaves))
	n.root, n.tiles, err = ledger.Grow(last.Size, hashes, ledger.Hashes(v.Tile))
	return n, err
}
